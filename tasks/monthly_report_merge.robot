*** Settings ***
Documentation    Merge the monthly reports of working time into one table.
...              The table, overlapping days and missing months are on the run page, koersel.html.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        reports    working-time


*** Tasks ***
Merge Monthly Reports
    [Documentation]    Fails when a person is needed; the message is the conclusion.
    Take Robot And Period
    GROUP    ${PHASES}[read]
        Read All Sources
        Input Should Be Usable
    END
    GROUP    ${PHASES}[work]
        Work Out
        Controls Should Hold
    END
    GROUP    ${PHASES}[write]
        Log Gain
        Write Evidence And Close Run
    END
    No Case Should Be Open

*** Settings ***
Documentation    Read a spool of project postings, each record on two lines, as one table.
...              A record whose columns are unsure stops the run; the sums are on the run page, koersel.html.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        projects    postings


*** Tasks ***
Read Project Postings
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

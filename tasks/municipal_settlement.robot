*** Settings ***
Documentation    Compare our claims with the other municipalities' lists, per municipality and case.
...              What differs and the net of each municipality are on the run page, koersel.html; nothing is paid.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        settlement    reconciliation


*** Tasks ***
Agree Inter Municipal Settlement
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

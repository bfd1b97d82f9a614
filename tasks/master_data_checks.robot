*** Settings ***
Documentation    Hold CVR, EAN, CPR and bank accounts of a register against their check rules.
...              The lists name the record and the field, never a person; nothing is changed.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        masterdata    control


*** Tasks ***
Check Master Data
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

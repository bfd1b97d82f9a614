*** Settings ***
Documentation    Compare the debtor subledger with its control accounts in the general ledger; nothing is posted.
...              Each account, each document that differs and the controls are on the run page, koersel.html.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        debtors    ledger


*** Tasks ***
Compare Subledger With Control Accounts
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

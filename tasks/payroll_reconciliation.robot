*** Settings ***
Documentation    Compare the payroll list with the ledger's payroll postings, per person and account.
...              Who differs is shown by employee number, never by CPR number; nothing is posted.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        payroll    reconciliation


*** Tasks ***
Reconcile Payroll With The Ledger
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

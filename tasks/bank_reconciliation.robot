*** Settings ***
Documentation    Reconcile one bank account with the ledger, prove the balance, and log the gain.
...              Matches, open items and the proof are on the run page, koersel.html.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/reconciliation.resource

Task Teardown    Close Run

Task Tags        bank    reconciliation


*** Tasks ***
Reconcile Bank Account
    [Documentation]    Fails when an item is open; the message is the conclusion.
    Take Robot And Period
    GROUP    ${PHASES}[read]
        Read Bank Statement
        Read Ledger Postings
        Input Should Be Usable
    END
    GROUP    ${PHASES}[match]
        Match Bank With Ledger
        Every Row Should Be In Its Place
        Prove The Balance
    END
    GROUP    ${PHASES}[write]
        Log Gain
        Write Evidence And Close Run
    END
    No Item Should Be Open

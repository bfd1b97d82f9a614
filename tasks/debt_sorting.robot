*** Settings ***
Documentation    Sort the debt lists: which fees are out of date and may be written off; nothing is booked.
...              Every row has a reason; the lists are on the run page, koersel.html, and in resultat.xlsx.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        debtors    debts


*** Tasks ***
Sort Debt Lists
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

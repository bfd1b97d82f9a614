*** Settings ***
Documentation    Propose a journal from the bank's lines by the office's posting rules.
...              What no rule decides goes to the interim account and to a person; nothing is guessed.
...              The postings, the open items and the use of each rule are on the run page, koersel.html.
Metadata         Process    docs/how-to/bank-posting.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        bank    posting


*** Tasks ***
Propose Postings Of The Bank
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

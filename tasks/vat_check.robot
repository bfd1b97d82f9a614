*** Settings ***
Documentation    Hold each posting's VAT against its code: expected, posted, difference per account and supplier.
...              Wrong codes, wrong amounts and rounding are on the run page, koersel.html; nothing is posted.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        vat    control


*** Tasks ***
Check Purchase Vat
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

*** Settings ***
Documentation    Hold the consumption of each utility invoice against the meter's own readings.
...              Lines that differ, and meters without readings or invoices, are on the run page, koersel.html.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/flow.resource

Task Teardown    Close Run

Task Tags        energy    control


*** Tasks ***
Check Utility Invoices By Meter
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

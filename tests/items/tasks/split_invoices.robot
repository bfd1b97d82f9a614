*** Settings ***
Documentation    Make one work item of each invoice of the month.

Library          RPA.Robocorp.WorkItems


*** Tasks ***
Split Invoices
    [Documentation]    Five invoices; others may take them once this run has ended well.
    ${payload} =    Get Work Item Payload
    FOR    ${number}    IN RANGE    1    6
        Create Output Work Item
        ...    variables=${{ {"invoice": "F-" + str($number), "kroner": $number * 100, "period": $payload["period"]} }}
        ...    save=${True}
    END

*** Settings ***
Documentation    Handle each invoice: one has no supplier, one meets a system that does not answer.

Library          RPA.Robocorp.WorkItems    autoload=${False}


*** Tasks ***
Handle Invoices
    [Documentation]    Ends when the queue is empty.
    For Each Input Work Item    Handle Invoice


*** Keywords ***
Handle Invoice
    [Documentation]    Released as done, as wrong content, or as a system that did not answer.
    ${payload} =    Get Work Item Payload
    IF    "${payload}[invoice]" == "F-2"
        Release Input Work Item    FAILED    BUSINESS    SUPPLIER    No supplier for 010180-1234
    ELSE IF    "${payload}[invoice]" == "F-4"
        Release Input Work Item    FAILED    APPLICATION    ERP    The ERP does not answer
    ELSE
        Release Input Work Item    DONE
    END

*** Settings ***
Documentation    Gather the reconciliations of a month: a list of all accounts, and their evidence in one archive.
Metadata         Process    docs/explanation/architecture.md

Resource         ../resources/period_folder.resource

Task Tags        period    folder


*** Tasks ***
Gather Period Folder
    [Documentation]    The message says how many accounts are reconciled, open or missing.
    ${accounts} =    Accounts Of Period    ${PERIOD}
    Write List Of Accounts    ${accounts}    ${OUTPUT DIR}${/}afstemningsmappe_${PERIOD}.xlsx
    Pack Evidence Of Period    ${OUTPUT DIR}${/}afstemningsmappe_${PERIOD}.zip
    Mail List Of Accounts    ${OUTPUT DIR}${/}afstemningsmappe_${PERIOD}.xlsx
    ${conclusion} =    Conclusion Of Period    ${PERIOD}
    Set Test Message    ${conclusion}

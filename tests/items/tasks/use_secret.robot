*** Settings ***
Documentation    Gives a secret away in every way that a robot can.

Library          Collections
Library          OperatingSystem
Library          RPA.Robocorp.Vault
Library          RPA.Robocorp.WorkItems    autoload=${False}
Library          gevinst.keywords.vault


*** Tasks ***
Give Everything Away
    [Documentation]    Writes the secret to log, console, tags, documentation and an error.
    [Tags]    robot:recursive-continue-on-failure
    Set Log Level    TRACE
    ${secret} =    Get Secret    erp
    VAR    ${password}    ${secret}[password]
    Log Many    ${secret}    &{secret}
    Write To The Log    ${password}
    Write Past The Log    ${password}
    Name Things After It    ${password}
    Keep It Hidden    ${password}
    Run Keyword And Ignore Error    Get Secret    another
    Set Test Message    ${password}

Break Down
    [Documentation]    The traceback has the secret.
    ${secret} =    Get Secret    erp
    Evaluate    int($secret["password"])


*** Keywords ***
Write To The Log
    [Documentation]    As it is, encoded, as markup and in the text of an error.
    [Arguments]    ${password}
    Log    ${password}
    Log    ${{ base64.b64encode(("user:" + $password).encode()).decode() }}
    Log    ${{ urllib.parse.quote_plus($password) }}    WARN
    Log    <b>${password}</b>    ERROR    html=True
    Run Keyword And Ignore Error    Fail    Login with ${password} was refused
    FOR    ${each}    IN    ${password}
        Log    ${each}
    END

Write Past The Log
    [Documentation]    To the console, and to the streams of the process.
    [Arguments]    ${password}
    Log To Console    ${password}
    Evaluate    print($password)
    Evaluate    __import__("sys").stderr.write("x" * 9990 + $password + "\\n")

Name Things After It
    [Documentation]    Tags, documentation, metadata and the environment.
    [Arguments]    ${password}
    Set Tags    ${password}
    Set Test Documentation    ${password}
    Set Suite Metadata    Password    ${password}
    Set Environment Variable    LEAK    ${password}

Keep It Hidden
    [Documentation]    The tool's own type for secrets holds the same value.
    [Arguments]    ${password}
    ${hidden} =    Secret Value    erp    password
    Log    ${hidden}
    Should Be Equal    ${hidden.value}    ${password}

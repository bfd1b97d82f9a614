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
    [Tags]    robot:continue-on-failure
    ${level} =    Set Log Level    TRACE
    ${secret} =    Get Secret    erp
    VAR    ${password}    ${secret}[password]
    Log    ${password}
    Log    ${{ base64.b64encode(("user:" + $password).encode()).decode() }}
    Log    ${{ urllib.parse.quote_plus($password) }}    WARN
    Log    <b>${password}</b>    ERROR    html=True
    Log Many    ${secret}    &{secret}
    Log To Console    ${password}
    Evaluate    print($password)
    Evaluate    __import__("sys").stderr.write("x" * 9990 + $password + "\\n")
    Run Keyword And Ignore Error    Fail    Login with ${password} was refused
    FOR    ${each}    IN    ${password}
        Log    ${each}
    END
    Set Tags    ${password}
    Set Test Documentation    ${password}
    Set Suite Metadata    Password    ${password}
    ${hidden} =    Secret Value    erp    password
    Log    ${hidden}
    Should Be Equal    ${hidden.value}    ${secret}[password]
    Set Environment Variable    LEAK    ${password}
    Run Keyword And Ignore Error    Get Secret    another
    Set Test Message    ${password}

Break Down
    [Documentation]    The traceback has the secret.
    ${secret} =    Get Secret    erp
    Evaluate    int($secret["password"])

*** Settings ***
Library    gevinst.keywords.vault


*** Tasks ***
Sign In
    TRY
        Fail    Brugeren er spærret
    EXCEPT    *spærret*    type=GLOB    AS    ${said}
        Sign In Was Refused    ${said}
    END

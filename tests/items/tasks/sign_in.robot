*** Settings ***
Documentation    Is refused by a system that has locked its user.

Library          gevinst.keywords.vault


*** Tasks ***
Sign In
    [Documentation]    Says that the user was refused, so that nothing tries on with it.
    TRY
        Fail    Brugeren er spærret
    EXCEPT    *spærret*    type=GLOB    AS    ${said}
        Sign In Was Refused    ${said}
    END

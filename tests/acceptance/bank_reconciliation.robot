# robocop: fmt: off
*** Settings ***
Documentation    Each small case of fixtures, run as a user runs it: state, conclusion, matches and work list.
...              Needs the variable OFFICE, an office that the cases' robots are added to.

Library          acceptance.case_words    ${OFFICE}

Test Template    Case Should End As

Test Tags        bank    reconciliation


*** Test Cases ***              CASE               STATE         CONCLUSION
Nothing Is Wrong                agreed             agreed        Afstemt. Alle 6 poster har deres modpost*
Payment Three Bank Days Late    late_payment       agreed        Afstemt. Alle 6 poster har deres modpost*
Three Postings Paid As One      batch              agreed        Afstemt. Alle 6 poster har deres modpost*
Card Sale Less Its Fee          card_fee           agreed        Afstemt. Alle 4 poster har deres modpost*
Posting And Its Reversal        reversal           agreed        Afstemt. Alle 4 poster har deres modpost*
Three Items Alike               interchangeable    agreed        Afstemt. Alle 6 poster har deres modpost*
Bank Fee Not In The Ledger      bank_fee           open_items    Ikke afstemt: 1 post, 45,00 kr.*
Item Of Last Month              carried            open_items    Ikke afstemt: 1 post, 612,00 kr.*
Posting Made Twice              double_posting     open_items    Ikke afstemt: 1 post, 12.400,00 kr.*
Two Digits Swapped              swapped_digits     open_items    Ikke afstemt: 2 poster, 2.778,00 kr.*
Wrong Sign                      wrong_sign         open_items    Ikke afstemt: 2 poster, 17.500,00 kr.*
Two Equally Good Answers        ambiguous          open_items    Ikke afstemt: 3 poster, 10.200,00 kr.*

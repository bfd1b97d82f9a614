from gevinst.formats.proof import prove


def test_a_balance_that_grows_by_each_amount_proves_the_amount() -> None:
    proof = prove([100, -50, 25], [1100, 1050, 1075])

    assert (proof.holds, proof.newest_first, proof.reversed_sign, proof.fits) == (True, False, False, 2)


def test_the_newest_row_first_is_seen() -> None:
    proof = prove([25, -50, 100], [1075, 1050, 1100])

    assert (proof.holds, proof.newest_first, proof.reversed_sign) == (True, True, False)


def test_amounts_of_the_opposite_sign_are_seen() -> None:
    proof = prove([-100, 50, -25], [1100, 1050, 1075])

    assert (proof.holds, proof.reversed_sign) == (True, True)


def test_a_row_of_nothing_proves_nothing() -> None:
    proof = prove([0, 0, 0], [500, 500, 500])

    assert (proof.steps, proof.holds) == (0, False)


def test_one_broken_row_does_not_hide_the_order() -> None:
    proof = prove([1, 2, 3, 4, 5, 6], [101, 103, 106, 999, 1004, 1010])

    assert (proof.holds, proof.fits, proof.steps) == (True, 4, 5)


def test_numbers_that_do_not_follow_each_other_prove_nothing() -> None:
    assert not prove([1, 2, 3], [50, 70, 20]).holds

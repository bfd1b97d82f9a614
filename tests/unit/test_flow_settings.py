"""Settings of flows that would break a run are refused when the robot is read."""

import pytest
from pydantic import ValidationError

from gevinst.domain.flows import budget_follow_up, invoice_distribution, master_data_checks


@pytest.mark.parametrize("name", ["needs_one_of", "may_share"])
def test_a_field_that_records_do_not_have_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        master_data_checks.Settings.model_validate({name: ["cvr-nummer"]})


def test_a_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(ValidationError, match="id_pattern"):
        invoice_distribution.Settings(id_pattern="(")


@pytest.mark.parametrize("pattern", ["(", r"\d{4}"])
def test_a_file_name_must_say_the_department(pattern: str) -> None:
    with pytest.raises(ValidationError, match="file_name"):
        budget_follow_up.Settings(departments={"1001": "Skole"}, file_name=pattern)

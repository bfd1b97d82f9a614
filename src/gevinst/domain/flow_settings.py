"""What a robot's [settings] may hold, for all flows."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class FlowSettings(BaseModel):
    """A robot's [settings], as one flow knows them; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from None
    return text


RegularExpression = Annotated[str, AfterValidator(_pattern)]

"""Refusals: what someone asked for cannot be, and nothing was changed."""

from collections.abc import Mapping


class RefusedError(Exception):
    """Something that a use case will not do; the catalogue has `error.<code>`, for `facts`."""

    code: str

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts: Mapping[str, str | int] = facts
        super().__init__(" ".join([code, *(f"{name}={value}" for name, value in facts.items())]))

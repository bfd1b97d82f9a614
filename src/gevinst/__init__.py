"""Gevinst: finance automation whose matches are proved, explained, and counted as gains."""

import gc

__version__ = "0.1.0"

_OBJECTS, _YOUNG, _OLD = 50_000, 20, 50


def collect_seldom() -> None:
    """Let this process look seldom for objects that only hold each other.

    A command or a run loads many modules and makes many values, and hardly any such objects: to look through
    all that is loaded each time some 700 were made took a seventh of its time.
    """
    gc.set_threshold(_OBJECTS, _YOUNG, _OLD)

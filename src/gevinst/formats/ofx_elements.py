"""The elements of an OFX file, SGML or XML: each aggregate with its values, as it ends.

In SGML (OFX 1.x) a value's end tag may be left out, and an empty value looks like the start of an aggregate.
So an element that is never ended is taken for an empty value, and what seemed to be in it belongs to the one
around it.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Possessive (*+): a long name without an end must not be tried at every length.
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[A-Za-z][\w.]*+)(?P<rest>[^<>]*+)>(?P<text>[^<]*)")
# The deepest of real files has some 12; a value without end tag adds one until its aggregate ends.
MOST_DEPTH = 100
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"


class UnendedError(ValueError):
    """The file ends within an element; `line` is where the element begins."""

    def __init__(self, line: int) -> None:
        super().__init__(f"unended element in line {line}")
        self.line = line


class TooDeepError(ValueError):
    """Elements within elements beyond anything real."""


@dataclass(kw_only=True, slots=True)
class Element:
    """One aggregate under way; whole once it is handed out."""

    tag: str
    line: int
    values: dict[str, str] = field(default_factory=dict)  #: values by tag or by path such as STATUS/CODE
    within: str = ""  #: tag of the aggregate around it

    def get(self, *names: str) -> str:
        """The first of these values that is not blank, or ""."""
        return next((value for name in names if (value := self.values.get(name, ""))), "")


def elements_of(text: str, begin: int = 0) -> Iterator[Element]:
    """Every aggregate when it ends, inner ones first. Lists hand no values on to what is around them.

    Args:
        text: the file.
        begin: where its first element begins; lines are counted from the beginning of the text all the same.

    Raises:
        UnendedError: the file is cut.
        TooDeepError: more than `MOST_DEPTH` elements within each other.
    """
    plain = without_cdata(text)
    stack: list[Element] = []
    line, at = 1, 0
    for found in _TOKEN.finditer(plain, begin):
        tag, value = found["tag"].upper(), found["text"].strip()
        if found["end"]:
            yield from _ended(stack, tag)
        elif value and stack:
            stack[-1].values.setdefault(tag, html.unescape(value))
        elif not found["rest"].endswith("/"):
            line += plain.count("\n", at, found.start())
            at = found.start()
            stack.append(Element(tag=tag, line=line, within=stack[-1].tag if stack else ""))
            if len(stack) > MOST_DEPTH:
                raise TooDeepError(line)
    if stack:
        raise UnendedError(stack[0].line)


def _ended(stack: list[Element], tag: str) -> Iterator[Element]:
    """End the nearest element of this tag; an end tag of a value ends nothing."""
    depth = next((index for index in range(len(stack) - 1, -1, -1) if stack[index].tag == tag), -1)
    if depth < 0:
        return
    element = stack[depth]
    for empty in stack[depth + 1 :]:
        for name, value in empty.values.items():
            element.values.setdefault(name, value)
    del stack[depth:]
    if stack and not tag.endswith("LIST"):
        for name, value in element.values.items():
            stack[-1].values.setdefault(f"{tag}/{name}", value)
    yield element


def without_cdata(text: str) -> str:
    """The text with each CDATA section as ordinary characters.

    Raises:
        UnendedError: a section never ends.
    """
    if _CDATA_START not in text:
        return text
    before, *sections = text.split(_CDATA_START)
    pieces, line = [before], before.count("\n") + 1
    for section in sections:
        inside, mark, after = section.partition(_CDATA_END)
        if not mark:
            raise UnendedError(line)
        pieces += [html.escape(inside, quote=False), after]
        line += section.count("\n")
    return "".join(pieces)

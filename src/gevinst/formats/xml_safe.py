"""Open XML that a stranger made: no DTD, no entities, no network, bounded depth, size and memory."""

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from lxml import etree

from gevinst.domain.finding import InputRejectedError
from gevinst.formats.file_bytes import BLOCK
from gevinst.formats.intake import Intake
from gevinst.formats.utf8_text import is_utf8, line_blocks

MOST_DEPTH = 100  # the deepest of our formats has some 15
MOST_TEXT = 10_000_000  # characters in one element; the limit of libxml2 too
MOST_ELEMENTS = 3_000_000  # of a tree: some 500 MB
MOST_LEAVES = 10_000  # different paths in one record; ours ask for some 50
LONGEST_JOINED = 100_000  # characters of texts that are put together
BUFFER = 1 << 16
_UNREADABLE = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
        expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
    }
)
_INVALID = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
# libxml2 error texts, by what a controller must do about them.
_CUT = (
    "premature end",
    "extra content",
    "document is empty",
    "couldn't find end of start tag",
    "endtag: '</' not found",
)
_DEEP = ("excessive depth", "huge", "too long", "too large", "buffer size limit", "amplification", "maximum")
_LETTERS = ("encoding", "utf-8", "invalid char", "input is not proper", "invalid bytes")


class _FoundRootError(Exception):
    """Ends the look at a file once its outermost element is seen."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class _UnsafeError(Exception):
    """The file is built so that reading it is not safe."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


@dataclass(kw_only=True, slots=True)
class Record:
    """One element that a reader asked for, with the texts of its leaves by path of local names.

    A record within a record keeps its own leaves. `texts` has the first text of each path, blanks left out,
    and the attributes below it as `path/@name`.
    """

    name: str
    number: int  #: among those of its name in its parent record, from 1
    line: int  #: of its start tag
    parent: "Record | None"
    texts: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it stands among records: Journal[1]/Transaction[2]/Line[3]."""
        own = f"{self.name}[{self.number}]"
        outer = self.parent
        return own if outer is None or outer.parent is None else f"{outer.path}/{own}"

    def first(self, *paths: str) -> str:
        """The first text that one of the paths has, or ""."""
        for path in paths:
            if path in self.texts:
                return self.texts[path]
        return ""


def root_of(intake: Intake) -> str:
    """The name of a file's outermost element, without prefix; nothing after it is looked at.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 no XML or cut, FIL-005 a DTD.
    """

    def stop(tag: str, _: object) -> None:
        raise _FoundRootError(tag.rpartition(" ")[2])

    parser = _parser(namespaces=True)
    parser.StartElementHandler = stop
    try:
        for _ in _fed(intake, parser):
            continue
    except _FoundRootError as found:
        return found.name
    raise intake.rejected("FIL-004")


def check_well_formed(intake: Intake) -> None:
    """Read a file to its end and keep nothing.

    Raises:
        InputRejectedError: as `tree_of`, but for depth.
    """
    for _ in checked_blocks(intake):
        continue


def checked_blocks(intake: Intake, size: int = BLOCK) -> Iterator[bytes]:
    """A file in blocks, each once a parser has read it; what is wrong at its end is said at the end.

    Raises:
        InputRejectedError: as `check_well_formed`.
    """
    yield from _fed(intake, _parser(namespaces=True), size)


def walk(
    intake: Intake,
    *,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Read a file and call for each element's start (local name, attributes) and end, and for its texts.

    Raises:
        InputRejectedError: as `tree_of`, but for depth.
    """
    parser = _parser(namespaces=False)
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = text
    for _ in _fed(intake, parser):
        continue


def tree_of(intake: Intake) -> etree._Element:
    """The whole file as a tree, without comments and processing instructions.

    Raises:
        InputRejectedError: FIL-003 letters, FIL-004 cut or not well-formed, FIL-005 DTD, too deep, too large.
    """
    root_of(intake)
    if intake.content.count(b"<") > 2 * MOST_ELEMENTS:
        raise intake.rejected("FIL-005", what="XML")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(intake.content, parser)
    except etree.XMLSyntaxError as error:
        raise syntax_error(intake, error) from error


def records_of(
    intake: Intake,
    wanted: Mapping[str, frozenset[str]],
    *,
    without: frozenset[str],
    joined: frozenset[str] = frozenset(),
) -> Iterator[Record]:
    """The elements that a reader asks for, each as soon as it ends; nothing else of the file is kept.

    Args:
        intake: the file.
        wanted: local name → local names of the parents under which it counts.
        joined: paths whose texts are put together with a blank, where an element stands several times.
        without: local names of elements whose content is passed over.

    Raises:
        InputRejectedError: as `tree_of`; FIL-005 also for text of more than `MOST_TEXT` characters.
    """
    collector = _Collector(wanted, without, joined)
    parser = _parser(namespaces=False)
    collector.attach(parser)
    for _ in _fed(intake, parser):
        if collector.text_is_endless:
            raise intake.rejected("FIL-005", line=parser.CurrentLineNumber, what="XML")
        yield from collector.take()


def _parser(*, namespaces: bool) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" " if namespaces else None)
    parser.buffer_text = True
    parser.buffer_size = BUFFER
    parser.StartDoctypeDeclHandler = _refuse_dtd
    return parser


def _refuse_dtd(*_: object) -> None:
    raise _UnsafeError("DTD")


def _fed(intake: Intake, parser: expat.XMLParserType, size: int = BLOCK) -> Iterator[bytes]:
    """Hand the file to a parser block by block, and tell each; the last one is empty."""
    fed = 0
    try:
        for block in intake.blocks(size):
            parser.Parse(block, False)  # noqa: FBT003 - expat takes it by position
            _refuse_endless(fed - parser.CurrentByteIndex)
            fed += len(block)
            yield block
        parser.Parse(b"", True)  # noqa: FBT003 - as above
        yield b""
    except expat.ExpatError as error:
        raise _expat_error(intake, error) from error
    except _UnsafeError as error:
        raise intake.rejected("FIL-005", line=parser.CurrentLineNumber, what=error.what) from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know or that has no table
        raise intake.rejected("FIL-003", line=parser.CurrentLineNumber, encoding="XML") from error


def _refuse_endless(waiting: int) -> None:
    """Refuse a tag or a comment that does not end: the parser would keep and search it again and again."""
    if waiting > MOST_TEXT:
        raise _UnsafeError("XML")


class _Collector:
    """Builds records from the events of a parser."""

    def __init__(
        self, wanted: Mapping[str, frozenset[str]], without: frozenset[str], joined: frozenset[str]
    ) -> None:
        self._wanted, self._without, self._joined = wanted, without, joined
        self._names: list[str] = [""]
        self._prefixes: list[str] = [""]
        self._open: list[tuple[int, Record]] = []
        self._text: list[str] = []
        self._passed = 0  #: depth at which an element is passed over; 0 for none
        self._ready: list[Record] = []
        self._counts: dict[str, int] = {}

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to a parser."""
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append  # most calls are for the blanks between elements

    @property
    def text_is_endless(self) -> bool:
        """Whether the element that is open has more text than any of ours; it comes in pieces of BUFFER."""
        return len(self._text) > MOST_TEXT // BUFFER

    def take(self) -> Iterator[Record]:
        """The records that ended since the last time."""
        ready, self._ready = self._ready, []
        return iter(ready)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        names = self._names
        names.append(name)
        if len(names) > MOST_DEPTH:
            raise _UnsafeError("XML")
        self._text.clear()
        if self._passed:
            return
        if name in self._without:
            self._passed = len(names)
        elif name in self._wanted and names[-2] in self._wanted[name]:
            self._open_record(name)
        else:
            prefix = f"{self._prefixes[-1]}{name}/"
            self._prefixes.append(prefix)
            if attributes and self._open:
                for key, value in attributes.items():
                    self._open[-1][1].texts.setdefault(f"{prefix}@{key}", value)

    def _open_record(self, name: str) -> None:
        parent = self._open[-1][1] if self._open else None
        counts = self._counts if parent is None else parent.counts
        number = counts[name] = counts.get(name, 0) + 1
        record = Record(name=name, number=number, line=self._parser.CurrentLineNumber, parent=parent)
        self._open.append((len(self._names), record))
        self._prefixes.append("")

    def _end(self, _: str) -> None:
        depth = len(self._names)
        self._names.pop()
        if self._passed:
            self._passed = 0 if depth == self._passed else self._passed
            return
        prefix = self._prefixes.pop()
        if not self._open:
            return
        if self._open[-1][0] == depth:
            self._ready.append(self._open.pop()[1])
        elif self._text and (value := "".join(self._text).strip()):
            self._keep(self._open[-1][1].texts, prefix[:-1], value)
        self._text.clear()

    def _keep(self, texts: dict[str, str], path: str, value: str) -> None:
        if path in texts and path in self._joined:
            texts[path] = f"{texts[path]} {value}"
        else:
            texts.setdefault(path, value)
        if len(texts) > MOST_LEAVES or len(texts[path]) > max(len(value), LONGEST_JOINED):
            raise _UnsafeError("XML")


def _expat_error(intake: Intake, error: expat.ExpatError) -> InputRejectedError:
    if error.code in _UNREADABLE or (error.code == _INVALID and not _is_text(intake)):
        return intake.rejected("FIL-003", line=error.lineno, encoding="XML")
    return intake.rejected("FIL-004", line=error.lineno)


def _is_text(intake: Intake) -> bool:
    """Whether the bytes are UTF-8 or marked as UTF-16; then the fault is one of structure."""
    if intake.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return all(map(is_utf8, line_blocks(intake.blocks())))


def syntax_error(intake: Intake, error: etree.XMLSyntaxError) -> InputRejectedError:
    """What a fault that libxml2 found means: FIL-005 too deep or large, FIL-003 letters, else FIL-004 cut."""
    message, line = str(error).lower(), error.lineno or 0
    if any(word in message for word in _DEEP):
        return intake.rejected("FIL-005", line=line, what="XML")
    if any(word in message for word in _LETTERS) and not any(word in message for word in _CUT):
        return intake.rejected("FIL-003", line=line, encoding="XML")
    return intake.rejected("FIL-004", line=line)

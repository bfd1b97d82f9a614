"""An element of a document with its path, and its texts by paths of local names."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, kw_only=True)
class Node:
    """One element. Namespaces do not count: senders differ in prefixes and some leave them out."""

    element: etree._Element
    path: str  #: from below the root, such as InvoiceLine[2]/Price; "" for the root

    @property
    def line(self) -> int:
        """The line of its start tag, 0 when the parser does not know."""
        line: object = self.element.sourceline
        return line if isinstance(line, int) else 0

    @property
    def name(self) -> str:
        """Its local name."""
        return local_name(self.element)

    def own_text(self) -> str:
        """Its text, or ""."""
        return (self.element.text or "").strip()

    def text(self, *paths: str) -> str:
        """The first text that one of the paths has, or ""."""
        for path in paths:
            found = self.node(path)
            if found is not None and (text := found.own_text()):
                return text
        return ""

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element at a path, or ""."""
        found = self.node(path)
        return "" if found is None else found.element.get(name, "").strip()

    def node(self, path: str) -> "Node | None":
        """The first element at a path of local names."""
        element = self.element
        for step in path.split("/"):
            found = [child for child in element if local_name(child) == step][:1]
            if not found:
                return None
            element = found[0]
        return Node(element=element, path=self.below(path))

    def nodes(self, path: str) -> list["Node"]:
        """All elements of the last name of a path, numbered from 1 when there are several."""
        outer, _, name = path.rpartition("/")
        parent = self.node(outer) if outer else self
        if parent is None:
            return []
        found = [child for child in parent.element if local_name(child) == name]
        numbers = [""] if len(found) == 1 else [f"[{number}]" for number in range(1, len(found) + 1)]
        return [
            Node(element=child, path=parent.below(f"{name}{number}"))
            for child, number in zip(found, numbers, strict=True)
        ]

    def below(self, path: str) -> str:
        """The path of an element below this one."""
        return f"{self.path}/{path}" if self.path else path


def local_name(element: etree._Element) -> str:
    """The name without namespace; "" for what is no element."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""

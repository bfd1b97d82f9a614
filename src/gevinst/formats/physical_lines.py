"""The physical lines of a text, whatever ends them."""


def physical_lines(text: str) -> list[str]:
    """Split at LF, CR LF, CR, and the CR CR LF that some transfers make; form feeds and their kin stay."""
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")

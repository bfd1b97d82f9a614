"""The physical lines of a text, whatever ends them."""


def physical_lines(text: str) -> list[str]:
    """Split at LF, CR LF, CR, and the CR CR LF that some transfers make; form feeds and their kin stay."""
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def printed_lines(text: str) -> list[str]:
    """The physical lines of a printed list without its form feeds; a line end at the end begins no other."""
    lines = physical_lines(text.replace("\f", ""))
    return lines if lines[-1] else lines[:-1]

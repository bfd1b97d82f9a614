"""Readers: bytes of a file become an items frame in which every row knows its place.

`reading.read_source` is the way in. A syntax module (delimited, spool, workbook) turns bytes into a grid of
cells; `table`, `choosing` and `layouts` find out what the columns mean; `assembling` makes items of them.
A camt file is read on its own, since its elements already say what they are.
"""

"""How a courier's body is kept: byte for byte, and compressed where that is shorter.

`intake.event.Incoming.kept` packs it, so that a body's way to its commit has no station more.
"""

from __future__ import annotations

import zlib

MARK = b"\x00z"
"""No JSON begins so, nor anything that is compressed by whoever sends it."""
WINDOW = -zlib.MAX_WBITS
"""Without a header and a checksum: the database keeps its own."""


def unpack(kept: bytes) -> bytes:
    """What was packed; what was kept as it came is left as it is."""
    if not kept.startswith(MARK):
        return kept
    try:
        return zlib.decompress(kept[len(MARK) :], wbits=WINDOW)
    except zlib.error:  # a body from before there was any packing, or one in quarantine
        return kept

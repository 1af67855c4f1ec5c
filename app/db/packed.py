"""How a courier's body is kept: byte for byte, and compressed where that is shorter."""

from __future__ import annotations

import zlib

_MARK = b"\x00z"
"""No JSON begins so, nor anything that is compressed by whoever sends it."""
_RAW = -zlib.MAX_WBITS  # without a header and a checksum: the database keeps its own


def pack(raw: bytes) -> bytes:
    """The same, shorter if it can be."""
    packed = _MARK + zlib.compress(raw, wbits=_RAW)
    return packed if len(packed) < len(raw) or raw.startswith(_MARK) else raw


def unpack(kept: bytes) -> bytes:
    """What was packed; what was kept as it came is left as it is."""
    if not kept.startswith(_MARK):
        return kept
    try:
        return zlib.decompress(kept[len(_MARK) :], wbits=_RAW)
    except zlib.error:  # a body from before there was any packing, or one in quarantine
        return kept

"""How the words of messages are kept: subject, text and hint in one, compressed.

A message is too short to be compressed by itself, but most of it is what others say too. So it is
compressed by what messages say in its language: `dictionaries/`, which were made of the catalogues
once. They are never changed, as what was kept by them could not be read any more: a better one gets
a number of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

_DICTIONARIES = ("", "en", "de", "fr", "es", "nl", "pl", "hi", "ar")
"""The number by which a message was packed is its first byte."""
_WORDS = ("subject", "text", "hint")


def pack(words: Mapping[str, Any], language: str) -> bytes:
    """These words as they are kept."""
    number = _DICTIONARIES.index(language) if language in _DICTIONARIES else 0
    packer = _packer(number).copy()
    plain = "\0".join(words[name] or "" for name in _WORDS).encode()
    return b"%c%b%b" % (number, packer.compress(plain), packer.flush())


def read(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `message_words` with its words; what was written anew later stands beside them."""
    kept = dict(row)
    packed = kept.pop("packed")
    if packed is not None:
        for name, word in zip(_WORDS, _unpack(packed), strict=True):
            if name in kept and not kept[name]:
                kept[name] = word or (None if name == "hint" else "")
    return kept


def _unpack(packed: bytes) -> list[str]:
    plain = zlib.decompressobj(-zlib.MAX_WBITS, _dictionary(packed[0])).decompress(packed[1:])
    return plain.decode().split("\0")


@cache
def _packer(number: int) -> Any:
    """It is copied for each message: reading a dictionary takes longer than packing one."""
    return zlib.compressobj(9, wbits=-zlib.MAX_WBITS, zdict=_dictionary(number))


@cache
def _dictionary(number: int) -> bytes:
    code = _DICTIONARIES[number]
    folder = resources.files("app.channels") / "dictionaries"
    return (folder / f"{code}.txt").read_bytes() if code else b" "

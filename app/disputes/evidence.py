"""What is held against a courier's report of an attempt, each piece with its digest. Pure.

A digest is SHA-256 of the dispute's key and the bytes that were there: of a report the courier's
message as it came, of a photo the picture as it is kept, of anything else its `content` as JSON
with sorted keys. Without the key nobody can try out what might have been said.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson


class Kind(StrEnum):
    """What a piece of evidence is; the same list as the CHECK of the table."""

    REPORT = "report"
    """The courier's message: `reason, code, words`."""
    STATEMENT = "statement"
    """What the customer says of the attempt: `came, words`."""
    CHECK = "check"
    """What we held the report against: `check, result`, and what was found."""
    NOTE = "note"
    """What the customer writes to show that they were there: `words`."""
    PHOTO = "photo"
    """What they send for it."""


class Source(StrEnum):
    """Whose it is; the same list as the CHECK of the table."""

    COURIER = "courier"
    CUSTOMER = "customer"
    REKNOCK = "reknock"


class Piece(NamedTuple):
    """One piece, as it is kept."""

    kind: Kind
    source: Source
    at: datetime
    content: dict[str, Any]
    sha256: str
    bytes: int
    photo: str = ""


def piece(
    kind: Kind,
    source: Source,
    at: datetime,
    content: dict[str, Any],
    salt: bytes | None,
    raw: bytes | None = None,
    photo: str = "",
) -> Piece:
    """A piece of evidence; its digest is of `raw`, and without it of its content.

    `salt` is the dispute's key; None of one that was recorded before there were keys.
    """
    body = canonical(content) if raw is None else raw
    return Piece(
        kind,
        source,
        at,
        content,
        hashlib.sha256((salt or b"") + body).hexdigest(),
        len(body),
        photo,
    )


def canonical(content: dict[str, Any]) -> bytes:
    """The content as the bytes that its digest is of."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)

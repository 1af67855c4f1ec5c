"""Looks for texts in every column of every table, every file and every key of the broker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import redis

from app.channels import packed_words
from app.db import packed
from app.db.connection import connection
from tests.web import rows

_BYTES = re.compile(r"\\x((?:[0-9a-f]{2})+)")
_NO_DIGIT = re.compile(r"[^0-9]+")


def found(marks: Sequence[str], digits: Sequence[str], text: str) -> list[str]:
    """Which of these stand in a text, in whatever spelling of letters; numbers by their digits."""
    lower = text.lower()
    plain = _NO_DIGIT.sub("", text)
    return [m for m in marks if m.lower() in lower] + [d for d in digits if d in plain]


def columns() -> Iterator[tuple[str, str]]:
    """`(where, what stands there)` of every value of every table."""
    tables = rows(
        """SELECT table_name AS name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"""
    )
    for table in tables:
        for row in connection().execute(f'SELECT to_jsonb(t) AS r FROM "{table["name"]}" t'):
            for column, value in _readable(row["r"]).items():
                for text in texts(value):
                    yield f"{table['name']}.{column}", text


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    if row.get("packed"):
        return packed_words.read(row | {"packed": bytes.fromhex(row["packed"].removeprefix("\\x"))})
    return row


def texts(value: Any) -> Iterator[str]:
    """A value as text; bytes, which JSON has in hex, as what they say."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    yield text
    for part in _BYTES.findall(text):
        kept = packed.unpack(bytes.fromhex(part))
        yield kept.decode("utf-8", "replace")
        yield kept.decode("latin-1")


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes().decode("latin-1")


def hints(url: str) -> Iterator[tuple[str, str]]:
    """What the broker holds."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            kind = client.type(key)
            value: Any = b""
            if kind == b"string":
                value = client.get(key)
            elif kind == b"list":
                value = client.lrange(key, 0, -1)
            elif kind == b"hash":
                value = client.hgetall(key)
            elif kind == b"set":
                value = client.smembers(key)
            elif kind == b"zset":
                value = client.zrange(key, 0, -1)
            yield str(key), f"{key!r} {value!r}"

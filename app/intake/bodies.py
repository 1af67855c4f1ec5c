"""Reads a courier's body: unpacks it, parses it, and has its events translated.

What is kept is always the body as it came.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message as Header
from typing import Any

import orjson

from app import clock, json_body
from app.cases.model import Holding
from app.intake import accepts, holding
from app.intake.couriers import adapter
from app.intake.event import OPENING, Account, Event, Incoming, Unreadable

LARGEST = 4 * 1024 * 1024
"""Bytes of a body after decompression; a small one may hold a thousand times its size."""

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # as zlib names the formats
_INSIDE = ("data", "msg", "result", "parcel", "Shipment", "tracker")
_TYPES = (
    *("event", "event_type", "event_name", "type", "kind", "action", "description"),
    *("resource_type", "triggerName", "topic", "test", "ping"),
)
_PINGS = frozenset({"ping", "test", "webhook.test", "test.ping", "webhook_test", "hello"})
_REGISTERING = re.compile(
    r"(?:^|[^a-z])(?:ping|test|hello|verif(?:y|ication)|validat(?:e|ion)|handshake|challenge)"
    r"(?:$|[^a-z])",
    re.IGNORECASE,
)
_OF_A_PARCEL = re.compile(
    "track|awb|waybill|parcel|shipment|consign|barcode|order|deliver|status|package", re.IGNORECASE
)
_SMALL = 6
"""Values at most of a body that only tries an address out."""
_LONGEST = 60


def _spellings(*names: str) -> frozenset[str]:
    """Names in the ways that senders write them: `is_test`, `isTest`, `istest`."""
    camel = (name[:1] + name.title().replace("_", "")[1:] for name in names)
    return frozenset({*names, *camel, *(name.replace("_", "") for name in names)})


_TESTS = _spellings(
    *("test", "is_test", "test_mode", "is_test_mode", "sandbox", "is_sandbox", "sandbox_mode"),
    *("test_label", "is_test_label", "is_test_shipment"),
)
_LIVE = _spellings("live_mode", "is_live")
_MODES = ("mode", "environment", "env")
_NOT_REAL = frozenset({"test", "testing", "sandbox"})
_RETURNS = _spellings(
    *("is_return", "is_return_label", "return_label", "is_return_shipment", "return_shipment"),
    *("is_reverse", "reverse_shipment", "is_reverse_shipment"),
)
_WAYS = _spellings("direction", "shipment_direction", "shipment_type")
_BACKWARDS = frozenset({"return", "returns", "reverse"})
_MARKS = _TESTS | _LIVE | _RETURNS | _WAYS | set(_MODES)
_CODE = re.compile(r"\w*_\w*")


def opened(incoming: Incoming) -> tuple[Incoming, Any]:
    """The same with its body decompressed, and the JSON in it.

    Raises:
        NotJson: it is not JSON in any character set.
        Unreadable: it may be JSON, but cannot be read.
    """
    incoming = unpacked(incoming)
    try:
        return incoming, orjson.loads(incoming.raw)
    except orjson.JSONDecodeError:
        return incoming, _parsed(incoming)


def read(body: Any, account: Account, incoming: Incoming) -> list[Event]:
    """What a body means; empty when it is about no parcel of ours.

    Raises:
        Unreadable: it cannot be read.
    """
    mapped = account.courier == "custom"  # its mapping says itself what concerns us
    if _is_ping(body) or (not mapped and is_test(body) and not accepts.test_events(account.config)):
        return []
    try:
        events = adapter(account.courier).translate(body, account, incoming)
    except Unreadable:
        if _tries_out(body):
            return []
        raise
    for event in events:
        event.held = _held(event, account) if event.kind == "held" else None
        event.words = spoken(event.words)
    if mapped or not _is_return(body):
        return events
    return [_of_a_return(event) for event in events]


def spoken(said: str) -> str:
    """What a courier says as people may read it: of a machine's codes nothing is left.

    A lone code says no more than the reason, which has words of its own.
    """
    if "_" not in said:
        return said
    if _CODE.fullmatch(said):
        return ""
    return " ".join(
        part.replace("_", " ").strip() if _CODE.fullmatch(part.strip(".,;:!?()[]\"'")) else part
        for part in said.split(" ")
    )


def _held(event: Event, account: Account) -> Holding:
    since = event.occurred_at or clock.now()
    return holding.held(event.held or Holding(), event.words, since, account)


def _of_a_return(event: Event) -> Event:
    """News of a parcel on its way to the shop: nobody waits for it at a door."""
    if event.kind not in OPENING:
        return replace(event, kind="progress", reason="on_the_way")
    return replace(event, kind="warning", reason="return_parcel", fault="", attempt=None)


def unpacked(incoming: Incoming) -> Incoming:
    """The same with its body decompressed.

    Raises:
        Unreadable: it is compressed in another way, is damaged, or would be too large.
    """
    encoding = (incoming.headers.get("Content-Encoding") or "").strip().lower()
    if encoding in {"", "identity"}:
        return incoming
    if encoding not in _WINDOW:
        raise Unreadable(f"Content-Encoding {encoding[:40]!r} is not known")
    try:
        raw = _decompressed(incoming.raw, encoding, _WINDOW[encoding])
    except zlib.error as error:
        if encoding != "deflate":
            raise Unreadable(f"the body is no {encoding}: {error}") from error
        try:  # some leave out the header that belongs to it
            raw = _decompressed(incoming.raw, encoding, -_WINDOW[encoding])
        except zlib.error:
            raise Unreadable(f"the body is no {encoding}: {error}") from error
    return replace(incoming, raw=raw)


def _decompressed(packed: bytes, encoding: str, window: int) -> bytes:
    """All parts of it: gzip may be several, one after the other."""
    parts, size = [], 0
    while packed:
        unpacker = zlib.decompressobj(window)
        parts.append(unpacker.decompress(packed, LARGEST - size + 1))
        size += len(parts[-1])
        if unpacker.unconsumed_tail or size > LARGEST:
            raise Unreadable(f"the body has more than {LARGEST} bytes when it is decompressed")
        if not unpacker.eof:
            raise Unreadable(f"the body ends in the middle of its {encoding}")
        packed = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _parsed(incoming: Incoming) -> Any:
    """What is JSON all the same: with odd escapes, or in another character set."""
    try:
        return json_body.parse(incoming.raw, lenient=True)
    except json_body.TooMuchJson as error:
        raise Unreadable(error.detail) from error
    except json_body.NotJson as error:
        if incoming.raw.isascii() or _is_utf8(incoming.raw):
            raise
        return _of_another_charset(incoming, error)


def _of_another_charset(incoming: Incoming, error: json_body.NotJson) -> Any:
    content_type = Header()
    content_type["Content-Type"] = incoming.headers.get("Content-Type") or "application/json"
    declared = content_type.get_content_charset()
    try:
        text = incoming.raw.decode(declared or "latin-1")
    except (LookupError, UnicodeError) as unknown:
        raise Unreadable(f"the characters are not {str(declared)[:40]!r}") from unknown
    try:
        body = json_body.parse(text.encode(), lenient=True)
    except json_body.NotJson:
        raise error from None
    except json_body.TooMuchJson as too_much:
        raise Unreadable(too_much.detail) from too_much
    if declared is None:
        raise Unreadable("the characters are not UTF-8, and no other set is declared")
    return body


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_ping(body: Any) -> bool:
    """Whether it is what a sender posts when a webhook is registered: nothing, or a test."""
    if body in ({}, []):
        return True
    if not isinstance(body, dict):
        return False
    told = type_of(body).lower()
    return told in _PINGS or (len(body) == 1 and next(iter(body)) in {"test", "ping", "hello"})


def _tries_out(body: Any) -> bool:
    """Whether what no adapter can read is what senders post to see whether somebody is there."""
    if isinstance(body, list):
        return all(map(_tries_out, body))
    if not isinstance(body, dict):
        return body is None or (isinstance(body, str) and bool(_REGISTERING.search(body)))
    nested = any(isinstance(value, dict | list) and value for value in body.values())
    if nested or len(body) > _SMALL or any(map(_OF_A_PARCEL.search, body)):
        return False
    return not body or any(_REGISTERING.search(str(text)) for text in (*body, *body.values()))


def is_test(body: Any) -> bool:
    """Whether the courier says that nothing of this really happened."""
    return any(
        _marked(part, _TESTS)
        or any(str(part.get(name)).lower() in _NOT_REAL for name in _MODES if name in part)
        or any(accepts.no(part.get(name)) for name in _LIVE)
        for part in _parts(body)
    )


def _is_return(body: Any) -> bool:
    """Whether the parcel goes from the customer to the shop, as the courier itself marks it."""
    return any(
        _marked(part, _RETURNS)
        or any(str(part.get(name)).lower() in _BACKWARDS for name in _WAYS if name in part)
        for part in _parts(body)
    )


def _marked(part: dict[str, Any], marks: frozenset[str]) -> bool:
    return any(accepts.yes(part[name]) for name in part.keys() & marks)


def type_of(body: Any) -> str:
    """What a message calls itself, for the count of those that are about nothing of ours."""
    for name in _TYPES if isinstance(body, dict) else ():
        told = body.get(name)
        if isinstance(told, str) and told.isprintable() and 0 < len(told) <= _LONGEST:
            return told
    return "other" if body else "empty"


def _parts(body: Any) -> Iterator[dict[str, Any]]:
    """The parts of a body that bear any mark."""
    return (part for part in _places(body) if not _MARKS.isdisjoint(part))


def _places(body: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(body, dict):
        return
    yield body
    for name in _INSIDE:
        inner = body.get(name)
        if isinstance(inner, dict):
            yield inner
            for deeper in ("info", "meta", "options"):
                found = inner.get(deeper)
                if isinstance(found, dict):
                    yield found

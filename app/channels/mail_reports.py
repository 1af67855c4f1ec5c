"""What a mail server says of a mail of ours, out of the mail in which it says so.

A delivery report is RFC 3464, its codes are RFC 3463; a complaint is RFC 5965. Anybody can write
such a mail: it counts by the Message-ID of ours that it holds, which only its receiver has seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import EmailMessage, Message

from app.channels.heard import MailReport, Returned

_FOR_GOOD = re.compile(r"5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")
"""Codes by which an address or its mailbox is not there, or not any more."""
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out"})
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


def read(provider: str, mail: EmailMessage) -> MailReport | None:
    """What it reports; None for a mail that reports no failure and no complaint."""
    parts = {part.get_content_type(): part for part in mail.walk()}
    ours = _ours(parts)
    if not ours:
        return None
    if (status := parts.get("message/delivery-status")) is not None:
        return _failure(provider, ours, _fields(status))
    if (said := parts.get("message/feedback-report")) is not None:
        kind = re.search(r"^feedback-type:\s*(\S+)", _text(said), re.IGNORECASE | re.MULTILINE)
        code = kind[1].lower() if kind else ""
        if code in _COMPLAINTS:
            return MailReport(
                provider=provider, returned=Returned.COMPLAINT, code=code, mail_id=ours
            )
    return None


def returned(code: str) -> Returned:
    """Whether by this code of RFC 3463 nobody is reached at the address for good."""
    return Returned.NOBODY_THERE if _FOR_GOOD.match(code) else Returned.NOT_TAKEN


def code_in(words: str) -> str:
    """The first such code in a server's words; empty for none."""
    found = _CODE.search(words)
    return found[0] if found else ""


def _failure(provider: str, ours: str, fields: str) -> MailReport | None:
    """Of a delay nothing is made: the server that told of it goes on trying."""
    action = re.search(r"^action:\s*(\w+)", fields, re.IGNORECASE | re.MULTILINE)
    status = re.search(r"^status:\s*(\S+)", fields, re.IGNORECASE | re.MULTILINE)
    if action is None or status is None or action[1].lower() != "failed":
        return None
    words = re.search(r"^diagnostic-code:\s*(.*)", fields, re.IGNORECASE | re.MULTILINE)
    return MailReport(
        provider=provider,
        returned=returned(status[1]),
        code=status[1],
        words=words[1].strip() if words else "",
        mail_id=ours,
    )


def _fields(status: Message) -> str:
    """The fields of all its groups, one a line."""
    found = _inner(status) or [status]
    lines = [f"{name}: {value}" for group in found for name, value in group.items()]
    return "\n".join(" ".join(line.split()) for line in lines)


def _ours(parts: Mapping[str, Message]) -> str:
    """The Message-ID of the mail that it is about, which it brings whole or its head only."""
    for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
        if kind in parts and (found := _ID.search(_text(parts[kind]))):
            return found[1]
    return ""


def _text(part: Message) -> str:
    if inner := _inner(part):
        return "\n".join(one.as_string() for one in inner)
    raw = part.get_payload(decode=True)
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _inner(part: Message) -> list[Message]:
    """The messages that a part holds; none where it is text."""
    found = part.get_payload()
    return [one for one in found if isinstance(one, Message)] if isinstance(found, list) else []

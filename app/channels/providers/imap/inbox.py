"""The mail in the mailbox, the newest first. What was heard is known by its Message-ID.

One without is known by its number in the folder, which is never given twice (RFC 3501, 2.3.1.1).
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from app.channels import inbound_mail, mail_reports
from app.channels.heard import AutomaticReply, Written
from app.channels.inbound_mail import Mail
from app.channels.providers.base import Known
from app.channels.providers.imap.mailbox import opened
from app.settings import Settings

_PAGE = 50
# in English, whatever the locale
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LARGEST = 512 * 1024  # bytes that are read of one mail; the words stand at its beginning


_UID = re.compile(rb"\bUID (\d+)")


def pages(settings: Settings, since: datetime, known: Known) -> Iterator[Sequence[Written]]:
    """What came in on the day of `since` and later, page by page.

    A mail is fetched only when its Message-ID is not known: a mailbox is looked into every minute,
    and people attach photographs.

    Raises:
        OSError: the mailbox cannot be asked now.
    """
    with opened(settings.plug_ins["IMAP_URL"]) as box:
        day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
        _, found = box.uid("SEARCH", "SINCE", day)
        uids = found[0].split()[::-1] if found and found[0] else []
        for start in range(0, len(uids), _PAGE):
            ids = _ids(box, uids[start : start + _PAGE])
            old = known(list(ids.values()))
            new = [_read(box, uid, name) for uid, name in ids.items() if name not in old]
            if not new:
                return
            yield new


def _ids(box: imaplib.IMAP4, uids: Sequence[bytes]) -> dict[bytes, str]:
    """By what each of these mails is known."""
    asked = b",".join(uids).decode()
    _, parts = box.uid("FETCH", asked, "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    validity = (box.response("UIDVALIDITY")[1] or [None])[0] or b""
    named = {}
    for part, rest in zip(parts, [*parts[1:], b""], strict=True):
        if isinstance(part, tuple):
            # The number stands before the header, or after it.
            after = rest if isinstance(rest, bytes) else b""
            if uid := _UID.search(part[0]) or _UID.search(after):
                named[uid[1]] = _id(part[1]) or f"{validity.decode()}-{uid[1].decode()}"
    return {uid: named[uid] for uid in uids if uid in named}


def _id(header: bytes) -> str:
    """The Message-ID; empty where there is none that can be kept."""
    mail = message_from_bytes(header, policy=policy.default)
    name = str(mail["Message-ID"] or "").strip()
    return name if name.isprintable() else ""


def _read(box: imaplib.IMAP4, uid: bytes, name: str) -> Written:
    _, parts = box.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{_LARGEST}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - so says the policy
    written = inbound_mail.written("imap", _mail(mail, name))
    if isinstance(written, AutomaticReply):
        return replace(written, report=mail_reports.read("imap", mail))
    return written


def _mail(mail: EmailMessage, name: str) -> Mail:
    named = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    return Mail(
        id=name,
        sender=str(mail["From"] or ""),
        recipients=[str(value) for name in named for value in mail.get_all(name, [])],
        headers=[(name, str(value)) for name, value in mail.items()],
        text=_body(mail, "plain"),
        html=_body(mail, "html"),
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a charset that nobody knows
        content = part.get_payload(decode=True)
    return content if isinstance(content, str) else bytes(content or b"").decode("utf-8", "replace")

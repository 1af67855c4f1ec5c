"""The mail in the mailbox, the newest first. What was heard is known by its Message-ID."""

from __future__ import annotations

import hashlib
import imaplib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from app.channels import inbound_mail
from app.channels.heard import Written
from app.channels.inbound_mail import Mail
from app.channels.providers.imap.mailbox import opened
from app.settings import Settings

_PAGE = 50
# in English, whatever the locale
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LARGEST = 512 * 1024  # bytes that are read of one mail; the words stand at its beginning


def pages(settings: Settings, since: datetime) -> Iterator[Sequence[Written]]:
    """What came in on the day of `since` and later, page by page.

    Raises:
        OSError: the mailbox cannot be asked now.
    """
    with opened(settings.plug_ins["IMAP_URL"]) as box:
        day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
        _, found = box.uid("SEARCH", "SINCE", day)
        uids = found[0].split()[::-1] if found and found[0] else []
        for start in range(0, len(uids), _PAGE):
            yield [_read(box, uid) for uid in uids[start : start + _PAGE]]


def _read(box: imaplib.IMAP4, uid: bytes) -> Written:
    _, parts = box.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{_LARGEST}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - so says the policy
    return inbound_mail.written("imap", _mail(mail, raw))


def _mail(mail: EmailMessage, raw: bytes) -> Mail:
    named = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    return Mail(
        id=str(mail["Message-ID"] or "").strip() or hashlib.sha256(raw).hexdigest(),
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

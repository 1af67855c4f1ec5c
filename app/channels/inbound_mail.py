"""A mail from somebody: whose it is, which case it is about, and what of it was written now.

Whether a machine sent it is read from what RFC 3834 and RFC 3464 want machines to say, and from
what older ones say instead. Such mail is remembered and never answered: two machines that answer
each other do not stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr, parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser

from typing_extensions import override

from app import languages
from app.channels import heard, reply_address
from app.channels.heard import Written
from app.languages.language import mark
from app.shipments.reachable import check_email

MARK = mark("-- Please write your answer above this line --")
"""Stands above the text of a mail that can be answered, in the language of the mail: what an answer
holds of it is cut off."""

UNSEEN = "\u2063\u2062\u2063"
"""Stands behind it and is not seen: programs that break a line or translate it leave this alone."""

LIMIT = 10 * 1024 * 1024
"""Bytes of the largest mail that a provider may hand to us; people attach photographs."""

_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b.*@", re.IGNORECASE
)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_QUOTED = re.compile(r"^\s*>")
_INTRODUCES = re.compile(
    r"^\s*(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|message d'origine|"
    r"mensaje original|oorspronkelijk bericht)|_{10,}\s*$|"
    r"(from|von|de|van|da):\s.+@.+)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r".*(wrote|schrieb|a écrit|escribió|schreef|ha scritto)\b.*:\s*$", re.IGNORECASE
)
_OPENS = re.compile(r"\s*((on|am|le|el|op|il)\b.*@.*)?$", re.IGNORECASE)
"""A last line that only introduces the quote: `On Tue, 24 Nov 2026, Shop <a@b.c>`."""
_SIGNATURE = re.compile(r"^-- $")
_OURS = re.compile(r"<([0-9]{1,18})\.[0-9]{1,4}\.[0-9a-f]{12}@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as its provider hands it over."""

    id: str
    """What the provider, or the Message-ID, tells it from others by."""
    sender: str
    """The From header."""
    recipients: Sequence[str]
    """All addresses of ours that it may have been sent to."""
    headers: Iterable[tuple[str, str]]
    text: str
    html: str = ""
    stripped: str = ""
    """What the provider holds for the new part of the text."""


def written(provider: str, mail: Mail) -> Written:
    """What somebody wrote, by what it means."""
    headers = [(name.lower(), value) for name, value in mail.headers]
    address = parseaddr(mail.sender)[1]
    cases = (reply_address.case_of(recipient) for recipient in mail.recipients)
    text = mail.text or text_of(mail.html)
    cut = _is_marked(text) or not mail.stripped.strip()
    return heard.incoming(
        provider=provider,
        provider_id=mail.id,
        channel="email",
        sender=check_email(address) or address,
        words=new_part(text) if cut else mail.stripped.strip(),
        at=_date(dict(headers).get("date", "")),
        case_id=next((case for case in cases if case is not None), None),
        replies_to=_answered(dict(headers).get("in-reply-to", "")),
        automatic=is_automatic(headers, address),
    )


def is_automatic(headers: Sequence[tuple[str, str]], sender: str) -> bool:
    """Whether a machine sent it by itself; `headers` have small names."""
    if not sender or _MACHINES.match(sender):
        return True
    return any(_is_automatic(name, value.strip().lower()) for name, value in headers)


def _is_automatic(name: str, said: str) -> bool:
    match name:
        case "auto-submitted":
            return not said.startswith("no")
        case "precedence":
            return said in _BULK
        case "return-path":
            return said == "<>"
        case "content-type":
            return said.startswith("multipart/report")
    return name in {"list-id", "x-autoreply", "x-autorespond", "x-failed-recipients"}


def new_part(text: str) -> str:
    """The text without what it quotes, and without a signature that says it is one."""
    kept: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if _ends(line):
            break
        if not _QUOTED.match(line):
            kept.append(line.rstrip())
    while kept and _OPENS.match(kept[-1]):
        kept.pop()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _ends(line: str) -> bool:
    """Whether what was written now ends before this line."""
    if _is_marked(line):
        return True
    return any(form.match(line) for form in (_INTRODUCES, _WROTE, _SIGNATURE))


def _is_marked(text: str) -> bool:
    return UNSEEN in text or any(mark in text for mark in _marks())


def _answered(text: str) -> int | None:
    """Our own id of the message that a mail answers, out of the Message-ID that we gave it."""
    ours = _OURS.search(text)
    return int(ours[1]) if ours else None


@cache
def _marks() -> frozenset[str]:
    return frozenset(languages.get(code).say(MARK) for code in languages.known())


def text_of(html: str) -> str:
    """What a person reads of a page, without what it quotes."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts).strip()


class _Text(HTMLParser):
    """Collects the text outside of styles, scripts and quotes."""

    _SILENT = frozenset({"style", "script", "title", "blockquote"})
    _BREAKS = frozenset({"br", "p", "div", "tr", "li"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self._SILENT
        if tag in self._BREAKS and self.parts:
            self.parts.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else None

"""An e-mail from a message: plain text, HTML and invitation, with the headers mail expects."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from jinja2.utils import urlize

from app import languages
from app.channels.inbound_mail import MARK, UNSEEN
from app.channels.providers.base import Outgoing
from app.languages.language import Language

# Seven bits only: every server takes them, whatever it offers.
_POLICY = SMTP.clone(cte_type="7bit")
_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)
_PAGE = (
    '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"></head>'
    '<body style="font:16px/1.5 sans-serif;max-width:36em">{}</body></html>\n'
)


def address(text: str) -> Address:
    """A mail address fit for a header and for the wire.

    Raises:
        ValueError: it is none, or not in ASCII, or holds what does not belong there.
    """
    if not (text.isascii() and text.isprintable()):
        raise ValueError("not a usable mail address")
    try:
        parsed = Address(addr_spec=text)
    except (ValueError, MessageError, IndexError) as error:  # the parser raises all of these
        raise ValueError("not a usable mail address") from error
    if not (parsed.username and parsed.domain):
        raise ValueError("not a usable mail address")
    return parsed


def sender(text: str) -> Address:
    """The address of `Name <user@host>`, with the name.

    Raises:
        ValueError: it is none.
    """
    name, spec = parseaddr(text)
    plain = address(spec)
    return Address(_one_line(name), plain.username, plain.domain)


def write(message: Outgoing, mail_from: str, at: datetime, reply_to: str = "") -> EmailMessage:
    """The message as mail, multipart, in seven bits.

    Its Message-ID is the same however often one try is written, and another for every
    further try. A line break in the subject becomes a space; one in an address is refused.

    Raises:
        ValueError: the recipient or the sender is not a usable mail address.
    """
    origin = sender(mail_from)
    if message.sender:
        origin = Address(_one_line(message.sender), origin.username, origin.domain)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = origin
    mail["To"] = address(message.recipient)
    if answers := reply_to or message.reply_to:
        mail["Reply-To"] = address(answers)
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = at
    mark = hashlib.blake2s(message.request_id.encode(), digest_size=6).hexdigest()
    mail["Message-ID"] = f"<{message.id}.{message.tries}.{mark}@{origin.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply to this
    language = languages.get(message.language)
    text = f"{language.say(MARK)}{UNSEEN}\n\n{message.text}" if reply_to else message.text
    mail.set_content(text)
    mail.add_alternative(
        _html(text, language, message.html or "", 2 if reply_to else 1), subtype="html"
    )
    if message.calendar:
        method = _METHOD.search(message.calendar)
        mail.add_alternative(
            message.calendar,
            subtype="calendar",
            params={"method": method[1] if method else "REQUEST"},  # RFC 6047 wants them equal
        )
        mail.add_attachment(
            message.calendar.encode(),
            maintype="application",
            subtype="ics",
            filename="invite.ics",
        )
    return mail


def html_of(text: str, language: Language) -> str:
    """Plain text as a simple page: paragraphs, line breaks, links that can be pressed."""
    return _html(text, language, "", 0)


def _html(text: str, language: Language, more: str, place: int) -> str:
    """The same, with `more`, which is HTML already, after so many paragraphs."""
    paragraphs = [_paragraph(part) for part in re.split(r"\n\s*\n", text.strip())]
    paragraphs[place:place] = filter(None, [more])
    return _PAGE.format(language.code, language.direction, "\n".join(paragraphs))


def _paragraph(text: str) -> str:
    return "<p>" + urlize(text).replace("\n", "<br>\n") + "</p>"


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

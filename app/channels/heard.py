"""What providers tell us, as facts that name no provider's format, and who receives them.

A feature that wants to know of a kind of fact has a `receivers.py`; `app/__init__.py` lists
them all. So a key press can reach the dispatch tasks, although `channels` may not import
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Self

import structlog

from app import languages
from app.contact.refusal import reading
from app.contact.refusal.reading import Meaning
from app.db.connection import Connection
from app.languages.language import Language

log = structlog.get_logger(__name__)


class Price(NamedTuple):
    """What a message cost, exactly as its provider says."""

    amount: Decimal
    currency: str
    """ISO 4217."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message: `sent`, `delivered` or `failed`, then with a code as `why`.

    The message is known by our own id where the provider hands it back, else by its own.
    """

    provider: str
    state: str
    why: str | None = None
    message_id: int | None = None
    provider_id: str | None = None
    read: bool = False
    """Whether somebody has looked at it, as far as the channel tells."""
    price: Price | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A provider lets nothing through to this person any more, for they refused it there.

    For what is told apart from any message: a complaint about a mail, a block in WhatsApp. Where a
    message was refused for it, `Receipt` and `Refused` say so with the reason `OPTED_OUT`.
    """

    provider: str
    channel: str
    recipient: str
    code: str
    """The provider's own word for it, which is kept as proof."""


class Returned(StrEnum):
    """What a report on a mail of ours says."""

    NOBODY_THERE = "nobody_there"
    """Its address is not there, or not any more."""
    NOT_TAKEN = "not_taken"
    """It did not arrive, and another one may."""
    COMPLAINT = "complaint"
    """Whoever got it called it spam."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReport:
    """What came of a mail after its server had taken it.

    It is known by its `mail_id` (its Message-ID); to a provider that signs also by its `recipient`.
    """

    provider: str
    returned: Returned
    code: str
    words: str = ""
    mail_id: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message from somebody; `at` is when the provider got it, where the provider says so.

    `case_id` is the case that an address of ours names, where each case has one of its own.
    """

    provider: str
    provider_id: str
    channel: str
    sender: str
    words: str
    at: datetime | None = None
    case_id: int | None = None
    replies_to: int | None = None
    """Our own id of the message that it answers, where that is said."""
    answers: str = ""
    """The same by the provider's id of it."""
    answered: bool = False
    """Whether the provider has acted on it and answered it; then we say nothing beside it."""


class Reply(Incoming):
    """Words for a person to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticReply(Incoming):
    """Words that a machine sent by itself: nobody waits for an answer, and it gets none."""

    report: MailReport | None = None
    """What it says of a mail of ours, where it is a mail server's."""


class OptOutWord(Incoming):
    """Words that ask for no more messages, whichever they are."""


class MaybeOptOut(Incoming):
    """Words that may ask for that, or mean only some: a person asks."""


class OptInWord(Incoming):
    """Nothing but a word that takes an opt-out back."""


class HelpWord(Incoming):
    """Nothing but a word that asks what this is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered:
    """A call of ours was answered, by a person or a machine; `message_id` is our own id of it."""

    provider: str
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """A key that was pressed during a call; `message_id` is our own id of that call."""

    provider: str
    message_id: int
    digit: str


Written = Reply | AutomaticReply | OptOutWord | MaybeOptOut | OptInWord | HelpWord
"""What somebody wrote, by what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """Somebody rang our number and pressed `digits`, if any.

    `place` is what `Asks.place` said before, so that a talk goes on where it was; nobody but the
    provider can say one.
    """

    provider: str
    call_id: str
    caller: str
    place: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutThrough:
    """A call in which somebody was put through to somebody else is over.

    `why` is empty when they spoke, `seconds` long; else why they did not.
    """

    provider: str
    message_id: int
    call_id: str
    seconds: int
    why: str = ""


Fact = Receipt | Blocked | MailReport | Written | CallAnswered | KeyPressed | CallIn | PutThrough


class Says(str):  # noqa: SLOT000 - its language is said afterwards
    """Words said in a call, in a language."""

    language = languages.HOUSE
    """Its code."""


def spoken(words: str, language: Language) -> Says:
    """These words, to be read aloud in this language."""
    said = words if isinstance(words, Says) else Says(words)
    said.language = language.code
    return said


class Asks(Says):
    """Words said in a call, after which `keys` are waited for; without any, `otherwise` is said.

    `place` comes back with the keys, in a call that somebody made to us.
    """

    otherwise: str
    keys: int
    place: str

    def __new__(cls, words: str, otherwise: str = "", *, keys: int = 1, place: str = "") -> Self:
        """What is said now, and what when nobody presses a key."""
        made = super().__new__(cls, words)
        made.otherwise, made.keys, made.place = otherwise, keys, place
        return made


class Connects(Says):
    """Words said in a call, after which the caller is put through to `number`."""

    number: str

    def __new__(cls, words: str, number: str) -> Self:
        """What is said now, and whom they speak with then."""
        made = super().__new__(cls, words)
        made.number = number
        return made


Receiver = Callable[[Connection, Any, datetime], str | None]
"""Takes a fact of its kind inside the caller's transaction, and may return words to be said to
whoever caused it. The same fact may come twice."""

_receivers: dict[type[Fact], list[Receiver]] = {}

_KINDS: Mapping[Meaning, type[Written]] = {
    Meaning.STOP: OptOutWord,
    Meaning.UNCLEAR: MaybeOptOut,
    Meaning.START: OptInWord,
    Meaning.HELP: HelpWord,
    Meaning.NONE: Reply,
}

_ANSWERED = frozenset({Meaning.STOP, Meaning.START, Meaning.HELP})


def configure(*receivers: Mapping[type[Fact], Receiver]) -> None:
    """Say once per process who receives which facts."""
    _receivers.clear()
    for mapping in receivers:
        for kind, receiver in mapping.items():
            _receivers.setdefault(kind, []).append(receiver)


def tell(conn: Connection, fact: Fact, now: datetime) -> list[str]:
    """Give a fact to all its receivers; what they want said to the person."""
    found = _receivers.get(type(fact), [])
    if not found:
        log.warning("fact_without_receiver", kind=type(fact).__name__, provider=fact.provider)
    said = [receiver(conn, fact, now) for receiver in found]
    return [words for words in said if words]


def incoming(
    *,
    provider: str,
    provider_id: str,
    channel: str,
    sender: str,
    words: str,
    at: datetime | None = None,
    keyword: str = "",
    answers_keywords: bool = False,
    case_id: int | None = None,
    replies_to: int | None = None,
    answers: str = "",
    automatic: bool = False,
) -> Written:
    """A message from somebody, by what it means.

    `keyword` is the provider's own reading of it, for words that only the account knows: what the
    provider reads it has answered. `answers_keywords`: so it does with carriers' words.
    """
    read = reading.carriers(words) if answers_keywords else Meaning.NONE
    if keyword.lower() in _ANSWERED:
        read = Meaning(keyword.lower())
    kind = (
        AutomaticReply if automatic else _KINDS[read if read in _ANSWERED else reading.read(words)]
    )
    return kind(
        provider=provider,
        provider_id=provider_id,
        channel=channel,
        sender=sender,
        words=words,
        at=at,
        case_id=case_id,
        replies_to=replies_to,
        answers=answers,
        answered=read in _ANSWERED,
    )

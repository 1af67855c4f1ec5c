"""What a provider is made of. README.md beside this file says how to add one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, runtime_checkable

from werkzeug.datastructures import Headers, MultiDict

from app import languages
from app.channels.heard import Fact, Receipt, Written
from app.settings import Setting, Settings

OPTED_OUT = "opted_out"
"""The `why` of a refusal because this person wants no messages; it is remembered."""
ENDED = "endpoint_ended"
"""The `why` of a refusal because the endpoint is no more; it is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What a provider is called, what it can do, and what it reads from the environment."""

    name: str
    package: str
    """The package that holds it (`__name__`); `sending`, `callbacks` and `doctor` stand there."""
    channels: tuple[str, ...]
    """The channels that it carries, such as `sms`."""
    receipts: bool = False
    """Whether it tells later, unasked, what became of a message."""
    repeatable: bool = False
    """Whether sending a message twice has the effect of sending it once."""
    calls_end: timedelta = timedelta(minutes=5)
    """After so long a call counts as not answered, although nobody told its end."""
    settings: tuple[Setting, ...] = ()
    turned_on_by: str = ""
    """The setting that turns it on when it is set; without one it is on in demo mode only."""
    needs: Mapping[str, str] = field(default_factory=dict)
    """Channels that it carries only when this setting of its is set."""
    prepared: tuple[str, ...] = ()
    """The channels by which it takes free words only to who wrote to us within a day; others must
    be a template that it knows."""
    many_hosts: bool = False
    """Whether each recipient has an address of its own, an endpoint, which somebody typed in: such
    a provider is always on, and a host that does not answer says nothing about the others."""

    def is_on(self, settings: Settings) -> bool:
        """Whether messages may go this way."""
        if self.many_hosts:
            return True
        if self.turned_on_by:
            return bool(settings.plug_ins[self.turned_on_by])
        return settings.demo

    def carried(self, settings: Settings) -> Sequence[str]:
        """The channels that it carries under these settings; none when it is off."""
        on = self.channels if self.is_on(settings) else ()
        return [c for c in on if c not in self.needs or settings.plug_ins[self.needs[c]]]


class Options(NamedTuple):
    """What a message can be answered by: `listed` says what each number stands for."""

    text: str
    """The message without them."""
    listed: str
    buttons: Sequence[str]
    """What a button says for each of them; no longer than a provider shows."""
    rows: Sequence[str] = ()
    """What stands below each where they are rows of a list."""
    opens: str = ""
    """What is pressed to see that list."""
    by_zero: bool = False
    """Whether the only button stands for a 0, and not for a 1."""


class Template(NamedTuple):
    """A text that the provider knows, with the values of this message in their order."""

    id: str
    entity_id: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as a provider sees it. `tries` counts the calls for it, this one included.

    Of the channel `voice` the text is what is spoken.
    """

    id: int
    tries: int
    channel: str
    recipient: str
    subject: str
    text: str
    html: str | None
    calendar: str | None
    request_id: str
    answers: int | None = None
    """The case that an answer to this is about; None where nobody would read one."""
    language: str = languages.HOUSE
    """The code of the language it is written in."""
    template: Template | None = field(default=None, repr=False)
    """The text as the provider knows it, where it does. By a channel that takes prepared texts only
    it is None while free words may go."""
    options: Options | None = field(default=None, repr=False)
    """The numbers that answer it, for a channel that has buttons; the text says them too."""
    sender: str = ""
    """Whose name a mail comes from, where it is not this house's."""
    reply_to: str = ""
    """Where answers to a mail go, where this house does not read them itself."""
    about: str = ""
    """The same in all messages about one thing: `task-17`."""
    address: str = field(default="", repr=False)
    """Where the recipient is an endpoint: its address, with its secrets."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it: `sent`, or already `delivered`."""

    provider_id: str
    state: str = "sent"


class Refused(Exception):
    """The provider certainly did not take the message.

    `why` is a stable code and never holds a number, an address or words of the message.
    `permanent` says whether asking again is in vain.
    """

    def __init__(self, why: str, *, permanent: bool) -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent


class Ambiguous(Exception):
    """The request left and no answer came: the message may be on its way. `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Carrier(Protocol):
    """Carries messages; `sending.carrier(settings)` of a provider's package makes it.

    A call, with the question after an ambiguous one, is over within 55 seconds; after 60 a
    message that nobody recorded is taken for unknown.
    """

    def send(self, message: Outgoing) -> Accepted:
        """Hand the message over.

        Raises:
            Refused: it was certainly not taken.
            Ambiguous: nobody knows.
        """
        ...

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:
        """What became of a call made after `since` (machine time) whose answer was lost.

        None when the provider cannot tell. "Not here" counts as not knowing, unless the
        provider promises that what it does not list it will never send.
        """
        ...


@runtime_checkable
class TwoWay(Protocol):
    """A carrier of text messages that can be answered."""

    def can_be_answered(self, recipient: str) -> bool:
        """Whether an answer from this number would come to us."""
        ...


@runtime_checkable
class Polled(Protocol):
    """A carrier that can be asked what became of a message that it has, and what it cost."""

    def look(self, message_id: int, channel: str, provider_id: str) -> Receipt | None:
        """How it is now; None when the provider cannot tell."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """A carrier that can take a call back which still rings, or waits to."""

    def recall(self, provider_id: str, address: str) -> bool:
        """Let it ring no more; False when the provider could not be asked.

        `address` is that of the endpoint, where the recipient is one and still there.
        """
        ...


@runtime_checkable
class Forgetting(Protocol):
    """A carrier that can be asked to forget what a message said."""

    def forget(self, channel: str, provider_id: str) -> None:
        """Let nothing of its words and pictures be left there; once more is no fault.

        Raises:
            Refused: it could not be done; `permanent` says whether asking again is in vain.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a provider at one of its callback addresses.

    `url` is the whole address as the provider was given it: it begins with PUBLIC_URL,
    because a proxy may have rewritten what arrives here.
    """

    url: str
    headers: Headers
    query: MultiDict[str, str]
    form: MultiDict[str, str]
    body: bytes
    settings: Settings


class BadSignature(Exception):
    """The provider did not sign this. The text says to an operator what to check."""


class Answer(NamedTuple):
    """What a provider is answered."""

    text: str = ""
    content_type: str = "text/plain"
    status: int = 204


def no_content(call: Call, said: Sequence[str]) -> Answer:  # noqa: ARG001 - it shows no words
    """The usual answer: heard, and nothing to say."""
    return Answer()


class Address(NamedTuple):
    """One callback address: what a request there means, and how it is answered.

    `read` makes facts of a verified request and does nothing else; it raises marshmallow's
    `ValidationError` when the request is not what the provider announced. `answer` is given
    what the receivers want said to the person.
    """

    read: Callable[[Call], Sequence[Fact]]
    answer: Callable[[Call, Sequence[str]], Answer] = no_content
    limit: int = 64 * 1024
    """Bytes of the largest request; most have about two thousand."""
    slow: Callable[[Call], Answer] | None = None
    """What is answered when the database does not, so that nobody hears silence in a call."""


class Callbacks(Protocol):
    """The module `callbacks` of a provider that tells us anything."""

    ADDRESSES: Mapping[str, Address]
    """By what follows `/callbacks/<provider>/`."""

    def verify(self, call: Call) -> None:
        """Check the provider's signature.

        Raises:
            BadSignature: it is missing or wrong.
        """
        ...


Known = Callable[[Sequence[str]], Collection[str]]
"""Those among a provider's ids whose messages are remembered."""


class Inbox(Protocol):
    """The module `inbox` of a provider that keeps what people wrote to us."""

    def pages(
        self, settings: Settings, since: datetime, known: Known
    ) -> Iterator[Sequence[Written]]:
        """What came in since then and is not known, the newest first, page by page.

        It may begin earlier, and is over where all of a page is known: the rest is older still.

        Raises:
            requests.RequestException: the provider cannot be asked now.
        """
        ...


def callback_url(settings: Settings, provider: str, path: str) -> str:
    """The address to give to a provider for what it will tell."""
    return f"{settings.public_url}/callbacks/{provider}/{path}"


class Check(NamedTuple):
    """What `doctor.check(settings)` of a provider found out by asking it."""

    ok: bool
    text: str

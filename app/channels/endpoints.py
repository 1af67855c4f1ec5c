"""Recipients that are endpoints: their addresses are secrets, read when a message is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from app.access import vault
from app.access.vault import VaultLocked
from app.channels.providers.apprise import services
from app.channels.store import Message
from app.db.connection import Connection
from app.directory import changes
from app.directory import endpoints_store as store
from app.directory.changes import ITSELF

log = structlog.get_logger(__name__)

CHANNELS = ("chat", "push", "http")
BROWSER, SYSTEM = "browser", "system"
_OTHERS = {BROWSER: "a browser", SYSTEM: "the dispatch system", "playground": "the demo’s phone"}


def words(recipient: str) -> str:
    """What an endpoint is at, as people call it: of `slack-17` `Slack`; empty for a number."""
    return _OTHERS.get(recipient.rpartition("-")[0]) or services.words(recipient)


def is_one(message: Message) -> bool:
    """Whether its recipient is an endpoint, and no number or mailbox."""
    return message.channel in CHANNELS


def addresses(conn: Connection, messages: Sequence[Message]) -> dict[str, str]:
    """The addresses of those that go to endpoints, by recipient; of one that is gone none."""
    recipients = sorted({message.recipient for message in messages if is_one(message)})
    return _read(conn, recipients) if recipients else {}


def addresses_of(conn: Connection, recipients: Sequence[str]) -> set[str]:
    """The addresses of these."""
    return set(_read(conn, recipients).values())


def address(conn: Connection, recipient: str) -> str:
    """The address of one endpoint; empty when it is gone."""
    return _read(conn, [recipient]).get(recipient, "")


def take_away(conn: Connection, recipient: str, now: datetime) -> None:
    """Write there no more: what was behind it says that it is gone. The loss is remembered."""
    gone = store.take_from_person(conn, int(recipient.rpartition("-")[2]))
    if gone is not None:
        whose, was = (gone.person_id, gone.name), {gone.channel: gone.label}
        became = {gone.channel: ""}
        changes.record(conn, ITSELF, "person", whose, gone.depots, was, became, now)


def _read(conn: Connection, recipients: Sequence[str]) -> dict[str, str]:
    found = {}
    for recipient, sealed in store.sealed(conn, recipients).items():
        try:
            found[recipient] = vault.unseal(sealed)
        except VaultLocked:  # of what another secret key sealed nobody is reached
            log.error("endpoint_unreadable", endpoint=recipient)  # noqa: TRY400
    return found

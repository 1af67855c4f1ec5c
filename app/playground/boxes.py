"""The inboxes on the playground's phones: who has one, what is in it, and as whom it answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app import clock
from app.cases.model import Case
from app.cases.timeline.facts import CustomerReply, CustomerWord
from app.cases.timeline.rows import Recorded
from app.db.connection import Connection
from app.directory import ladders
from app.directory.model import Person
from app.playground.views import Box
from app.questions.model import PAGE

PHONES = ("depot", "customer")
_TEXTS = ("sms", "whatsapp")


def of_depot(conn: Connection, case: Case | None, messages: Sequence[dict[str, Any]]) -> list[Box]:
    """One box for everybody on the ladder, in the order in which they are called."""
    if case is None:
        return []
    now = clock.now()
    ladder = ladders.read(conn, case.depot_id, timedelta(), now, now)
    return [
        Box(
            str(person.id),
            person.name,
            _newest(m for m in messages if m["to"] in _addresses(person)),
            address=person.phone or "",
        )
        for person in (*ladder.everyone(), *ladder.beside)
    ]


def _addresses(person: Person) -> set[str | None]:
    """Wherever they are written to."""
    at = (endpoint.partition(" ")[2] for endpoint in person.endpoints)
    return {person.phone, person.email, *at} - {None}


def of_customer(
    case: Case | None, messages: Sequence[dict[str, Any]], timeline: Sequence[Recorded]
) -> list[Box]:
    """The customer's text messages and mail, and the shop's mail, which they do not see."""
    theirs = [m for m in messages if m["audience"] == "customer"]
    mail = [m for m in theirs if m["channel"] == "email"]
    texts = [m for m in theirs if m["channel"] != "email"]
    shop = [m for m in messages if m["audience"] == "shipper"]
    number = texts[-1]["to"] if texts else case and case.contact_phone
    address = mail[-1]["to"] if mail else case and case.contact_email
    shops = shop[-1]["to"] if shop else ""
    return [
        Box(
            "texts",
            "Messages",
            _newest(texts + _replies(timeline, by_mail=False)),
            channel=next((m["channel"] for m in _newest(texts) if m["channel"] in _TEXTS), "sms"),
            address=number or "",
        ),
        Box(
            "mail", "Mail", _newest(mail + _replies(timeline, by_mail=True)), "email", address or ""
        ),
        Box("shop", "Shop’s mail", _newest(shop), "email", shops),
    ]


def _replies(timeline: Sequence[Recorded], *, by_mail: bool) -> list[dict[str, Any]]:
    """What the customer wrote, as messages of their own side."""
    found = []
    for at, _actor, facts in timeline:
        match facts:
            case CustomerReply(words=text, channel=channel) if channel != PAGE:
                pass
            case CustomerWord(word=word, channel=channel):
                text = {"opt_out": "STOP", "opt_in": "START", "help": "HELP"}[word]
            case _:
                continue
        if (channel == "email") == by_mail:
            found.append({"id": 0, "at": at, "channel": channel, "text": text, "mine": True})
    return found


def _newest(messages: Any) -> list[dict[str, Any]]:
    return sorted(messages, key=lambda m: (m["at"], m["id"]), reverse=True)

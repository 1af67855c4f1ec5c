"""Looks a code up, and says whether a message is from us. Nothing is changed by either."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access import own_pages, throttle
from app.access.own_pages import Opened
from app.cases import own_page
from app.cases import service as cases
from app.cases.model import Case
from app.channels import composing
from app.channels import service as channels
from app.customer.genuine import rules
from app.customer.genuine.rules import Parts, Verdict
from app.db.connection import Connection
from app.errors import Problem

_LEFT = frozenset({"sending", "sent", "delivered", "unknown"})
_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said about a message."""

    verdict: Verdict
    money: bool
    """Whether it speaks of an amount of money."""
    hosts: list[str]
    """Where else its links lead."""
    shipper: str
    """Whose parcel it is about; empty where that is not known."""
    at: datetime | None
    """When we sent it."""
    channel: str
    sender: bool | None
    """Whether we write from there; None where nobody can say."""
    zone: str


def token_of(conn: Connection, code: str, address: str) -> str:
    """The token of the page that a code opens.

    Raises:
        Problem: 422 it was mistyped; 404 there is none; 429 too many were tried from this address.
    """
    code = own_pages.tidy(code)
    if not own_pages.well_formed(code):
        raise Problem(422, "code_mistyped", "That code is not complete, or has a wrong letter.")
    case = _case_of(conn, code, address)
    if case is None:
        raise Problem(404, "unknown_link", "This code is not known.")
    return own_page.token(case)


def _case_of(conn: Connection, code: str, address: str) -> Case | None:
    """The case of a well-formed code; who tries others' codes is stopped soon."""
    throttle.check(f"codes:{address}")
    case_id = own_pages.case_of(code)
    case = cases.by_ids(conn, [case_id]).get(case_id)
    if case and case.page_key and own_pages.opens(code, case.id, case.page_key):
        return case
    throttle.failed(f"codes:{address}")
    return None


def check(
    conn: Connection, text: str, sender: str, hosts: set[str], senders: set[str], address: str
) -> Checked:
    """What can truly be said of a message, and nothing of whose parcel it is about.

    Only who has the link or the code, which opens the page anyway, learns more than yes or no.
    """
    found = rules.parts(text[:_LONGEST], hosts)
    opened = _opened(conn, found, address)
    case = opened[0] if opened else None
    sent: list[dict[str, Any]] = []
    if case is not None:
        every = channels.for_case(conn, case.id)
        sent = [m for m in every if m["audience"] == "customer" and m["state"] in _LEFT]
    given = len(found.tokens) + len(found.codes)
    whole = len(opened) == given and len({case.id for case in opened}) == 1
    words = {rules.letters(message["text"]): message for message in sent}
    beside = _beside(case, sent, hosts) if case else set()
    verdict = rules.verdict(found, opened=whole, sent=words, beside=beside)
    message = next((m for w, m in words.items() if w and w in found.words), None)
    known = message if verdict is Verdict.SENT else None
    trusted = verdict in {Verdict.SENT, Verdict.OURS, Verdict.CHANGED}
    return Checked(
        verdict=verdict,
        money=found.money,
        hosts=found.elsewhere,
        shipper=case.shipper.name if case and trusted else "",
        at=known["created_at"] if known else None,
        channel=known["channel"] if known else "",
        sender=_is_ours(sender, senders),
        zone=case.zone if case else "UTC",
    )


def _beside(case: Case, sent: list[dict[str, Any]], hosts: set[str]) -> set[str]:
    """What stands with our messages by some ways: the numbers that answer one, a mail's code."""
    below = {
        composing.below(case.id, case.page_key, code, case.shipper.brand)
        for code in {message["language"] for message in sent}
    }
    hints = {message["hint"] for message in sent if message["hint"]}
    return {rules.parts(text, hosts).words for text in hints | below} - {""}


def _opened(conn: Connection, found: Parts, address: str) -> list[Case]:
    """The cases that its links and codes open."""
    made = [opened.case_id for token in found.tokens if (opened := _made_here(token))]
    known = cases.by_ids(conn, made) if made else {}
    by_link = [case for case_id in made if (case := known.get(case_id))]
    by_code = [case for code in found.codes[:3] if (case := _case_of(conn, code, address))]
    return by_link + by_code


def _made_here(token: str) -> Opened | None:
    """What a token says that we gave out, also when it has ended since."""
    try:
        return own_page.read(token)
    except Problem:
        return None


def _is_ours(sender: str, ours: set[str]) -> bool | None:
    said = plain_sender(sender)
    return said in ours if said and ours else None


def plain_sender(sender: str) -> str:
    """A number by its digits, an address for mail in small letters, a name as it is."""
    if found := re.search(r"[\w.+-]+@[\w.-]+", sender):
        return found[0].casefold()
    digits = re.sub(r"\D", "", sender)
    return digits.removeprefix("00") if len(digits) > 4 else sender.strip().casefold()

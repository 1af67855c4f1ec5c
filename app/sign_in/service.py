"""Verbs on one-time codes. They run inside the caller's transaction.

Whoever asks gets the same answer whether somebody has that number or address or not, and the same
is done: a code is counted, and a message becomes a row, which has no recipient where there is
nobody. Of a code only a keyed digest is kept, bound to the browser that asked, so that a code
which somebody is talked into telling opens nothing elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import NamedTuple

from app.access import secret
from app.channels import service as channels
from app.channels.service import Draft, Route
from app.db.connection import Connection
from app.directory import store as directory
from app.directory.model import Person
from app.errors import Problem
from app.languages.language import Language
from app.shipments.reachable import check_email, check_number
from app.sign_in import rules, store, texts
from app.sign_in.rules import Address


class Entered(NamedTuple):
    """Whose code it was, and by what it had come."""

    person_id: int
    how: str


class Wrong(NamedTuple):
    """A wrong code; so many more may be tried."""

    left: int


def ask(conn: Connection, address: Address, reads: Language, now: datetime) -> str:
    """Send a code to whoever has this number or address; what the asking browser must keep.

    Whoever has not said which language they are written to in gets what they read on the page.

    Raises:
        Problem: 429, several were asked for lately.
    """
    counted_by = _digest("address", address.how, address.same)
    store.sweep(conn, now - rules.KEPT)
    store.lock_address(conn, counted_by)
    wait = rules.too_many(store.asked(conn, counted_by, now - rules.KEPT), now)
    if wait is not None:
        raise Problem(
            429,
            "too_many_codes",
            texts.too_many(wait - now),
            headers={"Retry-After": str(int((wait - now).total_seconds()) + 1)},
        )
    browser, code = secrets.token_urlsafe(32), rules.new_code()
    found = directory.people_known_by(conn, address.written)
    # A number that several people share tells nobody apart: their e-mail addresses do.
    person = found[0] if len(found) == 1 else None
    code_id = store.add(
        conn,
        browser=_browser(browser),
        address=counted_by,
        person_id=person.id if person else None,
        how=address.how,
        code=_digest("code", browser, code),
        now=now,
        ends_at=now + rules.GOOD_FOR,
    )
    language = person.speaks if person and person.language else reads
    said = texts.code(language, code, address.how)
    draft = Draft(
        case_id=0,
        audience="dispatcher",
        topic="sign-in",
        idempotency_key=f"sign-in:{code_id}",
        routes=_routes(address.how, person),
        subject=said.subject,
        text=said.text,
        language=language.code,
        needs_case="none",
        not_after=now + rules.GOOD_FOR,
        request_id=f"sign-in-{code_id}",
    )
    channels.enqueue(conn, [draft], now)
    return browser


def enter(conn: Connection, browser: str, code: str, now: datetime) -> Entered | Wrong | None:
    """Try the code that was sent for this browser; None: it is no longer good, or never was."""
    row = store.try_code(conn, _browser(browser), _digest("code", browser, code), rules.TRIES, now)
    if row is None:
        return None
    if row["used_at"] is None:
        return Wrong(rules.TRIES - row["tries"])
    return Entered(row["person_id"], row["how"])


def _routes(how: str, person: Person | None) -> list[Route]:
    if person is None:
        return []
    if how == "email":
        address = check_email(person.email)
        return [Route("email", address)] if address else []
    number = check_number(person.phone, "ZZ")
    return [Route("sms", number.e164)] if number.e164 and number.fault is None else []


def _browser(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _digest(*parts: str) -> bytes:
    return hmac.digest(secret.derive("sign-in-code"), "\0".join(parts).encode(), "sha256")

"""Verbs on passwords, for whoever wants one beside the codes.

Whoever asks gets the same answer after the same work, whether there is such a person or password or
not. After a few wrong ones in a row it opens nothing any more: codes and passkeys still do, so
that nobody keeps somebody out, and its owner sets a new one.
"""

from __future__ import annotations

import secrets
import threading
from datetime import datetime

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.db.connection import connection, transaction
from app.directory import store as directory
from app.errors import Problem
from app.languages.language import mark
from app.languages.sentence import sentence
from app.sign_in import passwords_store as store
from app.sign_in import rules

TRIES = 10
SHORTEST, LONGEST = 12, 200
_ROUNDS, _KIB = 2, 19 * 1024
"""What OWASP names as the least for Argon2id: 19 MiB, twice."""
_at_once = threading.BoundedSemaphore(2)
"""Each takes 19 MiB and a processor: many who try together wait for each other."""


def choose(person_id: int, password: str, again: str, now: datetime) -> None:
    """Let somebody get in with this password too.

    Raises:
        Problem: 422, it is none that is worth having.
    """
    person = directory.person(connection(), person_id)
    known = [] if person is None else [person.name, person.email, person.phone]
    _check(password, again, [text for text in known if text])
    hashed = _hash(password)
    with transaction() as conn:
        store.keep(conn, person_id, hashed, now)


def enter(written: str, password: str) -> int | None:
    """Whose number or address and password these are; None: nobody's, or not any more."""
    conn, address = connection(), rules.address(written)
    found = directory.people_known_by(conn, address.written) if address else []
    person_id = found[0].id if len(found) == 1 else 0
    hashed = store.take_try(conn, person_id, TRIES)
    if not _fits(password[:LONGEST], hashed or _nobodys()) or hashed is None:
        return None
    store.right(conn, person_id)
    return person_id


def _check(password: str, again: str, known: list[str]) -> None:
    if len(password) < SHORTEST:
        raise _refused(sentence("It needs at least {number} characters.", number=SHORTEST))
    if len(password) > LONGEST:
        raise _refused(sentence("It may have at most {number} characters.", number=LONGEST))
    if password != again:
        raise _refused(mark("The two are not the same. Please write it twice."))
    plain = password.casefold()
    if len(set(plain)) < 5 or plain in {one.casefold() for one in known}:
        raise _refused(mark("Anybody would guess it. Please think of several words."))


def _hash(password: str) -> str:
    with _at_once:
        salt = secrets.token_bytes(16)
        made = Argon2id(salt=salt, length=32, iterations=_ROUNDS, lanes=1, memory_cost=_KIB)
        return made.derive_phc_encoded(password.encode())


def _fits(password: str, hashed: str) -> bool:
    try:
        with _at_once:
            Argon2id.verify_phc_encoded(password.encode(), hashed)
    except InvalidKey:
        return False
    return True


_none = ""


def _nobodys() -> str:
    """What is compared where there is no password, so that the answer takes as long."""
    global _none  # noqa: PLW0603 - made once, when it is needed first
    _none = _none or _hash(secrets.token_urlsafe())
    return _none


def _refused(why: str) -> Problem:
    return Problem(422, "password_refused", why)

"""Plays the courier: posts real samples over HTTP to this very server, as a courier would."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

import orjson
import requests

from app import clock
from app.db.connection import connection
from app.errors import Problem
from app.intake import accounts, samples
from app.intake.couriers import adapter
from app.intake.event import Account
from app.playground import customers, store
from app.settings import Settings

ACTS = {
    "failure": "A delivery fails",
    "no_number": "A delivery fails, and nobody has a number",
    "again": "The same parcel fails again",
    "duplicate": "The last message comes twice",
    "forged": "Somebody forges a failure",
    "delivered": "The parcel is delivered",
}
OPENING = frozenset({"failure", "no_number"})
"""Acts that begin a story of their own."""
_APART = timedelta(seconds=1)
"""What happens to a parcel next happened later, in the coarsest time that a courier writes: two
events of one second would share a key with couriers who have no event ids."""
_TIMEOUT = 15  # seconds; the server answers in milliseconds unless its database is away
_OURS = re.compile(r"RK[0-9]{7}")
_KEPT = 6  # answers shown
_LONG = 64 * 1024  # bytes of the log after which it is cut


@dataclass(frozen=True, slots=True)
class Answer:
    """What was posted and what the server said."""

    at: str
    account: str
    what: str
    status: int
    body: dict[str, Any]


def send(settings: Settings, slug: str, what: str) -> Answer:
    """Post `what` (a key of `ACTS`) as the courier of this account.

    Raises:
        Problem: 404 no such account; 409 there is nothing yet to repeat or to deliver; 422 an
            act that does not exist; 502 the server does not answer.
    """
    account = accounts.find(slug)
    if account is None:
        raise Problem(404, "unknown_account", f"There is no courier account {slug!r}.")
    raw = _body(account, what)
    signer = _stranger(account) if what == "forged" else account
    headers = {"Content-Type": "application/json"}
    headers |= adapter(account.courier).sign(signer, raw, clock.machine_now())
    status, body = post(settings, slug, raw, headers)
    answer = Answer(clock.now().isoformat(), slug, what, status, body)
    _keep(settings, answer)
    return answer


def try_send(settings: Settings, slug: str, what: str) -> None:
    """The same for a person: why it could not be posted stands among the answers."""
    try:
        send(settings, slug, what)
    except Problem as problem:
        body = {"detail": problem.detail}
        _keep(settings, Answer(clock.now().isoformat(), slug[:64], what[:64], problem.status, body))


def post(
    settings: Settings, slug: str, raw: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    """Post to this server's own webhook address: status and JSON body.

    Raises:
        Problem: 502 the server does not answer, or not in JSON.
    """
    url = f"http://127.0.0.1:{settings.port}/webhooks/{slug}"
    try:
        answer = requests.post(url, data=raw, headers=headers, timeout=_TIMEOUT)
        body: dict[str, Any] = answer.json()
    except requests.RequestException as error:
        raise Problem(502, "no_answer", f"The webhook address did not answer: {error}.") from error
    return answer.status_code, body


def _body(account: Account, what: str) -> bytes:
    if what in {"failure", "forged", "no_number"}:
        name = f"RK{secrets.randbelow(10**7):07}"
        body, headers = samples.failure(account, clock.now(), shipment=name)
        if what == "no_number":
            return customers.unknown(account, body, headers)
        if what == "failure":
            customers.order(account, body, headers)
        return body
    if what == "duplicate":
        raw = store.last_body(connection(), account.id)
        if raw is None:
            raise _nothing(account)
        return raw
    if what not in ACTS:
        raise Problem(422, "no_such_act", f"what must be one of {', '.join(ACTS)}.")
    last = store.last_shipment(connection(), account.id)
    if last is None:
        raise _nothing(account)
    made = _OURS.search(f"{last['tracking_number']} {last['courier_ref']}")
    shipment = made[0] if made else None  # None: the sample as the courier documents it
    event = str(samples.EVENT_SPREAD * last["event_id"])
    at = max(clock.now(), (last["latest"] or clock.now()) + _APART)
    if what == "again":
        return samples.failure(account, at, shipment=shipment, event=event)[0]
    try:
        return samples.delivered(account, at, shipment=shipment, event=event)[0]
    except LookupError as error:
        raise Problem(409, "no_sample", f"{error}.".capitalize()) from error


def _nothing(account: Account) -> Problem:
    return Problem(
        409, "nothing_sent_yet", f"{account.courier} has posted nothing yet: let one fail first."
    )


def _stranger(account: Account) -> Account:
    """Somebody who knows how this courier signs, and has only guessed its secrets and headers."""
    guessed = samples.credentials(account.courier)
    return replace(account, secrets=guessed.secrets, headers=guessed.headers)


def answers(settings: Settings) -> list[Answer]:
    """The last answers, newest first."""
    try:
        lines = (settings.home / "playground.jsonl").read_bytes().splitlines()[-_KEPT:]
    except FileNotFoundError:
        return []
    return [Answer(**orjson.loads(line)) for line in reversed(lines)]


def _keep(settings: Settings, answer: Answer) -> None:
    path = settings.home / "playground.jsonl"
    if path.exists() and path.stat().st_size > _LONG:
        path.write_bytes(b"")
    with path.open("ab") as file:  # one short write: lines of two processes do not mix
        file.write(json.dumps(asdict(answer)).encode() + b"\n")

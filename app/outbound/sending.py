"""Three short acts: take what is due, post it with no transaction open, record what came of it.

An event is posted at least once, and under the same id each time. What is told of one case is told
in the order in which it happened: the next one waits until the one before is taken or given up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

import structlog

from app import clock
from app.access import signing, vault
from app.cases.timeline.kinds import Kind
from app.channels import hosts
from app.channels.hosts import Unanswered
from app.db.connection import Connection, connection, transaction
from app.gestures import answers as gestures
from app.outbound import events, queue_store, rules, service
from app.outbound.queue_store import Due
from app.outbound.rules import After

log = structlog.get_logger(__name__)
_random = Random()  # noqa: S311 - spreads tries, guards nothing


class Answer(NamedTuple):
    """What became of a try."""

    body: str | None
    """What was posted; None when there was nothing that this shipper is to read."""
    status: int | None = None
    why: str = ""
    """A code, where nothing was answered."""
    text: str = ""
    took_ms: int = 0


def waiting() -> list[int]:
    """The endpoints that something is due for."""
    return queue_store.waiting(connection(), clock.now(), clock.machine_now())


def take(room: Mapping[int, int]) -> list[Due]:
    """Take as many cases of each endpoint: nobody else posts of them meanwhile."""
    machine_now = clock.machine_now()
    with transaction() as conn:
        lease = machine_now + rules.LEASE
        return queue_store.take(conn, room, clock.now(), machine_now, lease)


def call(due: Due) -> Answer:
    """Post it. Uses no database, and never raises."""
    body = due.body or events.body(due, clock.now())
    if body is None:
        return Answer(None)
    raw = body.encode()
    try:
        signed = _signed(due, raw)
    except vault.VaultLocked:
        return Answer(body, why="vault_locked")
    began = time.monotonic()
    try:
        reply = hosts.once("POST", due.url, {"data": raw, "headers": signed})
    except Unanswered as error:
        return Answer(body, why=error.why, took_ms=_since(began))
    text = reply.body[: 4 * rules.LONGEST_ANSWER].decode(errors="replace").replace("\0", "\ufffd")
    return Answer(body, reply.status, "", text[: rules.LONGEST_ANSWER], _since(began))


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _signed(due: Due, raw: bytes) -> dict[str, str]:
    """The headers; while a replaced secret is valid both sign, the new one first."""
    now, name = clock.machine_now(), events.name_of(due)
    headers = signing.headers(vault.unseal(due.secret), name, raw, now)
    if due.former_secret:
        former = signing.headers(vault.unseal(due.former_secret), name, raw, now)
        headers["webhook-signature"] += f" {former['webhook-signature']}"
    return {"Content-Type": "application/json", "User-Agent": "Reknock", **headers}


def record(answers: Sequence[tuple[Due, Answer]]) -> None:
    """Write down what came of these, and what follows; all of it or nothing."""
    now = clock.now()
    for due, answer in answers:
        _hear(due, answer, now)
    with transaction() as conn:
        for due, answer in sorted(answers, key=lambda one: (one[0].case_id, one[0].endpoint_id)):
            if queue_store.hold(conn, due):
                _record(conn, due, answer, now)


def _hear(due: Due, answer: Answer, now: datetime) -> None:
    """Do what the answer says, before it is recorded: a crash between lets it be said once more."""
    asked = due.kind == Kind.GESTURE_ASKED and due.event is not None
    if asked and due.event and rules.after(answer.status, due.tries) is After.TAKEN:
        gesture_id = due.event["facts"]["gesture_id"]
        gestures.answered(gesture_id, due.shipper_id, answer.text, now)


def _record(conn: Connection, due: Due, answer: Answer, now: datetime) -> None:
    if answer.body is None:
        queue_store.over(conn, due, None, "", now)
        return
    said = _said(answer, now)
    match rules.after(answer.status, due.tries):
        case After.TAKEN:
            queue_store.over(conn, due, said, "taken", now)
            if due.failing:
                queue_store.doing_well(conn, due.endpoint_id)
        case After.GIVEN_UP:
            queue_store.over(conn, due, said, "given_up", now)
            service.failed(conn, due.endpoint_id, now)
        case After.AGAIN:
            queue_store.put_off(conn, due, said, now + rules.wait(due.tries, _random))
            service.failed(conn, due.endpoint_id, now)
        case After.ENDED:
            queue_store.over(conn, due, said, "given_up", now)
            service.ended(conn, due.endpoint_id, now)


def _said(answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        "tried_at": now,
        "status": answer.status,
        "why": answer.why,
        "took_ms": answer.took_ms,
        "body": answer.body,
        "answer": answer.text,
    }

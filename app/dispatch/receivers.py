"""What dispatchers answer by key: a call is taken on with 1 and passed on with 2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from app import clock
from app.cases import service as cases
from app.channels import service as channels
from app.channels.heard import Fact, KeyPressed, Receiver
from app.db.connection import Connection
from app.directory import store as directory
from app.dispatch import rules, service, store
from app.dispatch.rules import Ring
from app.dispatch.states import TaskState
from app.errors import Problem

log = structlog.get_logger(__name__)

_TAKE, _PASS_ON = "1", "2"


def key_pressed(conn: Connection, fact: KeyPressed, now: datetime) -> str | None:
    """Do what the key stands for; the answer to speak back. A second press changes nothing."""
    message = channels.message(conn, fact.message_id)
    ring = rules.ring_of(message.idempotency_key) if message else None
    person = directory.person(conn, ring.person_id) if ring else None
    if message is None or ring is None or person is None or message.provider != fact.provider:
        log.warning("key_without_call", provider=fact.provider)
        return None
    try:
        if fact.digit == _TAKE:
            return _take(ring.task_id, person.name, message.case_id, conn, now)
        if fact.digit == _PASS_ON:
            return _pass_on(ring, person.name, message.case_id, conn, now)
    except Problem as problem:
        return problem.detail
    return "Press 1 to take it on, 2 to pass it on."


def _take(task_id: int, by: str, case_id: int, conn: Connection, now: datetime) -> str:
    ack = service.acknowledge(task_id, by, "", "", now)
    if ack.fresh:
        return "You have taken it on."
    case = cases.by_ids(conn, [case_id])[case_id]
    return f"{ack.by} took it on at {clock.local(ack.at, case.depot.zone):%H:%M}."


def _pass_on(ring: Ring, by: str, case_id: int, conn: Connection, now: datetime) -> str:
    cases.lock(conn, case_id)  # so that of two presses the second one sees the first
    task = store.task(conn, ring.task_id)
    if task is not None and task.state is TaskState.OPEN and task.level > ring.level:
        return "It has been passed on already."
    service.pass_on(ring.task_id, by, now)
    return "It is passed on."


RECEIVERS: Mapping[type[Fact], Receiver] = {KeyPressed: key_pressed}

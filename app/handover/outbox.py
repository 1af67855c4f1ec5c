"""The outbox to couriers' own systems: takes acts, makes the calls, records what was answered.

Three short acts, as with messages. `take` is a transaction that looks once more whether the act is
still wanted. `call` asks the courier and holds no connection, no transaction and no lock. `record`
finds each act by its claim, so that what comes late never overwrites what is known better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import psycopg
import structlog

from app import clock
from app.access import vault
from app.booking.leaving import Leave, Leaving
from app.booking.rows import BookingKind
from app.db.connection import Connection, connection, transaction
from app.directory import accounts_store
from app.handover import acts_store as acts
from app.handover import calling, connectors, notes, recording, rules
from app.handover.acts_store import Row
from app.handover.calling import Act, Do
from app.handover.connectors.base import (
    NOT_OFFERED,
    Account,
    Answer,
    Can,
    Choice,
    Client,
    Parcel,
    Unsent,
)
from app.shipments.reachable import check_number

log = structlog.get_logger(__name__)

_STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Call:
    """An act whose courier is to be called; its row says `calling`."""

    row: Row
    client: Client
    act: Act | Parcel
    """What is told; of `can` the parcel that is asked about."""


def accounts_due(conn: Connection) -> list[int]:
    """The courier accounts with something to do now."""
    return acts.accounts_due(conn, clock.now(), clock.machine_now())


def next_due(conn: Connection) -> datetime | None:
    """When the next act wants to be done; None when nothing waits."""
    return acts.next_due(conn)


def take(account_id: int, room: int) -> list[Call]:
    """Take the next acts of an account, at most `room`; what is not wanted any more is voided.

    Raises:
        psycopg.OperationalError: the database is away; nothing is lost.
    """
    calls = []
    with transaction() as conn:
        now = clock.now()
        rows = acts.take(conn, account_id, now, clock.machine_now(), rules.LEASE, room)
        known = acts.choices(conn, rows) if rows else {}
        clients = _clients(conn, account_id, {row.connector for row in rows})
        for row in rows:
            client = clients.get(row.connector)
            if client is None:
                recording.settle(conn, row, Unsent("no_connector"), now)
            elif row.act == Do.CORRECT and not recording.takes(conn, row):
                recording.settle(conn, row, NOT_OFFERED, now)
            elif (why := _needless(conn, row, known[row.id])) is not None:
                acts.end(conn, row.id, why, now, void=True)
                if row.act == Do.PUSH:
                    acts.void_withdrawals(conn, row.booking_id, why, now)
            else:
                calls.append(Call(row, client, _told(row, known[row.id])))
    return calls


def call(call: Call) -> Answer | Can:
    """Call the courier. Never call this inside a transaction."""
    if isinstance(call.act, Parcel):
        return calling.ask(call.client, call.act)
    return calling.call(call.client, call.act)


def record(answers: Sequence[tuple[Call, Answer | Can]]) -> None:
    """Record what the couriers said, each in a transaction of its own. Twice is like once.

    Raises:
        psycopg.OperationalError: the database is away; record all of them again.
    """
    for one, answer in answers:
        try:
            recording.record(one.row, answer)
        except psycopg.OperationalError as error:
            if not isinstance(error, psycopg.errors.DeadlockDetected):
                raise
            recording.record(one.row, answer)
        except Exception as error:  # noqa: BLE001 - its text may hold a number; the lease brings it back
            log.error("record_failed", act_id=one.row.id, error=type(error).__name__)  # noqa: TRY400


def failed(answer: Answer | Can) -> bool:
    """Whether an answer speaks against the courier, and not against one booking."""
    if isinstance(answer, Unsent):
        return answer.why != "limited"
    return type(answer).__name__ == "Ambiguous"


def pause(answer: Answer | Can) -> timedelta:
    """How long the courier asks everybody to wait."""
    return answer.after if isinstance(answer, Unsent) and answer.why == "limited" else timedelta(0)


def _needless(conn: Connection, row: Row, known: dict[str, Any]) -> str | None:
    """Why an act is not wanted any more; None when it is."""
    if row.act == Do.PUSH and not row.pushed and known["booking_state"] != _STANDING:
        return str(known["booking_state"])
    if row.act == Do.WITHDRAW:
        connector = connectors.named(row.connector)
        if connector and connector.replaces and acts.has_later_push(conn, row):
            return "replaced"
    return None


def _clients(conn: Connection, account_id: int, names: set[str]) -> dict[str, Client]:
    """The account as each of these connectors sees it."""
    if not names:
        return {}
    found = accounts_store.connected(conn, account_id)
    made = {}
    for name in names:
        try:
            connector = connectors.named(name)
            values = orjson.loads(vault.unseal(found["values"])) if found["values"] else {}
        except (LookupError, vault.VaultLocked) as error:
            log.error("connector_unusable", account_id=account_id, error=type(error).__name__)  # noqa: TRY400
            continue
        if connector and found["connector"] == name:
            account: Account = connector.account(
                account_id, found["slug"], values, found["timezone"]
            )
            made[name] = connector.opens(account)
    return made


def _told(row: Row, known: dict[str, Any]) -> Act | Parcel:
    parcel = _parcel(known)
    if row.act == "can":
        return parcel
    choice = Choice(
        parcel=parcel,
        kind=BookingKind(known["kind"] or BookingKind.REDELIVERY),
        starts_at=known["starts_at"] or clock.now(),
        ends_at=known["ends_at"] or clock.now(),
        zone=known["zone"],
        point=known["point"],
        leave=_leave(known),
    )
    ref = row.ref or acts.ref_of(connection(), row.booking_id)
    return Act(Do(row.act), row.key, choice, ref, row.pushed)


def _leave(known: dict[str, Any]) -> Leave:
    how = Leaving(known["leaving"])
    return Leave(
        how,
        known["leave_who"],
        known["leave_where"],
        known["leave_photo"],
        known["leave_address"],
    )


def _parcel(known: dict[str, Any]) -> Parcel:
    address = known["address"] or {}
    told = {name: str(value) for name, value in address.items() if value}
    number = check_number(known["phone"], told.get("country", known["country"]))
    return Parcel(
        case_id=known["case_id"],
        tracking_number=known["tracking_number"],
        courier_ref=known["courier_ref"] or "",
        order_ref=known["order_ref"] or "",
        code=known["code"] or "",
        attempts=known["attempts"],
        last_attempt_at=known["last_attempt_at"],
        name=known["name"] or "",
        phone=number.e164 or known["phone"] or "",
        extension=number.extension or "",
        email=known["email"] or "",
        address={"country": known["country"], **told},
        notes=notes.for_driver(
            _leave(known),
            known["notes"],
            known["needs"],
            known["need_words"],
            number.extension or "",
        ),
        shipper=known["shipper"],
    )

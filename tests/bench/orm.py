"""The same webhook, with the same signature, translation, tables and transaction, by the ORM.

What a careful Flask application does with SQLAlchemy 2: mapped classes, a session per request,
relations that fill in the keys, one commit.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
import structlog
from flask import Flask, request
from sqlalchemy import BigInteger, ForeignKey, Text, create_engine, func, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from app import clock, configure, settings
from app.chain import wake
from app.intake import accounts, reasons
from app.intake.couriers import adapter
from app.intake.event import Account, Event, Incoming
from app.server import WholeRequests

log = structlog.get_logger(__name__)


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - as SQLAlchemy documents it
        int: BigInteger,
        str: Text,
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB,
    }


class Policy(Base):
    __tablename__ = "policies"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]


class Shipper(Base):
    __tablename__ = "shippers"
    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policies.id"))
    policy: Mapped[Policy] = relationship(lazy="joined")


class Shipment(Base):
    __tablename__ = "shipments"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int]
    account_id: Mapped[int | None]
    depot_id: Mapped[int | None]
    courier_ref: Mapped[str | None]
    tracking_number: Mapped[str]
    order_ref: Mapped[str | None]
    tracking_url: Mapped[str | None]
    courier_name: Mapped[str | None]
    courier_phone: Mapped[str | None]
    courier_email: Mapped[str | None]
    courier_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[str]
    status_code: Mapped[str | None]
    status_words: Mapped[str | None]
    status_at: Mapped[datetime | None]
    attempts: Mapped[int]
    last_attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Case(Base):
    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    shipper_id: Mapped[int]
    account_id: Mapped[int]
    depot_id: Mapped[int]
    policy_id: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str]
    fault: Mapped[str]
    words: Mapped[str]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    return_by: Mapped[datetime | None]
    request_id: Mapped[str]
    shipment: Mapped[Shipment] = relationship()


class CourierEvent(Base):
    __tablename__ = "courier_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    event_key: Mapped[str]
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    kind: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    raw_time: Mapped[str | None]
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipments.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    request_id: Mapped[str]
    body: Mapped[bytes]
    shipment: Mapped[Shipment] = relationship()
    case: Mapped[Case] = relationship()


class Timeline(Base):
    __tablename__ = "timeline"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    facts: Mapped[dict[str, Any]]


class Step(Base):
    __tablename__ = "steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    due_at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    request_id: Mapped[str]
    case: Mapped[Case] = relationship()


_settings = settings.load()
configure(_settings)
_engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:", 1))
app = Flask(__name__)
whole = WholeRequests(app)


@app.post("/webhooks/<slug>")
def receive(slug: str) -> dict[str, Any]:
    raw = request.get_data(cache=False)
    request_id = secrets.token_hex(8)
    account = accounts.find(slug)
    assert account is not None
    headers = cast("Mapping[str, str]", request.headers)
    incoming = Incoming(headers, request.args, raw, clock.machine_now())
    adapter(account.courier).verify(account, incoming)
    (event,) = adapter(account.courier).translate(orjson.loads(raw), account, incoming)
    with Session(_engine) as session, session.begin():
        outcome, event_id, case_id = _take(session, account, event, raw, request_id)
    wake.soon()
    log.info("webhook", request_id=request_id, account=slug, outcome=outcome, case_id=case_id)
    return {"status": outcome, "event_id": event_id, "case_id": case_id}


def _take(
    session: Session, account: Account, event: Event, raw: bytes, request_id: str
) -> tuple[str, int, int | None]:
    now = clock.now()
    at = min(event.occurred_at or now, now)
    parcel = func.hashtextextended(event.tracking_number, account.shipper_id)
    session.execute(select(func.pg_advisory_xact_lock(parcel)))
    known = session.scalar(
        select(CourierEvent).where(
            CourierEvent.account_id == account.id, CourierEvent.event_key == event.key
        )
    )
    if known is not None:
        return "duplicate", known.id, known.case_id
    shipment = _shipment(session, account, event, at, now)
    case = _case(session, account, event, shipment, at, now, request_id)
    kept = CourierEvent(
        account_id=account.id,
        event_key=event.key,
        received_at=now,
        outcome="accepted",
        kind=event.kind,
        occurred_at=at,
        raw_time=event.raw_time,
        shipment=shipment,
        case=case,
        request_id=request_id,
        body=raw,
    )
    session.add(kept)
    session.flush()
    facts = {"event_id": kept.id, "at": at.isoformat(), "reason": event.reason, "code": event.code}
    facts |= {"words": event.words, "attempts": shipment.attempts}
    line = Timeline(
        case_id=case.id, at=now, kind=f"courier_{event.kind}", actor="courier", facts=facts
    )
    session.add(line)
    return "accepted", kept.id, case.id


def _shipment(
    session: Session, account: Account, event: Event, at: datetime, now: datetime
) -> Shipment:
    mine = select(Shipment).where(Shipment.shipper_id == account.shipper_id).with_for_update()
    unclaimed = mine.where(Shipment.courier_ref.is_(None)).order_by(Shipment.id.desc()).limit(1)
    shipment = session.scalar(mine.where(Shipment.courier_ref == event.courier_ref))
    if shipment is None:
        shipment = session.scalar(
            unclaimed.where(Shipment.tracking_number == event.tracking_number)
        )
    if shipment is None and event.order_ref is not None:
        shipment = session.scalar(unclaimed.where(Shipment.order_ref == event.order_ref))
    if shipment is None:
        shipment = Shipment(
            shipper_id=account.shipper_id,
            tracking_number=event.tracking_number,
            attempts=0,
            created_at=now,
        )
        session.add(shipment)
    shipment.account_id = account.id
    shipment.depot_id = shipment.depot_id or account.depot_id
    shipment.courier_ref = event.courier_ref
    shipment.order_ref = shipment.order_ref or event.order_ref
    shipment.tracking_url = event.tracking_url
    shipment.courier_name = event.name
    shipment.courier_phone = event.phone
    shipment.courier_email = event.email
    shipment.courier_address = event.address
    shipment.status = event.kind
    shipment.status_code = event.code
    shipment.status_words = event.words
    shipment.status_at = at
    shipment.attempts = event.attempt or shipment.attempts + 1
    shipment.last_attempt_at = at
    shipment.updated_at = now
    return shipment


def _case(
    session: Session,
    account: Account,
    event: Event,
    shipment: Shipment,
    at: datetime,
    now: datetime,
    request_id: str,
) -> Case:
    session.flush()
    case = session.scalar(
        select(Case)
        .where(Case.shipment_id == shipment.id, Case.state != "closed")
        .with_for_update()
    )
    if case is not None:
        return case
    shipper = session.get_one(Shipper, account.shipper_id)
    body = shipper.policy.body
    case = Case(
        shipment=shipment,
        shipper_id=account.shipper_id,
        account_id=account.id,
        depot_id=shipment.depot_id,
        policy_id=shipper.policy_id,
        kind=event.kind,
        reason=event.reason,
        fault=event.fault or reasons.fault(event.reason),
        words=event.words,
        opened_at=now,
        updated_at=now,
        return_by=max(at, now - timedelta(days=1)) + timedelta(seconds=body["return_after"]),
        request_id=request_id,
    )
    session.add(
        Step(
            case=case,
            name="hear_courier",
            due_at=now,
            data={"happened": "opened"},
            request_id=request_id,
        )
    )
    return case

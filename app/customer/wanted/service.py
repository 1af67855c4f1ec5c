"""Verbs on what a customer is sent: ended or wanted again, by their page, by staff, or by API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import MessagesRefused, MessagesWanted
from app.cases.timeline.kinds import Actor
from app.chain import policy
from app.channels import refusals
from app.channels import refusals_store as store
from app.channels import service as channels
from app.channels.refusals import Said
from app.contact import preferred
from app.customer import notices
from app.customer.wanted import views
from app.customer.wanted.views import Way
from app.db.connection import Connection, again_after_deadlock, transaction
from app.db.together import Reads
from app.errors import Problem
from app.locality import quiet
from app.shipments import store as shipments

READS: Reads = {"refusals": store.OF_CASE, "unnamed": store.UNNAMED}


def ways(conn: Connection, case: Case, got: Mapping[str, Any]) -> list[Way]:
    """How a case's customer is written to, and what they said to it, of what `READS` found.

    What they said before they were forgotten is asked for where anybody was.
    """
    if not got["unnamed"]:
        return views.ways(case, got["refusals"])
    recipients = [way.recipient for way in notices.routes(case)]
    return views.ways(case, refusals.of(conn, recipients, case.shipper_id))


def press(case_id: int, button: str, now: datetime, *, hours: str = "") -> None:
    """A button of the customer's page: `stop sms`, `start`, `first`, or `between` these hours.

    Raises:
        Problem: 404 no such case; 422 there is no such button, or no such hours.
    """
    if button == "between":
        text_between(case_id, hours)
        return
    verb, _, channel = button.partition(" ")
    if verb == "first":
        first(case_id, channel, Actor.CUSTOMER, now)
        return
    if verb not in {"stop", "start"}:
        raise Problem(422, "no_such_act", "This page cannot do that.")
    change(case_id, channel, "page", Actor.CUSTOMER, now, wanted=verb == "start")


def first(case_id: int, channel: str, by: str, now: datetime) -> None:
    """A case's customer hears by this channel first, now and another time.

    Raises:
        Problem: 404 no such case; 422 they cannot be reached by this channel.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        preferred.ask_for(conn, case, channel, by, now)


def text_between(case_id: int, hours: str) -> None:
    """Write to somebody only between these hours of their day, `10:00-19:00`.

    Raises:
        Problem: 404 no such case; 422 they are no hours of one day.
    """
    found = quiet.between(hours)
    if found is None:
        raise Problem(422, "not_between", "Please choose a later hour for the end.")
    with transaction() as conn:
        shipments.lock_of_case(conn, case_id)  # before its case, as an event does
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        shipments.text_between(conn, case.shipment_id, found)
        house = policy.get(conn, case.policy_id).body["quiet_hours"]
        (case,) = cases.by_ids(conn, [case_id]).values()
        channels.quiet_anew(conn, case_id, case.quiet_hours(house))


@again_after_deadlock
def change(
    case_id: int,
    channel: str,
    how: str,
    by: str,
    now: datetime,
    *,
    wanted: bool,
    words: str = "",
) -> Case:
    """End a case's messages by a channel, or send them again; doing it twice is doing it once.

    Raises:
        Problem: 404 no such case; 422 they are not written to by this channel.
    """
    with transaction() as conn:
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        way = next((way for way in notices.routes(case) if way.channel == channel), None)
        if way is None:
            raise Problem(
                422, "no_such_channel", "The customer gets no messages about this by that channel."
            )
        stands = refusals.barred(refusals.standing(conn, [way]), *way, case.shipper_id)
        if wanted and stands:
            refusals.lift(conn, *way, how, now, shipper_id=case.shipper_id, by=by)
            _note(conn, case, MessagesWanted(channel=channel, how=how), by, now)
        elif not wanted and stands is not refusals.NotSent.OPTED_OUT:
            said = Said(
                channel=channel,
                recipient=way.recipient,
                why=how,
                shippers=[case.shipper_id],
                words=words,
                by=by,
            )
            refusals.refuse(conn, said, now)
            _note(conn, case, MessagesRefused(channel=channel, how=how), by, now)
        return case


def _note(
    conn: Connection, case: Case, facts: MessagesRefused | MessagesWanted, by: str, now: datetime
) -> None:
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)

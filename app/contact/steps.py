"""Chain steps that find out how a person can be reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from app.cases import service as cases
from app.cases.model import CALL_ONLY, Case, Contact
from app.cases.timeline.facts import ContactChecked
from app.chain import wake
from app.chain.step import BOOKED, STAYS, Again, Done, Effect, Phase, Result, Step, StepType
from app.contact import calling, moving, preferred, rules
from app.contact.lookup import rules as lookup_rules
from app.contact.lookup import service as lookup
from app.contact.lookup import store as lookups
from app.contact.service import country
from app.contact.sources import LOOK_UP_CONTACT, LookedUp
from app.db.connection import Connection, after_commit
from app.languages.language import mark
from app.shipments.reachable import check_email, check_number
from app.shipments.returning import service as returning

_LATE = timedelta(minutes=1)  # the step's own deadline comes after that of the look-up


class Checked(StrEnum):
    """How the recipient can be reached."""

    REACHABLE = "reachable"
    EMAIL_ONLY = "email_only"
    UNREACHABLE = "unreachable"
    SUPPLIED = "supplied"
    """Somehow, by what came later than the first check."""
    SUPPLIED_ACKNOWLEDGED = "supplied_acknowledged"
    """The same, and a dispatcher answers for the case already."""
    SUPPLIED_TO_CALL = "supplied_to_call"
    """A number came later that can be called, and nothing else reaches the recipient."""


_OUTCOMES = {
    "reachable": Checked.REACHABLE,
    "call": Checked.EMAIL_ONLY,  # they hear from us, and a mobile number is asked for all the same
    "email_only": Checked.EMAIL_ONLY,
    "unreachable": Checked.UNREACHABLE,
}


def validate_contact(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[Checked]]:
    """Check the courier's number, else the order's; say how this person can be reached."""
    checked: list[tuple[Case, Contact, datetime]] = []
    notes = []
    results: list[Result[Checked]] = []
    wound = returning.wind(conn, [step.case for step in steps], now)
    for step, case, contact in zip(steps, wound, contacts(conn, wound), strict=True):
        anew = case.choose_by is None or step.data.get("anew")
        choose_by = case.choose_by or rules.choose_by(
            case,
            now,
            step.policy.seconds("choose_within"),
            step.policy.seconds("return_margin"),
            step.policy.body["quiet_hours"],
        )
        checked.append((case, contact, choose_by))
        facts = ContactChecked(outcome=contact.outcome, line=contact.line, fault=contact.fault)
        notes.append(cases.Entry(case.id, facts))
        by_people = contact.outcome == "unreachable" and contact.fault in CALL_ONLY
        if not anew and by_people:
            results.append(Done(Checked.SUPPLIED_TO_CALL))
        elif anew or contact.outcome == "unreachable":
            results.append(Done(_OUTCOMES[contact.outcome]))
        elif case.acknowledged_at:
            results.append(Done(Checked.SUPPLIED_ACKNOWLEDGED))
        else:
            results.append(Done(Checked.SUPPLIED))
    for step, case in zip(steps, cases.contact_checked(conn, checked, now), strict=True):
        moving.moved(conn, step.case, case, now)
        step.case = case
    cases.note(conn, notes, now)
    return results


def contacts(conn: Connection, found: Sequence[Case]) -> list[Contact]:
    """How each recipient can be reached, and by which channel first."""
    calls = calling.possible()
    known = preferred.of(conn, [who for case in found for who in _written(case)])
    contacts = [
        rules.choose(
            p.phones, p.emails, country(case), p.not_theirs, calls=calls, landlines=known.landlines
        )
        for case in found
        for p in [case.parcel]
    ]
    return [preferred.first(known, contact) for contact in contacts]


def _written(case: Case) -> Iterator[str]:
    """The numbers and addresses of a parcel, as they are written to."""
    for text in case.parcel.phones:
        if number := check_number(text, country(case)).e164:
            yield number
    yield from filter(None, map(check_email, case.parcel.emails))


def look_up_contact(
    conn: Connection, steps: Sequence[Step], now: datetime
) -> list[Result[LookedUp]]:
    """Have the shipper's system asked; without one, or when time is over, go on at once."""
    asked = lookups.shippers_with_address(conn, [step.case.shipper_id for step in steps])
    late = [step.case.id for step in steps if "give_up" in step.data]
    if late:
        lookups.give_up(conn, late, now)
        lookup.note(conn, late, "failed", "no_answer_in_time", now)
    fresh = [
        (step.case.id, step.case.shipper_id, step.case.request_id)
        for step in steps
        if step.case.shipper_id in asked and "give_up" not in step.data
    ]
    if fresh:
        lookups.insert(conn, fresh, now, now + lookup_rules.GIVE_UP)
        after_commit(wake.soon)
    waiting = {case_id for case_id, _, _ in fresh}
    return [
        Again(now + lookup_rules.GIVE_UP + _LATE, {"give_up": True})
        if step.case.id in waiting
        else Done(LookedUp.FAILED if "give_up" in step.data else LookedUp.NO_ADDRESS)
        for step in steps
    ]


_FIRST = Effect({**STAYS, Phase.NEW: Phase.CHOOSING})
_LATER = Effect({Phase.CHOOSING: Phase.CHOOSING, **BOOKED})

DECLARED = (
    StepType(
        name="validate_contact",
        handler=validate_contact,
        outcomes=Checked,
        effects={
            Checked.REACHABLE: _FIRST,
            Checked.EMAIL_ONLY: _FIRST,
            Checked.UNREACHABLE: _FIRST,
            Checked.SUPPLIED: _LATER,
            Checked.SUPPLIED_ACKNOWLEDGED: _LATER,
            Checked.SUPPLIED_TO_CALL: _LATER,
        },
        label=mark("check how the recipient can be reached"),
    ),
    StepType(
        name=LOOK_UP_CONTACT.name,
        handler=look_up_contact,
        outcomes=LOOK_UP_CONTACT.outcomes,
        label=mark("look the contact up at the shipper's system"),
    ),
)

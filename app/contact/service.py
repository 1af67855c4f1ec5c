"""Verbs on reaching a person: take a number or an address that works."""

from __future__ import annotations

from datetime import datetime

from app.cases import service as cases
from app.cases.model import Case
from app.cases.timeline.facts import ContactSupplied
from app.chain import service as chain
from app.contact import preferred
from app.db.connection import Connection, transaction
from app.errors import Problem
from app.languages.language import mark
from app.shipments import reachable
from app.shipments import store as shipments
from app.shipments.corrections import service as corrections
from app.shipments.sources import SUPPLY_CONTACT, Supplied

UNUSABLE = {
    "not_a_number": mark("This is no phone number."),
    "too_short": mark("This number is too short."),
    "too_long": mark("This number is too long."),
    "unknown_country_code": mark("There is no country with this prefix."),
    "placeholder": mark("This number belongs to nobody."),
    "not_assigned": mark("No such number is in use."),
    "premium": mark("This is a premium-rate number."),
    "no_text_messages": mark("This line takes no text messages: please give a mobile number."),
}
"""Why a number that somebody gives cannot be used, by its fault."""
NO_MAIL = mark("Mail cannot be sent there.")
_NEITHER = mark("Please give a mobile number, or an address for mail.")
_NOT_THEIRS = mark("Whoever reads messages there said that the parcel is not theirs.")
_MARKED = mark("Please correct what is marked.")


def supply(case_id: int, phone: str, email: str, by: str, now: datetime) -> None:
    """Take a number or an e-mail address for a case's recipient and wake the chain.

    Raises:
        Problem: 404 no such case; 409 the case is closed; 422 with a fault per field.
    """
    with transaction() as conn:
        shipments.lock_of_case(conn, case_id)
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", mark("There is no such case."))
        if case.closed:
            detail = mark("This case is closed, so nobody is written to about it any more.")
            raise Problem(409, "case_closed", detail, resolution=case.resolution)
        take(conn, case, phone, email, by, now)


def take(conn: Connection, case: Case, phone: str, email: str, by: str, now: datetime) -> None:
    """The same for a case that the caller has locked."""
    phone, email = check(phone, email, country(case))
    _check_theirs(case, phone, email)
    corrections.supplied(conn, case.shipment_id, phone, email, by, now)
    facts = ContactSupplied(phone=bool(phone), email=bool(email))
    cases.note(conn, [cases.Entry(case.id, facts, by)], now)
    chain.follow(conn, [chain.Happened(case, SUPPLY_CONTACT, Supplied.SUPPLIED)], now)


def _check_theirs(case: Case, phone: str, email: str) -> None:
    """Take no number or address whose reader said that the parcel is not theirs.

    Raises:
        Problem: 422 with a fault per field.
    """
    given = {"phone": phone, "email": email}
    errors = [
        {"field": field, "code": "not_theirs", "detail": _NOT_THEIRS}
        for field, said in given.items()
        if said and said in case.parcel.not_theirs
    ]
    if errors:
        raise Problem(422, "contact_unusable", _MARKED, errors=errors)


def check(phone: str, email: str, country: str) -> tuple[str, str]:
    """A number as it is kept and an address, each checked; empty ones stay empty.

    Raises:
        Problem: 422 with a fault per field; at least one of the two is needed.
    """
    errors = []
    phone, email = phone.strip(), email.strip()
    number = reachable.check_number(phone, country)
    if phone and number.fault not in {None, "extension"}:
        why = UNUSABLE.get(number.fault, UNUSABLE["not_a_number"])
        errors.append({"field": "phone", "code": number.fault, "detail": why})
    address = reachable.check_email(email) or ""
    if email and not address:
        beyond = reachable.local_part_beyond_ascii(email)
        code = "local_part_not_ascii" if beyond else "not_an_address"
        errors.append({"field": "email", "code": code, "detail": NO_MAIL})
    if not phone and not email:
        errors.append({"field": "phone", "code": "missing", "detail": _NEITHER})
    if errors:
        raise Problem(422, "contact_unusable", _MARKED, errors=errors)
    return (number.full, address)


def supply_parcel(
    shipper_id: int | None, tracking_number: str, phone: str, email: str, by: str, now: datetime
) -> int | None:
    """The same by tracking number; the id of the open case it woke, if there is one.

    Raises:
        Problem: 404 no such parcel; 422 with a fault per field.
    """
    with transaction() as conn:
        shipment_id = shipments.latest(conn, shipper_id, tracking_number)
        if shipment_id is None:
            raise Problem(404, "no_such_parcel", f"No parcel {tracking_number!r} is known.")
        case_id = shipments.open_case(conn, shipper_id, tracking_number)
        if case_id:
            shipments.lock_of_case(conn, case_id)
        case = cases.lock(conn, case_id) if case_id else None
        if case is not None and not case.closed:
            take(conn, case, phone, email, by, now)
            return case.id
        country = shipments.country(conn, shipment_id)
        corrections.supplied(conn, shipment_id, *check(phone, email, country), by, now)
        return None


def prefer(
    shipper_id: int | None, tracking_number: str, channel: str, by: str, now: datetime
) -> int:
    """The recipient of a parcel hears by this channel first; the id of its open case.

    Raises:
        Problem: 404 no open case; 422 they cannot be reached that way.
    """
    with transaction() as conn:
        case_id = shipments.open_case(conn, shipper_id, tracking_number)
        case = cases.lock(conn, case_id) if case_id else None
        if case is None:
            detail = f"No case of a parcel {tracking_number!r} is open."
            raise Problem(404, "no_such_case", detail)
        preferred.ask_for(conn, case, channel, by, now)
        return case.id


def country(case: Case) -> str:
    """Whose numbering plan a number without a prefix is read by."""
    return (case.parcel.address or {}).get("country") or case.shipper.country

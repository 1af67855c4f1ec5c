"""A customer wants their parcel brought to another address: who answers that, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.cases import service as cases
from app.cases.timeline.kinds import Actor
from app.customer.asked import service as asked
from app.db.connection import transaction
from app.errors import Problem
from app.locality.written import one_line
from app.questions.service import Wants, Written
from app.shipments.corrections import forms, rules, service
from app.shipments.corrections.store import Now


def move(case_id: int, place: Now, form: Mapping[str, str], now: datetime) -> None:
    """Ask for another address: somebody has to agree, and says so by an hour.

    Another unit behind the same door is no such wish.

    Raises:
        Problem: 404 no such case; 409 it was delivered, or is over; 422 it is no address.
    """
    address = forms.address(form)
    if rules.same_door(place.address, address):
        service.correct(place.shipment_id, rules.Place(address), Actor.CUSTOMER, now)
        return
    with transaction() as conn:
        if not service.ask(conn, place.shipment_id, address, Actor.CUSTOMER, now):
            return
        case = cases.lock(conn, case_id)
        if case is None:
            raise Problem(404, "no_such_case", "There is no such case.")
        text = f"Please bring it to {one_line(address)}."
        asked.ask(conn, case, Written(text=text, wants=Wants.ADDRESS), now)

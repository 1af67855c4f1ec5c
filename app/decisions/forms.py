"""What a form says that somebody decided; whose page it is, is the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.access import again
from app.cases import service as cases
from app.channels import wording
from app.contact import service as contact
from app.db.connection import connection
from app.decisions import service
from app.decisions.model import Choice
from app.errors import Problem
from app.languages.language import mark
from app.shipments.corrections import forms as corrections

_LONGEST = 2000


def decide(form: Mapping[str, str], case_id: int, by: str, now: datetime) -> None:
    """Take `decision`, with a `note` that the customer may read if `tell` is ticked.

    Raises:
        Problem: what `service.decide` refuses, and 422 where nothing is chosen.
    """
    try:
        choice = Choice(form.get("decision", ""))
    except ValueError:
        raise Problem(422, "nothing_chosen", mark("Please choose one of these first.")) from None
    stands = form.get("instead_of", "")
    note = form.get("note", "").strip()[:_LONGEST]
    with again.asked(wording.CODE, note) as meant:
        service.decide(
            case_id,
            choice,
            by,
            now,
            note=note,
            note_for="customer" if form.get("tell") else "shipper",
            instead_of=int(stands) if stands.isascii() and stands.isdigit() else None,
            meant=meant,
        )


def take(form: Mapping[str, str], case_id: int, by: str, now: datetime) -> None:
    """Do what the shipper's form says by `act`: decide, write, correct; else take a contact.

    Raises:
        Problem: what each of these refuses.
    """
    match form.get("act", "contact"):
        case "decide":
            decide(form, case_id, by, now)
        case "write":
            words = form.get("words", "")[:_LONGEST]
            with again.asked(wording.CODE, words) as meant:
                service.write(case_id, words, by, now, meant=meant)
        case "contact":
            phone, email = (form.get(name, "")[:200] for name in ("phone", "email"))
            contact.supply(case_id, phone, email, by, now)
        case act:
            case = cases.by_ids(connection(), [case_id])[case_id]
            if not corrections.take(act, form, case.shipment_id, by, now):
                raise Problem(422, "no_such_act", mark("This page cannot do that."))

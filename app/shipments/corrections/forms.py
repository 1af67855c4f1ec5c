"""What the forms of pages that show an address can do; whose page it is, is the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from app.db.connection import Connection
from app.db.together import Reads, first, together
from app.shipments.corrections import rules, service, store
from app.shipments.corrections.store import Now, Version


class Shown(NamedTuple):
    """What a page shows of where a parcel goes."""

    place: Now | None
    asked: Version | None
    """Another address, which somebody has to agree to."""


READS: Reads = {"place": store.NOW, "moves_to": store.ASKED}
"""What a page that shows it reads of its case."""


def shown(got: Mapping[str, Any]) -> Shown:
    """What counts, and what is asked for, of what was read."""
    return Shown(first(got["place"]), first(got["moves_to"]))


def read(conn: Connection, case_id: int) -> Shown:
    """The same, read by itself."""
    return shown(together(conn, READS, case=case_id))


def take(act: str, form: Mapping[str, str], shipment_id: int, by: str, now: datetime) -> bool:
    """`correct`, or `agree` to what the customer asked, or `refuse` it; False: it is none of these.

    Raises:
        Problem: what `service` refuses.
    """
    match act:
        case "correct":
            place = rules.read(form)
            service.correct(shipment_id, place, by, now, seen=_version(form))
        case "agree":
            service.agree(shipment_id, by, now)
        case "refuse":
            service.refuse(shipment_id, form.get("why", ""), by, now)
        case _:
            return False
    return True


def take_customers(act: str, form: Mapping[str, str], place: Now, by: str, now: datetime) -> bool:
    """`correct` the unit and the directions; False: it is something else.

    Raises:
        Problem: what `service` refuses.
    """
    if act != "correct":
        return False
    said = rules.read({"directions": form.get("directions", "")})
    unit = form.get("line2")
    if unit is not None and place.address:
        said = replace(said, address=rules.with_unit(place.address, unit))
    service.correct(place.shipment_id, said, by, now, seen=_version(form))
    return True


def address(form: Mapping[str, str]) -> dict[str, Any]:
    """The address that a form holds.

    Raises:
        Problem: 422 it is none.
    """
    return dict(rules.read({part: form.get(part) for part in rules.PARTS}).address or {})


def _version(form: Mapping[str, str]) -> int | None:
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

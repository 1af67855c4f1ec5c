"""Messages about a parcel whose customer has not consented: what the law allows, and no more.

It is counted when a message is queued, so that nothing is promised that may not be sent, and once
more when it is about to leave: it may have come another way in the meantime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.cases import service as cases
from app.cases.model import Case
from app.channels import finding_store
from app.channels.queue_store import Due
from app.contact.refusal import exemption
from app.db.connection import Connection


def rooms(conn: Connection, about: Sequence[Case]) -> dict[int, int]:
    """How many more texts and calls each of these may get, by case; without who has no cap."""
    caps = {case.id: (case, allowed) for case in about if (allowed := exemption.of(case))}
    if not caps:
        return {}
    used = finding_store.left(conn, [case.shipment_id for case, _ in caps.values()], queued=True)
    return {
        case_id: allowed.messages - used.get(case.shipment_id, 0)
        for case_id, (case, allowed) in caps.items()
    }


def used_up(conn: Connection, due: Sequence[Due]) -> set[int]:
    """Those of these messages that may not leave any more, by id."""
    capped = [
        one for one in due if one.consent == "exemption" and one.message.audience == "customer"
    ]
    if not capped:
        return set()
    found = cases.by_ids(conn, [one.message.case_id for one in capped])
    used = finding_store.left(conn, [case.shipment_id for case in found.values()], queued=False)
    return {one.message.id for one in capped if not _may(one, found, used)}


def _may(one: Due, found: Mapping[int, Case], used: Mapping[int, int]) -> bool:
    case = found[one.message.case_id]
    allowed = exemption.of(case)
    if allowed is None or one.message.channel not in allowed.channels or not one.counts:
        return True
    return used.get(case.shipment_id, 0) < allowed.messages

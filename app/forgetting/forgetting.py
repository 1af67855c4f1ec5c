"""The act itself: whose parcels are known, and everything that tells of them goes.

What is open of theirs is closed first: nobody can be reached about it any more, so it is handed to
the shipper, its steps and messages are dropped, and its booking is taken back as of any case that
ends. What happened and when stays, without names, words and contacts, so that figures do not
change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.access import pseudonyms
from app.cases import service as cases
from app.cases.model import Resolution
from app.chain import service as chain
from app.channels import service as channels
from app.channels.states import NotSent
from app.db.connection import Connection, transaction
from app.directory.changes import By
from app.disputes import forgetting as disputes
from app.forgetting import (
    contacts_store,
    copies,
    finding_store,
    rules,
    store,
    words_store,
)
from app.forgetting.finding_store import Parcel
from app.forgetting.kinds import CONTACTS
from app.forgetting.proofs_store import Proof
from app.photos import service as photos

_ON_ITS_WAY = timedelta(minutes=15)
"""A message that is leaving at this moment is recorded by then."""
_AT_ONCE = 200


class Found(NamedTuple):
    """Whose parcels somebody's are."""

    subject: str
    """Keyed pseudonym of what was asked for."""
    contacts: frozenset[str]
    """Of theirs, beside those that the parcels have."""
    parcels: Sequence[Parcel]
    strangers: Sequence[Parcel]
    """Parcels of others, about which they were written to by mistake."""


def forget(
    conn: Connection,
    found: Found,
    shipper_id: int | None,
    by: By,
    now: datetime,
    kinds: Sequence[str] = (),
) -> Proof:
    """Forget them, and say what that was; whoever calls seals it.

    With `kinds` only what is of these goes (see `kinds`): the customer stays known.
    """
    parcels = found.parcels
    contacts = {one for parcel in parcels for one in rules.of_parcel(parcel)}
    contacts |= found.contacts
    case_ids = finding_store.lock(conn, [parcel.id for parcel in parcels])
    closed = _close(conn, case_ids, by.name, now)
    theirs = rules.spellings((*parcels, *found.strangers), sorted(contacts))
    free = _free(conn, theirs, [parcel.id for parcel in (*parcels, *found.strangers)])
    if kinds and CONTACTS not in kinds:
        free, theirs, contacts = [], {}, set()
    message_ids = finding_store.messages(conn, case_ids)
    held = [
        *store.provider_copies(conn, message_ids),
        *store.written_copies(conn, case_ids),
        *contacts_store.copies(conn, free),
    ]
    elsewhere = copies.ask(conn, list(dict.fromkeys(held)), ())
    counts = rules.added(
        forget_parcels(conn, [parcel.id for parcel in parcels], case_ids, now, kinds),
        contacts_store.forget_stranger(conn, [p.id for p in found.strangers], list(theirs)),
        contacts_store.forget(
            conn, {one: pseudonyms.of_contact(theirs[one]) for one in free}, shipper_id
        ),
        contacts_store.forget_everywhere(conn, free),
        _forget_words(conn, parcels, contacts, shipper_id) if theirs or not kinds else {},
    )
    return Proof(
        id=0,
        at=now,
        by=by.name,
        asked="",
        subject=found.subject,
        shipper_id=shipper_id,
        parcels=[pseudonyms.of_parcel(p.shipper_id, p.tracking_number) for p in parcels],
        contacts=sorted(pseudonyms.of_contact(one) for one in contacts),
        cases=len(case_ids),
        closed=closed,
        counts=counts,
        elsewhere=elsewhere,
        former="",
        hash="",
    )


def forget_parcels(
    conn: Connection,
    parcel_ids: Sequence[int],
    case_ids: Sequence[int],
    now: datetime,
    kinds: Sequence[str] = (),
) -> dict[str, int]:
    """Forget what these parcels and their cases say of their recipients; rows of each table.

    The parcels and cases are locked, and the cases closed. With `kinds` only what is of these goes.
    """
    ids = {
        "parcel": parcel_ids,
        "case": case_ids,
        "message": finding_store.messages(conn, case_ids),
    }
    acts = words_store.forget_acts(conn, case_ids)
    if kinds:
        return rules.added(store.forget(conn, ids, kinds), {"console_acts": acts})
    gone = photos.forget(conn, case_ids)
    counts = disputes.forget(conn, case_ids, now) | store.forget(conn, ids)
    if counts or gone or acts:
        store.mark(conn, parcel_ids, now, now + _ON_ITS_WAY)
    return rules.added(counts, {"photos": gone, "console_acts": acts})


def forget_again() -> bool:
    """Look once more at forgotten parcels of which something was heard; True: there may be more."""
    now = clock.now()
    with transaction() as conn:
        due = store.take_again(conn, now, _AT_ONCE)
        if due:
            case_ids = finding_store.lock(conn, due)
            held = store.provider_copies(conn, finding_store.messages(conn, case_ids))
            copies.ask(conn, held, ())
            forget_parcels(conn, due, case_ids, now)
    return len(due) == _AT_ONCE


def _close(conn: Connection, case_ids: Sequence[int], by: str, now: datetime) -> int:
    """Close those that are open; how many that were."""
    closed = 0
    for case in cases.by_ids(conn, case_ids).values():
        closed += chain.close(conn, case, Resolution.HANDED_TO_SHIPPER, by, now)
    channels.withdraw_open(conn, case_ids, NotSent.CASE_CLOSED, now)
    return closed


def _free(conn: Connection, written: dict[str, str], parcel_ids: Sequence[int]) -> list[str]:
    """Those of their contacts, as they are written, that no other parcel needs."""
    needed = contacts_store.used_elsewhere(conn, list(written), parcel_ids)
    kept = {written[one] for one in needed}
    return [one for one, contact in written.items() if contact not in kept]


def _forget_words(
    conn: Connection,
    parcels: Sequence[Parcel],
    contacts: set[str],
    shipper_id: int | None,
) -> dict[str, int]:
    sought = words_store.Sought(rules.telling(parcels, contacts), rules.numbers(contacts))
    counts = words_store.forget(conn, sought)
    gone = rules.Gone(frozenset(p.tracking_number for p in parcels), frozenset(contacts))
    counts["held_batches"] = words_store.held_batches(conn, shipper_id, gone.out_of)
    return counts

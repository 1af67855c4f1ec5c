"""Forgets a customer: all that tells of them goes, in one transaction, and a proof stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.access import pseudonyms
from app.db.connection import Connection, again_after_deadlock, transaction
from app.directory import changes
from app.directory import store as directory
from app.directory.changes import By
from app.errors import Problem
from app.forgetting import finding_store, forgetting, proofs_store, replaying, rules
from app.forgetting.forgetting import Found
from app.forgetting.proofs_store import Proof

_NUMBER, _RECIPIENT = "tracking_number", "recipient"


class Asked(NamedTuple):
    """Whom to forget: the recipient of a parcel, or whoever has a number or an address."""

    tracking_number: str = ""
    recipient: str = ""
    shipper_id: int | None = None
    """Whose parcels; None: everybody's."""


@again_after_deadlock
def forget(asked: Asked, by: By, now: datetime) -> Proof:
    """Forget somebody. Asked again, when nothing of them is left, it gives the same proof.

    Raises:
        Problem: 404 there is no such parcel; 422 this is no number or address; 503 the pictures
            cannot be reached, so that nothing was forgotten.
    """
    with transaction() as conn:
        found = find(conn, asked)
        known = proofs_store.latest(conn, found.subject, asked.shipper_id)
        if asked.tracking_number and not found.parcels and not known:
            raise no_such_parcel(asked.tracking_number)
        former = proofs_store.take_turn(conn)
        done = forgetting.forget(conn, found, asked.shipper_id, by, now)
        if known and not done.counts:
            return known
        proof = seal(conn, done, _NUMBER if asked.tracking_number else _RECIPIENT, former)
        replaying.keep(proof)
        what = (proof.id, f"erasure {proof.id}")
        changes.record(conn, by, "erasure", what, None, {}, {"forgotten": proof.hash}, now)
        return proof


def find(conn: Connection, asked: Asked) -> Found:
    """Whose parcels they are.

    Raises:
        Problem: 422 this is no number or address.
    """
    if asked.tracking_number:
        parcels = finding_store.by_number(conn, asked.tracking_number, asked.shipper_id)
        subject = pseudonyms.of_parcel(asked.shipper_id or 0, asked.tracking_number)
        return Found(subject, frozenset(), parcels, ())
    country = directory.country_of(conn, asked.shipper_id) if asked.shipper_id else ""
    contact = rules.contact(asked.recipient, country)
    if contact is None:
        raise Problem(
            422,
            "no_recipient",
            "This is no phone number or e-mail address. Write a number with its country: +1 415 …",
        )
    like = finding_store.like_contact(conn, contact, rules.digits(contact), asked.shipper_id)
    theirs = [parcel for parcel in like if rules.is_of(parcel, contact)]
    others = [parcel for parcel in like if rules.is_strangers(parcel, contact)]
    return Found(pseudonyms.of_contact(contact), frozenset({contact}), theirs, others)


def no_such_parcel(tracking_number: str) -> Problem:
    """What is said where nobody knows the number."""
    return Problem(404, "no_such_parcel", f"No parcel {tracking_number!r} is known.")


def seal(conn: Connection, done: Proof, asked: str, former: str) -> Proof:
    """Keep what was done as a proof, after the one of this hash."""
    sealed = replace(done, asked=asked, former=former)
    return proofs_store.add(conn, replace(sealed, hash=rules.digest(former, said(sealed))))


def said(proof: Proof) -> dict[str, object]:
    """What a proof's hash is of."""
    names = ("at", "by", "asked", "subject", "shipper_id", "parcels", "contacts")
    more = ("cases", "closed", "counts", "elsewhere")
    return {name: getattr(proof, name) for name in (*names, *more)}

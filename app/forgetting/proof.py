"""A proof as people and programs read it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.forgetting.kinds import PERSON
from app.forgetting.proofs_store import RETENTION, Proof
from app.forgetting.rules import KEPT

_CARRIERS = {
    "twilio": "Twilio is asked to empty texts and delete pictures; it keeps numbers for its bills",
    "vonage": "Vonage is asked to redact the texts",
}
_CANNOT = {
    "smtp": "e-mails that were delivered are in mailboxes, which nobody but their owners can reach",
    "postmark": "Postmark deletes e-mails by itself after 45 days, and cannot be asked sooner",
    "mailgun": "Mailgun deletes e-mails by itself after some days, and cannot be asked sooner",
    "apprise": "chats of staff keep what was written there; delete it there",
    "webpush": "notifications on staff's devices are gone when they were read",
    "system": "the dispatch system was told of tasks; delete it there",
}
ALWAYS = (
    "the courier has its own records of the parcel and is asked by the shipper",
    "the shipper's systems have what webhooks and exports told them",
    "backups hold it until they expire; when one is restored, this is done again",
)
"""Who else may have it, whoever was asked."""


def shown(proof: Proof) -> dict[str, Any]:
    """What is answered to whoever asked."""
    names = ("id", "at", "by", "asked", "subject", "cases", "closed", "counts", "former", "hash")
    return {
        **{name: getattr(proof, name) for name in names},
        "scope": "all" if proof.shipper_id is None else "shipper",
        "parcels": len(proof.parcels),
        "kept": list(_kept(proof)),
        "elsewhere": [*_elsewhere(proof.elsewhere), *ALWAYS],
    }


def _kept(proof: Proof) -> Sequence[str]:
    whole = proof.asked != RETENTION or proof.subject.startswith(f"{PERSON} ")
    return KEPT if whole else ("what is of another kind, for as many days as that is kept", *KEPT)


def _elsewhere(told: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, copies in sorted(told.items()):
        if copies["asked"]:
            asked = _CARRIERS.get(name, f"{name} is asked to forget")
            yield f"{asked} ({copies['asked']} messages)"
        if copies["cannot"]:
            cannot = _CANNOT.get(name, f"{name} cannot be asked to forget")
            yield f"{cannot} ({copies['cannot']} messages)"


def lines(proof: Proof) -> Iterator[str]:
    """The proof as it is printed."""
    said = shown(proof)
    yield f"Proof {proof.id} of {proof.at:%Y-%m-%d %H:%M:%S} UTC, asked by {proof.by}"
    if proof.asked == RETENTION:
        yield f"It was old: {proof.subject}"
    else:
        yield f"Asked for: {proof.asked.replace('_', ' ')}, pseudonym {proof.subject}"
    yield f"Parcels: {said['parcels']}, cases: {proof.cases}, of them closed now: {proof.closed}"
    yield "Forgotten:" if proof.counts else "Nothing of them was kept."
    yield from (f"  {table.replace('_', ' ')}: {rows}" for table, rows in proof.counts.items())
    yield "Kept:"
    yield from (f"  {text}" for text in said["kept"])
    yield "Elsewhere:"
    yield from (f"  {text}" for text in said["elsewhere"])
    yield f"Hash: {proof.hash}"

"""Who is meant, how their number may be written, and what proves that they are forgotten. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from app.forgetting.finding_store import Parcel
from app.shipments.reachable import check_email, check_number

LAST_DIGITS = 7
"""So many digits of a number stand together however it is written."""
_TELLING = 6
"""A shorter text is found in too much that has nothing to do with it."""
_NOT_A_DIGIT = re.compile(r"\D", re.ASCII)

KEPT = (
    "the parcel's numbers (tracking, order, the courier's): books of the shipper and the courier",
    "what happened and when, without names, words and contacts: figures and disputes rest on it",
    "that no messages are wanted, under a keyed pseudonym, so that it still holds",
    "the names of staff who acted",
)
"""What stays and why, as the proof says it."""


def contact(written: str, country: str) -> str | None:
    """A number in E.164 or an address in lower case; None when it is neither."""
    if "@" in written:
        found = check_email(written.strip())
        return found.lower() if found else None
    return check_number(written, country).e164


def digits(contact: str) -> str:
    """The last digits of a number; empty for an address."""
    return "" if "@" in contact else _NOT_A_DIGIT.sub("", contact)[-LAST_DIGITS:]


def of_parcel(parcel: Parcel) -> set[str]:
    """The numbers and addresses of its recipient, each in the one form that we send to."""
    written = (*parcel.phones, *parcel.emails, *parcel.reached)
    strangers = _normal(parcel.not_theirs, parcel.country)
    return _normal(written, parcel.country) - strangers


def is_of(parcel: Parcel, contact: str) -> bool:
    """Whether this is one of its recipient's."""
    return contact in of_parcel(parcel)


def is_strangers(parcel: Parcel, contact: str) -> bool:
    """Whether this was written to about it, and is somebody else's."""
    return contact in _normal(parcel.not_theirs, parcel.country)


def spellings(parcels: Iterable[Parcel], contacts: Sequence[str]) -> dict[str, str]:
    """Every way in which these contacts are written, in lower case: `{as it is written: contact}`.

    A number with what is dialled after it is kept as it is called.
    """
    found = {one: one for one in contacts}
    for parcel in parcels:
        for text in (*parcel.phones, *parcel.emails, *parcel.reached, *parcel.not_theirs):
            made = contact(text, parcel.country)
            if made and made in contacts:
                found[text.lower()] = made
    return found


def telling(parcels: Iterable[Parcel], contacts: Iterable[str]) -> list[str]:
    """What tells of these people wherever it stands, in lower case."""
    texts = {text for parcel in parcels for text in (parcel.tracking_number, *parcel.names)}
    texts |= {one for one in contacts if "@" in one}
    return sorted(text.lower() for text in texts if len(text) >= _TELLING)


def numbers(contacts: Iterable[str]) -> list[str]:
    """All digits after the country's of numbers, at least so many that nobody else has them."""
    found = (_NOT_A_DIGIT.sub("", one) for one in contacts if "@" not in one)
    return sorted({one[-9:] for one in found if len(one) >= LAST_DIGITS})


class Gone(NamedTuple):
    """Whose orders are taken out of a batch that waits."""

    tracking_numbers: frozenset[str]
    contacts: frozenset[str]

    def out_of(self, body: bytes, *, lines: bool) -> tuple[bytes, int]:
        """A batch without theirs, and how many those were; what is not JSON stays as it is."""
        if lines:
            every = body.splitlines()
            left = [line for line in every if not self._has(line)]
            return b"\n".join(left), len(every) - len(left)
        try:
            orders = orjson.loads(body)
        except orjson.JSONDecodeError:
            return body, 0
        if not isinstance(orders, list):
            return body, 0
        others = [one for one in orders if not self._is_theirs(one)]
        return (orjson.dumps(others), len(orders) - len(others))

    def _has(self, line: bytes) -> bool:
        try:
            return self._is_theirs(orjson.loads(line))
        except orjson.JSONDecodeError:
            return False

    def _is_theirs(self, order: object) -> bool:
        if not isinstance(order, dict):
            return False
        if str(order.get("tracking_number", "")).strip() in self.tracking_numbers:
            return True
        address = order.get("address")
        country = str(address.get("country") or "") if isinstance(address, dict) else ""
        written = (str(order.get(name) or "") for name in ("phone", "email"))
        return bool(_normal(written, country) & self.contacts)


def digest(former: str, proof: Mapping[str, Any]) -> str:
    """The hash of a proof: over the one before it and all that it says."""
    plain = orjson.dumps(proof, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return hashlib.sha256(former.encode() + b"\n" + plain).hexdigest()


def added(*counts: Mapping[str, int]) -> dict[str, int]:
    """Rows of each table, all in all."""
    whole: dict[str, int] = {}
    for count in counts:
        for table, rows in count.items():
            if rows:
                whole[table] = whole.get(table, 0) + rows
    return dict(sorted(whole.items()))


def _normal(written: Iterable[str], country: str) -> set[str]:
    return {made for text in written if (made := contact(text, country))}

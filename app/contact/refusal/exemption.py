"""How often somebody may be written to who has not consented, where law allows that. Pure.

The United States let a delivery company send a message about a parcel without consent, see
`law.toml`. Where an order says that this is its ground, what goes beyond is not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.cases.model import Case
from app.contact.refusal import law

_SIGNED = "identification_failed"
"""The reason of an attempt that failed for want of the recipient's signature."""


class Exempt(NamedTuple):
    """What the exemption allows about one parcel."""

    channels: frozenset[str]
    messages: int
    characters: int


def of(case: Case) -> Exempt | None:
    """What the ground of this case allows; None where nothing is capped."""
    if case.parcel.consent != "exemption" or not case.contact_phone:
        return None
    rules = law.of(law.country(case.contact_phone)).get("exemption")
    if rules is None:
        return None
    again = case.parcel.attempts - 1 if case.reason == _SIGNED else 0
    further = max(0, min(again, rules["further_attempts"])) * rules["each_further_attempt"]
    return Exempt(frozenset(rules["channels"]), rules["messages"] + further, rules["characters"])


def fitting(texts: Sequence[str], exempt: Exempt) -> str:
    """The first of these that is short enough; the last where none is."""
    return next((text for text in texts if len(text) <= exempt.characters), texts[-1])

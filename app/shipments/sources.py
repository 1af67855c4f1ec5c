"""What can happen to a parcel, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import Source


class Supplied(StrEnum):
    """How a contact came."""

    SUPPLIED = "supplied"


SUPPLY_CONTACT = Source(name="supply_contact", outcomes=Supplied)


class Correction(StrEnum):
    """What became of where a parcel goes."""

    MADE = "made"
    """It goes somewhere else, or its driver knows more."""
    ASKED = "asked"
    """The customer wants it brought elsewhere, and somebody has to agree."""
    AGREED = "agreed"
    REFUSED = "refused"


CORRECT = Source(name="correct", outcomes=Correction)

DECLARED = (SUPPLY_CONTACT, CORRECT)

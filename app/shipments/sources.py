"""What can happen to a parcel, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import Source


class Supplied(StrEnum):
    """How a contact came."""

    SUPPLIED = "supplied"


SUPPLY_CONTACT = Source(name="supply_contact", outcomes=Supplied)

DECLARED = (SUPPLY_CONTACT,)

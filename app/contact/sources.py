"""What can come of looking a contact up, as policies can react to it."""

from __future__ import annotations

from enum import StrEnum

from app.chain.step import Source


class LookedUp(StrEnum):
    """Why a look-up gave no contact; one that is found is supplied."""

    NOTHING = "nothing"
    FAILED = "failed"
    NO_ADDRESS = "no_address"


LOOK_UP_CONTACT = Source(name="look_up_contact", outcomes=LookedUp)

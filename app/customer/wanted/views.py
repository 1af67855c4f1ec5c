"""What the page says of what we may still send; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cases.model import Case
from app.channels import refusals
from app.channels.refusals import Refusal
from app.customer import notices

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Way:
    """One way by which the customer is written to."""

    channel: str
    ends_in: str
    """As much of the number or address as its owner knows it by."""
    refusal: Refusal | None
    """What stands in its way."""

    @property
    def blocked(self) -> bool:
        """Whether their own provider lets nothing through, so that our word is not enough."""
        return bool(self.refusal and self.refusal.answered)


def ways(case: Case, found: Sequence[Refusal]) -> list[Way]:
    """The customer's ways, each once."""
    stands = {(one.channel, one.recipient): one for one in found if one.stands}
    shown = []
    for way in dict.fromkeys(notices.routes(case)):
        refusal = stands.get((way.channel, refusals.normal(*way)))
        shown.append(Way(way.channel, _ends(way.channel, way.recipient), refusal))
    return shown


def _ends(channel: str, recipient: str) -> str:
    if channel == "email":
        name, _, host = recipient.partition("@")
        return f"{name[:1]}…@{host}"
    return recipient[-_SHOWN:]

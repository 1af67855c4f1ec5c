"""How a case ended, in words for whoever comes too late."""

from __future__ import annotations

from app.cases.model import Case
from app.languages.language import mark
from app.languages.sentence import sentence

_HOW = {
    "delivered": mark("The parcel was delivered."),
    "collected": mark("The parcel was collected."),
    "returned": mark("The parcel goes back to the sender."),
    "returned_to_sender": mark("The parcel is back at the sender."),
    "refunded": mark("The money was refunded."),
    "replaced": mark("A replacement was sent."),
    "mistake": mark("It was opened by mistake."),
    "handed_to_shipper": mark("The shipper takes it from here."),
    "old_news": mark("It was old news, and nobody began it."),
}
"""By the resolution."""


def how(case: Case) -> str:
    """How it ended, to be said `again`; empty while it has not, or in a way unknown here."""
    return sentence(_HOW[case.resolution]) if case.resolution in _HOW else ""

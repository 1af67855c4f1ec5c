"""What the customer reads when it is over."""

from __future__ import annotations

from app.cases.model import Case
from app.customer.texts import RenderedMessage


def survey(case: Case, url: str, *, again: bool) -> RenderedMessage:
    """One question, one link."""
    what = f"Your {case.shipper.name} parcel has arrived"
    ask = "We would still like to know: how did we do" if again else "How did we do"
    text = f"{what}. {ask}? From 1 to 5: {url} No need to answer if you'd rather not."
    return RenderedMessage(f"{what}. How did we do?", text)


def thanks(case: Case) -> RenderedMessage:
    """Thanks for a good answer; it asks no further question."""
    return RenderedMessage(
        f"Thank you from {case.shipper.name}",
        f"Thank you! It is good to know that it went well in the end. Nothing more to do. "
        f"{case.shipper.name}",
    )

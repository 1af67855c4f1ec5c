"""What a message says that leaves without consent, by the law's exemption alone."""

from __future__ import annotations

from app.cases import speech
from app.cases.model import Case
from app.contact.refusal import exemption
from app.contact.refusal.exemption import Exempt
from app.customer.parts import RenderedMessage


def shortened(case: Case, message: RenderedMessage, url: str, allowed: Exempt) -> RenderedMessage:
    """What the law wants in a message to whom nobody asked: short, who writes, how to end it."""
    say, what = speech.about(case), message.subject
    where = case.shipper.phone or case.shipper.email or ""
    if where:
        texts = [
            say(
                "{what}: {url} Questions? {where}. Reply STOP to end.",
                what=what,
                url=url,
                where=where,
            ),
            say(
                "{shipper} parcel: {url} Questions? {where}. Reply STOP to end.",
                url=url,
                where=where,
            ),
        ]
    else:
        texts = [
            say("{what}: {url} Reply STOP to end.", what=what, url=url),
            say("{shipper} parcel: {url} Reply STOP to end.", url=url),
        ]
    return RenderedMessage(what, exemption.fitting(texts, allowed))

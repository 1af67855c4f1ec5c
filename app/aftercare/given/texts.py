"""What people read about gestures. There is one apology in a case, and it is not made here."""

from __future__ import annotations

from app.cases import own_page, speech
from app.cases.model import Case
from app.channels import shipper
from app.customer.parts import RenderedMessage
from app.gestures.model import Gift, Kind
from app.languages import prices
from app.languages.said import joined


def made(case: Case, gift: Gift) -> RenderedMessage:
    """What the customer gets, and how."""
    say = speech.about(case)
    amount = prices.amount(gift.amount, gift.currency, speech.of(case)) if gift.amount else ""
    match gift.kind:
        case Kind.REFUND:
            given = say("{shipper} pays you back {amount}.", amount=amount)
            if not amount:
                given = say("{shipper} pays your money back.")
        case Kind.CREDIT:
            given = say("{shipper} has credited you {amount} for the trouble.", amount=amount)
        case Kind.VOUCHER:
            given = say("{shipper} gives you {amount} for the trouble.", amount=amount)
    return RenderedMessage(given, joined(given, *_how(say, gift), own_page.url(case)))


def _how(say: speech.Say, gift: Gift) -> list[str]:
    """How they get it, and what happens if they do nothing."""
    if not gift.code:
        return [say("You don't have to do anything.")]
    code = say("Your code: {code}", code=gift.code)
    return [code, say("Use it with your next order. If you don't, nothing changes.")]


def refund(case: Case, url: str) -> shipper.Mail:
    """To the shipper whose customer wants their money back."""
    say, parcel = shipper.language(case.shipper).say, case.parcel.label
    text = say(
        "Our depot spoke with your customer about the parcel {parcel}: they want their money back. "
        "Please decide, and tell them: {url}",
        parcel=parcel,
        url=url,
    )
    return shipper.Mail(say("Refund wanted: {parcel}", parcel=parcel), text)

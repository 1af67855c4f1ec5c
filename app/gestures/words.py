"""What would be given, and why nothing is, in words for staff."""

from __future__ import annotations

from app.gestures.model import Kind, Would
from app.gestures.rules import Not
from app.languages import prices
from app.languages.language import Language, mark

WHY_NOT: dict[str, str] = {
    Not.NO_RULES: mark("The shipper has not said what it gives."),
    Not.THEIR_OWN: mark("It was the customer’s own absence, or their wish."),
    Not.NOT_FOR_THIS: mark("The shipper gives nothing for this reason."),
    Not.NOT_UNASKED: mark("Somebody has to decide this."),
    Not.OTHER_CURRENCY: mark("The order is in another currency than the shipper’s gestures."),
    Not.NOTHING_LEFT_OF_IT: mark("The order is worth too little for it."),
    Not.ALREADY: mark("This customer has it for this parcel."),
    Not.ENOUGH: mark("This customer had as many as the shipper allows."),
    Not.NO_BUDGET: mark("This month’s budget is used up."),
    Not.NO_CODE: mark("No code is left."),
}


def would(found: Would | Not, language: Language) -> str:
    """What the shipper's rules have for a case, as a sentence."""
    if isinstance(found, Not):
        return language.say(WHY_NOT[found])
    amount = prices.amount(found.amount, found.currency, language)
    if found.kind is Kind.CREDIT:
        said = language.say(
            "The shipper’s rules have a credit of {amount} for this.", amount=amount
        )
    else:
        said = language.say(
            "The shipper’s rules have a voucher of {amount} for this.", amount=amount
        )
    if not found.asks:
        return said
    first = language.say("Its own system has to grant it first.")
    return f"{said} {first}"

"""What a shipper reads about its endpoints."""

from __future__ import annotations

from app.cases.model import Shipper
from app.channels import shipper as shippers
from app.outbound import rules


def stopped(shipper: Shipper, address: str, call: str, *, gone: bool) -> shippers.Mail:
    """Nothing is posted to this address any more; `call` lets it go on."""
    language = shippers.language(shipper)
    why = language.say("It answers 410, which says that it is gone for good.")
    if not gone:
        why = language.count(
            "It has taken nothing for {number} day.",
            "It has taken nothing for {number} days.",
            rules.PAUSED_AFTER.days,
        )
    then = language.say(
        "So we post nothing to {address} any more. Nothing is lost: let it go on with {call}, and "
        "it is told all that it missed.",
        address=address,
        call=call,
    )
    return shippers.Mail(language.say("We have stopped telling your system"), f"{why} {then}")

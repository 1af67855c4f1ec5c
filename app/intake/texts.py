"""What a shipper reads of a parcel on its way back."""

from __future__ import annotations

from app.cases.model import Shipper
from app.channels import shipper as shippers


def trouble(shipper: Shipper, parcel: str, words: str, account: str) -> shippers.Mail:
    """Something is wrong with a return; `words` are the courier's."""
    say = shippers.language(shipper).say
    reports = say(
        "A courier ({account}) reports trouble with the return {parcel}, which is on its way back "
        "to you.",
        account=account,
        parcel=parcel,
    )
    said = say("It says: “{words}”.", words=words.rstrip(".")) if words else ""
    ask = say("We call nobody about a return: please ask the courier or your customer.")
    subject = say("Trouble with the return {parcel}", parcel=parcel)
    return shippers.Mail(subject, " ".join(filter(None, (reports, said, ask))))

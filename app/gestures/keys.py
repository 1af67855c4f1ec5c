"""By which keys a customer is known again, whatever they write: keyed pseudonyms. Pure.

A new alias of a mail address, or another way to write a number, is the same customer.
"""

from __future__ import annotations

from app.access import pseudonyms
from app.cases.model import Case
from app.shipments.reachable import check_number

_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Hosts where dots in a name change nothing, by the host that they are."""


def of(case: Case) -> list[str]:
    """The keys of a case's customer, in order."""
    parcel = case.parcel
    country = (parcel.address or {}).get("country") or case.shipper.country
    numbers = {check_number(one, country).e164 or one for one in parcel.phones}
    found = {pseudonyms.of_contact(number) for number in numbers}
    found |= {pseudonyms.of_contact(unaliased(one)) for one in parcel.emails}
    if parcel.terms.get("customer"):
        found.add(parcel.terms["customer"])
    return sorted(found)


def unaliased(email: str) -> str:
    """A mail address as its mailbox is called."""
    name, _, host = email.strip().lower().rpartition("@")
    name, _, _ = name.partition("+")
    if host in _DOTLESS:
        name, host = name.replace(".", ""), _DOTLESS[host]
    return f"{name}@{host}"

"""Whether a customer may be asked how it went by message, or on their page only. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cases.model import Case
from app.contact.refusal import law

ADVERTISING = frozenset({"DE", "AT"})
"""Where a request to rate is advertising: Federal Court of Germany, 10 July 2018, VI ZR 225/17, on
section 7 of the act against unfair competition (UWG); Austria's section 174 TKG reads alike."""


def by_message(case: Case, policy: Mapping[str, Any]) -> bool:
    """Whether a message may ask for a rating, or invite to recommend.

    Where that is advertising it needs the customer's consent, which the order says, and a policy
    that goes by it. Whoever is written to by a law's exemption gets no advertising anywhere.
    """
    how = policy["survey_messages"]
    if how == "never" or case.parcel.consent == "exemption":
        return False
    if _country(case) not in ADVERTISING:
        return True
    return how == "with_consent" and case.parcel.terms.get("survey_consent") is True


def _country(case: Case) -> str:
    """Where the customer is: by their address, else by their number, else where the shipper is."""
    address = str((case.parcel.address or {}).get("country") or "").upper()
    return address or law.country(case.contact_phone or "") or case.shipper.country

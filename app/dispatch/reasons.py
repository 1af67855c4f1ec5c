"""Why a delivery failed, in a few words for staff.

English is the reason's own code. A courier's words are said as they are, where its reason says
nothing or the reader reads English, which couriers mostly write.
"""

from __future__ import annotations

from app import languages
from app.cases.model import Case
from app.languages.language import Language, mark

_SAID = {
    "recipient_unavailable": mark("recipient unavailable"),
    "business_closed": mark("business closed"),
    "not_collected": mark("not collected"),
    "moved": mark("moved"),
    "address_incorrect": mark("address incorrect"),
    "address_not_found": mark("address not found"),
    "unable_to_locate": mark("unable to locate"),
    "access_restricted": mark("access restricted"),
    "out_of_area": mark("out of area"),
    "payment_due": mark("payment due"),
    "identification_failed": mark("identification failed"),
    "refused": mark("refused"),
    "locker_unsuitable": mark("locker unsuitable"),
    "to_pickup_point": mark("to pickup point"),
    "ready_for_pickup": mark("ready for pickup"),
    "phone_missing": mark("phone missing"),
    "not_attempted": mark("not attempted"),
    "courier_problem": mark("courier problem"),
    "prohibited": mark("prohibited"),
    "lost": mark("lost"),
    "destroyed": mark("destroyed"),
    "damaged": mark("damaged"),
    "returned": mark("returned"),
    "returned_to_sender": mark("returned to sender"),
    "duties_unpaid": mark("duties unpaid"),
    "documents_missing": mark("documents missing"),
    "customs_hold": mark("customs hold"),
}


def words(language: Language, case: Case) -> str:
    """`recipient unavailable`, or what the courier said."""
    said = case.words.strip()
    known = _SAID.get(case.reason)
    if known and (not said or language.code != languages.HOUSE):
        return language.say(known)
    return said or case.reason.replace("_", " ")

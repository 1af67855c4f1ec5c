"""Why a delivery failed, in a few words for staff.

English is the reason's own code. A courier's words are said as they are, as a quotation.
"""

from __future__ import annotations

import re

from app import plain
from app.cases.model import Case
from app.languages.language import Language, mark

_WORD = re.compile(r"\w+")
UNKNOWN = "unknown"
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
    UNKNOWN: mark("the courier gives no reason"),
}
NAMED = frozenset(_SAID)
"""Reasons that have words of their own."""


def in_words(language: Language, code: str) -> str:
    """A reason in words; one that we do not know by its name."""
    known = _SAID.get(code)
    return language.say(known) if known else code.replace("_", " ").strip()


def in_short(language: Language, code: str, words: str, title: str) -> str:
    """The same beside a title that may say it; the courier's own words where we know none."""
    if code == UNKNOWN:
        quoted = plain.cut(" ".join(words.replace('"', "'").split()).rstrip("."), 60)
        return f"\u201c{quoted}\u201d" if quoted else in_words(language, code)
    named = code.replace("_", " ").strip().lower()
    return "" if named in title.lower() else in_words(language, code)


def why_and_words(language: Language, case: Case) -> tuple[str, str]:
    """Why it failed, and the courier's own words as far as they add anything; one may be empty."""
    known = case.reason in _SAID and case.reason != UNKNOWN
    code = case.reason.replace("_", " ")
    why = in_words(language, case.reason)
    words = " ".join(case.words.replace('"', "'").split()).rstrip(".")
    if set(_WORD.findall(words.casefold())) <= set(_WORD.findall(code.casefold())):
        return why, ""
    return why if known else "", plain.cut(words, 60)

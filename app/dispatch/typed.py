"""What somebody types is judged while they type: a number, a mail address, a place, words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.cases import speech
from app.cases.model import Case
from app.channels import wording
from app.contact import service as contact
from app.errors import Problem
from app.languages import sms
from app.languages.sentence import sentence, sentences
from app.shipments import reachable
from app.shipments.corrections import rules as corrections


class Said(NamedTuple):
    """What is said beside a field; nothing where nothing is to be said."""

    text: str
    right: bool


_NOTHING = Said("", right=True)


def check(name: str, form: Mapping[str, str], case: Case) -> Said:
    """What is to be said of the field of that name, as it stands now.

    A text is judged in the language of the customer who reads it.
    """
    text = form.get(name, "")[:400].strip()
    match name:
        case "words" | "answer":
            return _text(case, form.get(name, ""))
        case "phone" | "email" if not text:
            return _NOTHING
        case "phone":
            return _number(text, contact.country(case))
        case "email":
            right = reachable.check_email(text)
            said = sentence("{address} can be used.", address=right) if right else contact.NO_MAIL
            return Said(said, right=bool(right))
        case _ if name in {*corrections.PARTS, "directions"}:
            return _place(name, form)
    return _NOTHING


def _number(text: str, country: str) -> Said:
    number = reachable.check_number(text, country)
    if number.fault in {None, "extension"}:
        return Said(sentence("{number} can be used.", number=number.full), right=True)
    fallback = contact.UNUSABLE["not_a_number"]
    return Said(contact.UNUSABLE.get(number.fault, fallback), right=False)


def _text(case: Case, text: str) -> Said:
    if fault := wording.fault(case, text):
        return Said(fault, right=False)
    parts = sms.size(sms.as_sent(text, speech.of(case).code)).parts
    if parts < 2:
        return _NOTHING
    said = sentences("A text message of {number} part.", "A text message of {number} parts.", parts)
    return Said(said, right=True)


def _place(name: str, form: Mapping[str, str]) -> Said:
    try:
        corrections.read({**form, name: form.get(name, "")})
    except Problem as problem:
        return Said(problem.by_field.get(name, ""), right=False)
    return _NOTHING

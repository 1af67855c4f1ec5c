"""What somebody types is judged while they type: a number, an address for mail, a place. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.contact import service as contact
from app.errors import Problem
from app.languages.sentence import sentence
from app.shipments import reachable
from app.shipments.corrections import rules as corrections


class Said(NamedTuple):
    """What is said beside a field; nothing where nothing is to be said."""

    text: str
    right: bool


_NOTHING = Said("", right=True)


def check(name: str, form: Mapping[str, str], country: str) -> Said:
    """What is to be said of the field of that name, as it stands now."""
    text = form.get(name, "")[:400].strip()
    match name:
        case "phone" | "email" if not text:
            return _NOTHING
        case "phone":
            number = reachable.check_number(text, country)
            if number.fault in {None, "extension"}:
                return Said(sentence("{number} can be used.", number=number.full), right=True)
            fallback = contact.UNUSABLE["not_a_number"]
            return Said(contact.UNUSABLE.get(number.fault, fallback), right=False)
        case "email":
            right = reachable.check_email(text)
            said = sentence("{address} can be used.", address=right) if right else contact.NO_MAIL
            return Said(said, right=bool(right))
        case _ if name in {*corrections.PARTS, "directions"}:
            return _place(name, form)
    return _NOTHING


def _place(name: str, form: Mapping[str, str]) -> Said:
    try:
        corrections.read({**form, name: form.get(name, "")})
    except Problem as problem:
        return Said(problem.by_field.get(name, ""), right=False)
    return _NOTHING

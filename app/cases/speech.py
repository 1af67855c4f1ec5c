"""In which language the customer of a case is written to, and how a sentence about it is said."""

from __future__ import annotations

from typing import Any, Protocol

from app import languages
from app.cases.model import Case
from app.languages import said
from app.languages.language import Language
from app.languages.said import Said


class Say(Protocol):
    """An English sentence in the language of whom it is for."""

    def __call__(self, text: str, **values: Any) -> Said:
        """The sentence, with its `{values}`."""


def of(case: Case) -> Language:
    """The language that the recipient reads; where that is not known, the one of their address."""
    return languages.choose(case.parcel.language, case.parcel.address)


def about(case: Case) -> Say:
    """Says sentences about a case; `{shipper}`, `{parcel}` and `{depot}` are known to them."""
    language = of(case)

    def say(text: str, **values: Any) -> Said:
        known = {
            "shipper": case.shipper.name,
            "parcel": case.parcel.label,
            "depot": case.depot.name,
        }
        return said.say(language, text, **{**known, **values})

    return say

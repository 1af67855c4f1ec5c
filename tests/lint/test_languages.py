"""The rule on catalogues bites."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from tests.lint import languages

SOURCE = {
    "Parcel {parcel}": None,
    "We come <b>{day}</b>": None,
    "{number} day": "{number} days",
}
Said = dict[str, str | tuple[str, ...]]
GOOD: Said = {
    "Parcel {parcel}": "Paket {parcel}",
    "We come <b>{day}</b>": "Wir kommen <b>{day}</b>",
    "{number} day": ("ein Tag", "{number} Tage"),
}


def wrong(said: Said, flags: tuple[str, ...] = ()) -> str:
    """What is found in a German catalogue that says this."""
    source, catalogue = Catalog(), Catalog("de")
    for one, several in SOURCE.items():
        source.add((one, several) if several else one)
    for text, translated in said.items():
        several = SOURCE.get(text)
        catalogue.add((text, several) if several else text, translated, flags=flags)
    return " ".join(fault for _, fault in languages.faults(source, catalogue))


def test_a_catalogue_that_says_everything_is_left_alone():
    assert wrong(GOOD) == ""


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("Parcel {parcel}", "", "is not translated"),
        ("Parcel {parcel}", "Paket", "other {values}"),
        ("Parcel {parcel}", "Paket {paket}", "other {values}"),
        ("Parcel {parcel}", "Paket {parcel} ", "begins or ends with a space"),
        ("We come <b>{day}</b>", "Wir kommen <b>{day}", "other tags"),
        ("{number} day", ("ein Tag", ""), "is not translated"),
        ("{number} day", ("ein Tag", "{zahl} Tage"), "other {values}"),
        ("{number} day", ("ein Tag", "{number} Tage", "{number} Tage"), "3 forms by number"),
        ("Parcel {parcel}", "الطرد {parcel}", "another script: ARABIC"),
        ("A new sentence", "Ein neuer Satz", "said nowhere any more"),
    ],
)
def test_one_that_says_something_else_is_refused(text, said, fault):
    assert fault in wrong(GOOD | {text: said})


def test_one_that_is_missing_or_fuzzy_is_refused():
    assert "is missing" in wrong({text: said for text, said in GOOD.items() if "{day}" not in text})
    assert "is fuzzy" in wrong(GOOD, ("fuzzy",))

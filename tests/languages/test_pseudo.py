"""Words that stand in the code and not in a catalogue are found by a language that has none."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.cases.model import Case, CaseKind, Holding
from app.customer.asked import service as asked
from app.playground.catalogue.samples import NOW, URL, arguments
from app.settings import Settings
from tests.application import create_app
from tests.customer.test_texts import TEXTS, case, links_can_be_made
from tests.links import page_of
from tests.pages.reading import text as read
from tests.play import Play

__all__ = ["case", "links_can_be_made"]

_WORD = re.compile(r"[A-Za-z]{2,}")
FOR_OTHERS = {"stranger"}
"""A stranger's language is that of their number."""
DATA = (
    *(
        "Hollow Oak Books",
        "Anaheim depot",
        "Anaheim",
        "Corner shop",
        "Katella Ave",
        "Left at the shop",
    ),
    *("as they wrote it", "care@example.com", "ORD-", "Ana", "Ben", "Elm St", "Daily"),
    "Kim Doe",
    "Rang twice, nobody opened",
)
"""What people and places are called, and what they wrote themselves."""


def hard_coded(said: str) -> set[str]:
    for known in DATA:
        said = said.replace(known, "")
    said = re.sub(r"\S*/[cs](/\S+|\b)|\b[A-Z0-9]{4}-[A-Z0-9]{4,}(-[A-Z0-9]+)*\b", "", said)
    return set(_WORD.findall(said))


@pytest.mark.parametrize("kind", CaseKind)
def test_no_message_holds_words_of_its_own(pseudo: str, case: Case, kind: CaseKind):
    held = Holding(place="Corner shop", hours="8-20", until=NOW)
    parcel = replace(case.parcel, language=pseudo, held=held, address={"line1": "5 Katella Ave"})
    case = replace(case, kind=kind, parcel=parcel)
    for name, text in TEXTS.items():
        if ".dispatch." in name or name.rpartition(".")[2] in FOR_OTHERS:
            continue
        said = text(**arguments(text, case, url=URL))
        found = hard_coded(f"{said.subject} {said.text}")
        assert found == set(), name


def test_the_page_holds_no_words_of_its_own(pseudo: str, play: Play, settings: Settings):
    client = create_app(settings).test_client()

    def look(case_id: int) -> None:
        page = client.get(page_of(case_id))
        assert page.status_code == 200
        shown, _, names = page.text.partition('<form method="post" class="tongues"')
        assert hard_coded(read(shown)) == set()
        assert "Deutsch" in names

    person = {"name": "Kim Doe", "phone": "+17145550142", "language": pseudo}
    case_id = play.courier(recipient=person)
    look(case_id)
    asked.press(case_id, "speak", "", NOW)
    look(case_id)
    play.choose(case_id)
    look(case_id)
    play.courier("delivered", recipient=person)
    look(case_id)
    play.rate(case_id, 5)
    look(case_id)
    for number, kind in enumerate(("lost", "damaged", "returned", "refused", "held")):
        look(play.courier(kind, f"Q{number}", recipient=person))

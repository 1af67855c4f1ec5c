"""Hundreds of replies in eight languages mean what the tables say, or go to a person."""

from __future__ import annotations

import pytest

from app.replies import vocabulary
from app.replies.vocabulary import Piece
from tests.replies.conftest import COUNTRIES, lines, meant

_UNDERSTOOD = lines("understood")
_FOR_PEOPLE = lines("for_people")


@pytest.mark.parametrize("code", COUNTRIES)
def test_replies_are_understood(code: str) -> None:
    wrong = {}
    for said in (line for language, line in _UNDERSTOOD if language == code):
        words, _, wanted = said.rpartition(" = ")
        if (found := meant(words, code)) != wanted:
            wrong[words] = f"{found}, not {wanted}"
    assert wrong == {}


@pytest.mark.parametrize("code", COUNTRIES)
def test_what_is_not_clear_goes_to_a_person(code: str) -> None:
    words = [line for language, line in _FOR_PEOPLE if language == code]
    assert {said: found for said in words if (found := meant(said, code))} == {}


def test_there_are_hundreds_of_each() -> None:
    assert len(_UNDERSTOOD) >= 400
    assert len(_FOR_PEOPLE) >= 100


@pytest.mark.parametrize("code", COUNTRIES)
def test_the_same_is_understood_whatever_language_the_customer_has_chosen(code: str) -> None:
    for other in COUNTRIES:
        assert (
            meant(
                {
                    "en": "Thursday morning",
                    "de": "Donnerstagvormittag",
                    "fr": "jeudi matin",
                    "es": "jueves temprano",
                    "nl": "donderdagochtend",
                    "pl": "czwartek rano",
                    "hi": "गुरुवार सुबह",
                    "ar": "الخميس صباحا",
                }[other],
                code,
            )
            == "wish thu morning"
        )


_BOOKS = {
    *("filler", "weak", "me", "want", "need", "have", "here", "yes", "thanks", "ask", "pickup"),
    *("option", "ordinals", "numbers", "weekdays", "months", "ahead", "part", "next", "on", "the"),
}
_INNOCENT = {("sin", "embargo"), ("plus", "tard"), ("plus", "tot")}


@pytest.mark.parametrize("code", COUNTRIES)
def test_no_word_that_is_part_of_a_booking_holds_a_negation(code: str) -> None:
    # A phrase that swallowed a "not" would let through what is denied.
    phrases = vocabulary.known()[code].phrases
    denials = {
        phrase[0]
        for phrase, said in phrases.items()
        if len(phrase) == 1 and {(Piece("not"),), (Piece("no"),)} & set(said)
    }
    bad = [
        " ".join(phrase)
        for phrase, said in phrases.items()
        if any(piece.name in _BOOKS for one in said for piece in one)
        and any(
            word in denials and not follows.isdecimal() and (word, follows) not in _INNOCENT
            for word, follows in zip(phrase, (*phrase[1:], ""), strict=True)
        )
    ]
    assert bad == []

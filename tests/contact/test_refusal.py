"""What refuses messages, what takes it back, and what only looks like it: a table of sentences."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contact.refusal.reading import Meaning, carriers, read

TABLE = tomllib.loads(Path(__file__).with_name("refusals.toml").read_text())
MEANT = [(text, kind) for kind in Meaning for text in TABLE[kind.value]]


def test_the_table_is_a_table() -> None:
    assert len(MEANT) > 300
    assert len({text for text, _ in MEANT}) == len(MEANT)


@pytest.mark.parametrize("kind", list(Meaning))
def test_of_every_sentence_it_is_said_what_it_means(kind: Meaning) -> None:
    read_otherwise = {text: read(text) for text, meant in MEANT if meant is kind}
    assert {text: said for text, said in read_otherwise.items() if said is not kind} == {}


def test_cancel_may_be_about_a_delivery_that_is_booked() -> None:
    for kind in ("unclear", "stop"):
        texts = TABLE["while_booked"][kind]
        assert {text: read(text, booked=True) for text in texts} == dict.fromkeys(texts, kind)


def test_a_bare_yes_takes_back_what_was_refused_and_else_answers_something() -> None:
    for kind in ("start", "none"):
        texts = TABLE["while_stopped"][kind]
        assert {text: read(text, stopped=True) for text in texts} == dict.fromkeys(texts, kind)
    assert read("yes") is Meaning.NONE


def test_what_twilio_answers_by_itself() -> None:
    assert carriers("Stop!") is carriers(" CANCEL ") is carriers("optout") is Meaning.STOP
    assert carriers("stop please") is carriers("ARRET") is Meaning.NONE
    assert (carriers("UNSTOP"), carriers("info")) == (Meaning.START, Meaning.HELP)


@given(
    st.sampled_from(["stop", "unsubscribe", "abmelden", "توقف", "बंद", "désabonner"]),
    st.text("!.,?-_*~()[]\"' \n\t\u200d🛑😡", max_size=6),
    st.text("!.,?-_*~()[]\"' \n\t\u200d🛑😡0123456789", max_size=6),
)
def test_signs_around_a_word_change_nothing(word: str, before: str, after: str) -> None:
    assert read(f"{before}{word} {after}") is Meaning.STOP
    assert read(f"{before}{word.upper()} {after}") is Meaning.STOP


@given(st.text(max_size=400))
def test_anything_can_be_read(text: str) -> None:
    assert read(text) in Meaning


def test_a_long_letter_that_refuses_among_other_things_is_for_a_person() -> None:
    letter = "The door is blue and the bell is broken. " * 9 + "And stop texting me."
    assert read(letter) is Meaning.UNCLEAR

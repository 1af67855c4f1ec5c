"""Every text for customers, whoever writes it: its hours, its words, what it says of doing nothing.

Texts are found by what they return, so that one which is added is held to the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest

from app import languages
from app.access import secret
from app.booking.rows import Booking, Slot
from app.cases import sample
from app.cases.model import Case, CaseKind
from app.customer.hours import hour, window
from app.customer.outlook import Otherwise
from app.decisions.model import Decision
from app.dispatch.in_vain_store import InVain
from app.languages import sms
from app.playground.catalogue.samples import arguments, booking, promise, texts
from app.promises.service import Kind, Promise
from app.questions.model import Question
from tests import wording

_HOUR = re.compile(rf"{wording.SHORT}(?:-{wording.TIME})?")


TEXTS = dict(texts())


SAID = (23, 31, 29, 27, 37, -5)
"""After how many hours is what may be said: these promises, what happens otherwise, until when a
booking can be changed, and the first call of those that were in vain."""
SAY_HOURS: dict[type, str] = {
    Promise: "a row that somebody keeps",
    Otherwise: "what the engine does without the customer; its step is the row",
    Booking: "its own hours are said beside its promise; until when it can be changed is its own",
    Slot: "an offer",
    Case: "of its hours only until when the courier holds it is said",
    InVain: "of the past",
    Question: "of its own hours none is said",
    Decision: "of the past",
}
"""What a text may be given that has hours in it, and why no other promise is needed for them."""
HOURS: set[type] = {Promise, Otherwise}
"""What an hour is said from."""


@pytest.fixture(autouse=True)
def links_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_secret", b"of these texts")


@pytest.fixture
def case() -> Case:
    """A case with hours that nobody may say, in no text of ours."""
    return sample.case()


def with_hours(hint: Any) -> set[type]:
    """Which types in this hint bring an hour along, be it deep inside of them."""
    if parts := get_args(hint):
        return set().union(*map(with_hours, parts))
    if hint is datetime:
        return {datetime}
    own = isinstance(hint, type) and hint.__module__.startswith("app.")
    deep = get_type_hints(hint).values() if own and not issubclass(hint, Enum) else ()
    return {hint} if any(map(with_hours, deep)) else set()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_is_given_an_hour_that_nobody_keeps(name: str):
    hints = get_type_hints(TEXTS[name])
    given = set().union(*(with_hours(hint) for key, hint in hints.items() if key != "now"))
    assert given <= SAY_HOURS.keys(), f"{name} can say an hour that nobody keeps: give a Promise"


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("kind", CaseKind)
def test_every_hour_said_is_promised_or_what_the_engine_will_do(name: str, kind, case: Case):
    text = TEXTS[name]
    case = replace(case, kind=kind)
    given = arguments(text, case)
    written = text(**given)
    allowed = {hour(case, promise(Kind.NEWS, said)) for said in SAID}
    allowed.add(window(case, booking(), promise(Kind.WINDOW, 43, 7)))
    if kind is CaseKind.HELD:  # the courier's own hour
        allowed.add(hour(case, promise(Kind.NEWS, 105)))
    found = set(_HOUR.findall(f"{written.subject} {written.text}"))
    assert found <= allowed


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("kind", CaseKind)
def test_without_a_promise_no_hour_of_ours_is_said(name: str, kind, case: Case):
    text = TEXTS[name]
    case = replace(case, kind=kind)
    nothing = {
        key: None
        for key, hint in get_type_hints(text).items()
        if type(None) in get_args(hint) and HOURS & set(get_args(hint))
    }
    said = text(**arguments(text, case, **nothing))
    bound = [one for key, one in arguments(text, case).items() if key not in nothing]
    hours = any(isinstance(one, tuple(HOURS)) for one in bound)
    if not hours and kind is not CaseKind.HELD:
        past = hour(case, promise(Kind.NEWS, -5))
        assert set(_HOUR.findall(said.text)) <= {past}


TO_OTHERS = {"stranger"}
"""Of `asked`: to somebody whom no case knows."""


OF_MESSAGES = ("app.customer.wanted.texts", "app.customer.understood.texts")
"""What is said there is about messages themselves, and changes nothing of what follows by itself:
an answer that we could not take, or one question back."""


@pytest.mark.parametrize(
    "name",
    [n for n in TEXTS if n.rpartition(".")[2] not in TO_OTHERS and not n.startswith(OF_MESSAGES)],
)
@pytest.mark.parametrize("kind", CaseKind)
def test_every_text_says_what_happens_if_they_do_nothing(name: str, kind, case: Case):
    case = replace(case, kind=kind)
    said = TEXTS[name](**arguments(TEXTS[name], case))
    assert any(
        phrase in said.text
        for phrase in (
            "If you don't",
            "don't have to do anything",
            "Nothing more to do",
            "If it is still there",
            "it goes back to",
            "Please collect it soon",
            "the next one gets it",
            "No need to answer",
        )
    ), said.text


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_message_stays_cheap(name: str, case: Case):
    for code, known in languages.known().items():
        case = replace(case, parcel=replace(case.parcel, language=code))
        said = TEXTS[name](**arguments(TEXTS[name], case)).text
        sent = sms.as_sent(said, code)
        if known.gsm:
            assert sms.fits(sent), "one character more doubles the price"
            assert len(sent) <= 3 * 153, f"more than three parts: {sent}"
        else:
            assert len(sent) <= 7 * 67, f"more than seven short parts: {sent}"
        assert said == " ".join(said.split(" "))
        assert said.count("http") <= 1
        assert not set("{}") & set(said)


def test_a_bookings_hour_is_said_from_its_own_promise(case: Case):
    with pytest.raises(ValueError, match="was not promised"):
        window(case, booking(), promise(Kind.WINDOW, 43, 8))

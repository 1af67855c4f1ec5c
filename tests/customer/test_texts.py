"""Every text for customers, whoever writes it: its hours, its words, what it says of doing nothing.

Texts are found by what they return, so that one which is added is held to the same.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest

import app
from app import languages
from app.access import secret
from app.booking.rows import Booking, BookingKind, BookingState, ChosenBy, Slot
from app.cases.model import Case, CaseKind, CaseState, Depot, Parcel, Shipper
from app.customer.hours import hour, window
from app.customer.outlook import Act, Otherwise
from app.customer.parts import RenderedMessage
from app.decisions.model import Choice, Decision
from app.dispatch.store import InVain
from app.languages import sms
from app.languages.language import Language
from app.promises.service import Kind, Promise, State
from app.questions.model import Question, Wants
from tests import wording

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://example.com/c/1.x"
_HOUR = re.compile(rf"{wording.SHORT}(?:-{wording.TIME})?")
Text = Callable[..., RenderedMessage]


def texts() -> Iterator[tuple[str, Text]]:
    """Every function of `app` that writes a message to a customer."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] != "texts":
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith("_")
            if own and get_type_hints(function).get("return") is RenderedMessage:
                yield f"{module.name}.{name}", function


TEXTS = dict(texts())


def promise(kind: Kind, hours: int, about: int = 0) -> Promise:
    return Promise(9, 1, kind, about, NOW + timedelta(hours=hours), NOW, State.OPEN, None, None)


def booking(kind: BookingKind = BookingKind.REDELIVERY) -> Booking:
    return Booking(
        id=7,
        case_id=1,
        round=1,
        kind=kind,
        slot_id=1 if kind is BookingKind.REDELIVERY else None,
        pickup_point_id=1 if kind is BookingKind.PICKUP else None,
        starts_at=NOW + timedelta(hours=40),
        ends_at=NOW + timedelta(hours=43),
        cutoff_at=NOW + timedelta(hours=37),
        chosen_by=ChosenBy.POLICY,
        state=BookingState.STANDING,
        sequence=0,
        created_at=NOW,
        confirmed_at=None,
        place="Corner shop",
        address="5 Katella Ave",
        hours=None,
        zone="America/Los_Angeles",
        depot_name="Anaheim depot",
    )


SAMPLES: dict[type, Any] = {
    int: 5,
    Language: languages.get(),
    bool: True,
    InVain: InVain(7, NOW - timedelta(hours=5), exhausted=True),
    datetime: NOW,
    Question: Question(
        id=3,
        case_id=1,
        text="Where is it?",
        wants=Wants.ANSWER,
        channel="sms",
        sender="+17145550199",
        asked_at=NOW,
        answer_by=NOW + timedelta(hours=107),
        keeper="Ana",
        told_at=None,
        late=0,
        goes_up=False,
        answered_at=None,
        answered_by=None,
        answer=None,
    ),
    Decision: Decision(
        id=4,
        case_id=1,
        round=1,
        asked_at=NOW,
        answer_by=NOW + timedelta(hours=109),
        asked=1,
        overdue_at=None,
        decided_at=NOW,
        decision=Choice.SEND_AGAIN,
        decided_by="shipper",
        note="",
        note_for="shipper",
    ),
}
PROMISED = {
    "news": (Kind.NEWS, 23, 0),
    "confirm": (Kind.CONFIRM, 31, 7),
    "call": (Kind.CALL, 29, 0),
    "missed": (Kind.ANSWER, 1, 3),
    "promise": (Kind.ANSWER, 27, 3),
}
"""What is promised to a text, by the name under which it gets it; else a window."""
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
    known: dict[str, Any] = {
        "id": 1,
        "kind": CaseKind.FAILED,
        "state": CaseState.INFORMED,
        "round": 1,
        "reason": "recipient_unavailable",
        "words": "Left at the shop",
        "opened_at": NOW,
        "informed_at": NOW,
        "news_by": NOW + timedelta(hours=101),
        "choose_by": NOW + timedelta(hours=103),
        "return_by": NOW + timedelta(hours=105),
        "parcel": Parcel("P1", "ORD-1", None, None, [], [], None, None, 1, None, "failed"),
        "shipper": Shipper("Hollow Oak Books", "care@example.com", "+17145550100", "US"),
        "depot": Depot("Anaheim depot", "America/Los_Angeles", None),
    }
    every: dict[str, Any] = {field.name: known.get(field.name) for field in fields(Case)}
    return Case(**every)


def arguments(text: Text, case: Case, **given: Any) -> dict[str, Any]:  # noqa: C901 - one per type
    """Something for every parameter, by its type."""
    hints = get_type_hints(text)
    del hints["return"]
    made: dict[str, Any] = {}
    for name, hint in hints.items():
        types = set(get_args(hint) or [hint])
        if name in given:
            made[name] = given[name]
        elif Promise in types:
            of, hours, about = PROMISED.get(name, (Kind.WINDOW, 43, 7))
            made[name] = promise(of, hours, about)
        elif get_origin(hint) is Sequence:
            made[name] = []
        elif Otherwise in types:
            made[name] = Otherwise(Act.BOOK, NOW + timedelta(hours=31))
        elif Case in types:
            made[name] = case
        elif Slot in types:
            starts, ends, cutoff = (NOW + timedelta(hours=hours) for hours in (40, 43, 37))
            made[name] = Slot(1, 1, starts, ends, cutoff, 3, 1)
        elif Booking in types:
            made[name] = booking()
        elif found := [one for kind, one in SAMPLES.items() if kind in types]:
            (made[name],) = found
        elif str in types:
            made[name] = URL if name == "url" else "as they wrote it"
        else:
            pytest.fail(f"{name}: give a sample of {hint}")
    return made


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


TO_OTHERS = {"by_staff", "not_received", "stranger"}
"""Of `asked`: to a dispatcher, to the shipper, and to somebody whom no case knows."""


OF_MESSAGES = "app.customer.wanted.texts"
"""What is said there is about messages themselves, and about no parcel's next step."""


@pytest.mark.parametrize(
    "name",
    [n for n in TEXTS if n.rpartition(".")[2] not in TO_OTHERS and OF_MESSAGES not in n],
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

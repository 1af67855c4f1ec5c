"""Every text for somebody, found by what it returns, and something to say in each.

A text that is added is shown and tested without being named anywhere.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

import app
from app import languages
from app.booking.rows import Booking, BookingKind, BookingState, ChosenBy, Slot
from app.cases import sample
from app.cases.model import Case
from app.customer.outlook import Act, Otherwise
from app.customer.parts import RenderedMessage
from app.customer.understood.lists import Listed
from app.decisions.model import Choice, Decision
from app.dispatch.in_vain_store import InVain
from app.gestures.model import Gift
from app.gestures.model import Kind as GiftKind
from app.languages.language import Language
from app.promises.service import Kind, Promise, State
from app.questions.model import Question, Wants

NOW = sample.AT
URL = "https://example.com/c/1.x"
Text = Callable[..., RenderedMessage]


def texts(returns: type = RenderedMessage) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of `app` that writes such a message, to a customer unless another is named."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.rpartition(".")[2] != "texts":
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith("_")
            if own and get_type_hints(function).get("return") is returns:
                yield f"{module.name}.{name}", function


def promise(kind: Kind, hours: int, about: int = 0) -> Promise:
    """An hour that was promised, so long from then."""
    return Promise(9, 1, kind, about, NOW + timedelta(hours=hours), NOW, State.OPEN, None, None)


def booking(kind: BookingKind = BookingKind.REDELIVERY) -> Booking:
    """What is booked."""
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
    Gift: Gift(GiftKind.VOUCHER, 500, "EUR", "7K4P-22QX"),
    Language: languages.get(),
    bool: True,
    Listed: Listed(["slot:1", "slot:2"], "1 = 09:00-12:00; 2 = 17:00-20:00"),
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
    "promised": (Kind.ANSWER, 27, 3),
}
"""What is promised to a text, by the name under which it gets it; else a window."""


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
            raise LookupError(f"{name}: give a sample of {hint}")
    return made

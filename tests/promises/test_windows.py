"""Whose word was broken when a booking does not come true, and how each of them is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.access import links
from app.db.connection import connection
from app.insight import figures, figures_store
from app.promises import service as promises
from app.settings import Settings
from tests.application import create_app
from tests.dispatch.test_words import forget_to_look
from tests.inline import advance
from tests.pages.reading import text
from tests.play import Play
from tests.promises.test_promises import web_case


def until(play: Play, case_id: int, minutes: int = 0, *, end: bool = False) -> None:
    """So many minutes after the booked window began, or ended."""
    slot = next(slot for slot in play.options(case_id).slots if slot.taken)
    at = slot.ends_at if end else slot.starts_at
    advance(seconds=(at - clock.now()).total_seconds() + 60 * minutes)


@pytest.mark.parametrize(
    ("minutes", "end", "state"),
    [(5, False, "kept"), (-60, False, "released"), (30, True, "broken")],
)
def test_who_stands_at_a_closed_door_kept_the_window_they_came_in(
    play: Play, settings: Settings, minutes: int, end: bool, state: str
) -> None:
    case_id = play.courier()
    play.choose(case_id)
    until(play, case_id, minutes, end=end)
    play.courier(reason="recipient_unavailable")
    assert told(settings, case_id) == ("broken", "tried", "window", state)
    assert play.tasks(case_id)[-1] == ("promise", "open")
    call = play.messages(case_id, audience="dispatcher")[-1]["text"]
    assert call.startswith("Delivery failed again: ORD-P1. The courier came")
    page = (
        create_app(settings)
        .test_client()
        .get(f"/t/{links.make('task', play.task(case_id).id, play.world.people['Ana'])}")
    )
    assert "Delivery failed again" in text(page.text)
    assert "The courier came and could not hand it over." in text(page.text)


def test_a_courier_who_says_that_nobody_went_there_broke_it(play: Play, settings: Settings) -> None:
    case_id = play.courier()
    play.choose(case_id)
    until(play, case_id, 5)
    play.courier(reason="not_attempted")
    assert told(settings, case_id) == ("broken", "not_there", "window", "broken")


def test_what_nobody_came_for_or_said_yes_to_broke_no_window(
    play: Play, settings: Settings
) -> None:
    asked = play.courier(parcel="ASKED")
    play.choose(asked, confirmed=False)
    forget_to_look(asked)
    advance(seconds=(play.news_by(asked) - clock.now()).total_seconds())
    assert told(settings, asked) == ("broken", "not_confirmed", "window", "released")
    gone = play.courier(parcel="GONE")
    play.choose(gone)
    advance(seconds=(play.news_by(gone) - clock.now()).total_seconds())
    assert told(settings, gone) == ("broken", "not_there", "window", "broken")
    shelf = play.courier(parcel="SHELF")
    play.choose(shelf, play.options(shelf).pickup_points[0].choice)
    advance(seconds=(play.news_by(shelf) - clock.now()).total_seconds())
    assert told(settings, shelf)[:2] == ("broken", "not_collected")
    now = clock.now()
    read = figures.read(
        connection(), figures_store.Whose(), now - timedelta(days=30), now + timedelta(days=1)
    )
    of = {row.kind: row for row in read.promised}
    assert of["window"].broken == 1
    assert of["ready"].broken == 0
    assert of["confirm"].broken >= 1, "that nobody confirmed is a broken word of its own"


def told(settings: Settings, case_id: int) -> tuple[str, str, str, str]:
    """What the API says of the booking, and of the hour it promised."""
    shown = web_case(create_app(settings).test_client(), case_id)
    hours = [p for p in promises.of_case(connection(), case_id) if p.about and p.kind != "confirm"]
    return shown["booking"]["state"], shown["booking"]["missed"], hours[-1].kind, hours[-1].state

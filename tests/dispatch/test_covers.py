"""Somebody asks for cover and one of the others takes it; holes are told while there is time."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from app import clock
from app.db.connection import connection, transaction
from app.directory import store as directory
from app.directory.changes import ITSELF
from app.directory.rotas import service as rotas
from app.directory.rotas import standing_in
from app.directory.rotas import store as rotas_store
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Handover, Shift
from app.directory.rotas.rules import on_duty
from app.dispatch.oncall import covers
from app.errors import Problem
from tests.application import create_app
from tests.dispatch.rotas import ZONE
from tests.inline import advance, settle
from tests.pages.reading import text
from tests.play import Play

TURNS = Handover(date(2036, 5, 5), time(9), 7)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def a_rota(*shifts: Shift, covers: str = "shifts") -> None:
    with transaction() as conn:
        settings = Settings("Nights", ZONE, TURNS, covers)
        rotas.put(conn, "nights", "anaheim", settings, shifts, ITSELF, clock.now())


def told(play: Play) -> list[tuple[str, str]]:
    """`(address, text)` of what was sent about rotas, oldest first."""
    settle()
    return [
        (row["recipient"], row["text"])
        for row in connection().execute(
            """SELECT recipient, text FROM messages JOIN message_words ON message_id = id
                WHERE topic = 'rota' AND state = 'delivered' ORDER BY id"""
        )
    ]


def duty(play: Play, hours: float = 0) -> list[str]:
    at = clock.now() + hours * HOUR
    with transaction() as conn:
        known = rotas.read(conn, "nights", at, at)
    return [known.people[one].name for one in on_duty(known.rota, at)]


@pytest.fixture
def all_day(play: Play) -> Play:
    """Ana is on duty; Ben and Cleo take part on Sundays."""
    people = play.world.people
    sundays = frozenset({7})
    a_rota(
        Shift(0, frozenset(range(1, 7)), time(0), time(0), (people["Ana"],)),
        Shift(0, sundays, time(0), time(0), (people["Ben"], people["Cleo"])),
    )
    return play


def ask(play: Play, name: str = "Ana") -> int:
    now = clock.now()
    nine = now.replace(minute=0, second=0, microsecond=0)
    with transaction() as conn:
        person = directory.person(conn, play.world.people[name])
        assert person
        return covers.ask(conn, "nights", person, nine + HOUR, nine + 3 * HOUR, now)


def test_the_others_are_asked_and_who_is_first_has_it(all_day: Play, settings):
    assert ask(all_day) == 2
    asked = told(all_day)
    assert [to for to, _ in asked] == ["+17145554102", "+17145554103", "cleo@example.com"]
    assert "Ana asks for cover: Nights, Tue 6 May, 10:00 – 12:00. Can you take it?" in asked[0][1]
    client = create_app(settings).test_client()
    bens, cleos = (re.findall(r"/o/\S+", words)[0] for _, words in asked[:2])
    assert "Can you take it?" in text(client.get(bens).text)
    assert duty(all_day, 2) == ["Ana"]  # looking changes nothing
    assert client.post(bens).status_code == 303
    assert "It is yours. Thank you!" in text(client.get(bens).text)
    late = client.post(cleos)
    assert "Ben has it" in text(client.get(late.location).text)
    assert [duty(all_day, hours) for hours in (0.5, 2, 3.5)] == [["Ana"], ["Ben"], ["Ana"]]
    assert told(all_day)[-1] == (
        "+17145554101",
        "Ben covers for you: Nights, Tue 6 May, 10:00 – 12:00. You need not do anything more.",
    )
    assert client.get("/o/1-1.forged").status_code == 404
    with transaction() as conn:
        directory.remove_person(conn, all_day.world.people["Ben"], clock.now())
    assert client.get(bens).status_code == 404


def test_cover_that_cannot_be_given_is_not_asked_for(all_day: Play, settings):
    for name, why in (("Ben", "not on duty then"), ("Ana", None), ("Ana", "asked for this")):
        if why:
            with pytest.raises(Problem, match=why):
                ask(all_day, name)
        else:
            ask(all_day, name)
    link = re.findall(r"/o/\S+", told(all_day)[0][1])[0]
    advance(hours=4)
    client = create_app(settings).test_client()
    assert client.post(link).status_code == 409
    assert "This shift is over" in text(client.get(link).text)


def watch() -> int:
    with transaction() as conn:
        return covers.watch(conn, clock.now())


def test_a_hole_is_told_seven_and_two_days_ahead_to_who_can_mend_it(play: Play):
    ana = play.world.people["Ana"]
    a_rota(Shift(0, frozenset(range(1, 8)), time(20), time(6), (ana,)))
    since = clock.now() + 9 * DAY
    with transaction() as conn:
        standing_in.override(conn, "nights", since, since + DAY, None, ana, ITSELF, clock.now())
    assert (watch(), told(play)) == (0, [])
    advance(days=3)
    assert (watch(), watch()) == (1, 0)
    words = (
        "Nights at Anaheim depot: nobody is on duty. Thu 15 May, 20:00 – 06:00. "
        "Please find somebody: "
    )
    assert [to for to, _ in told(play)] == ["+17145554103", "cleo@example.com"]  # in charge
    assert told(play)[0][1].startswith(words)
    assert told(play)[0][1].endswith("/console/rotas/nights")
    advance(days=5)
    assert (watch(), watch()) == (1, 0)
    assert len(told(play)) == 4


def test_cover_that_nobody_took_is_told_like_a_hole(all_day: Play):
    ask(all_day)
    assert watch() == 1
    assert "Tue 6 May, 10:00 – 12:00 (Ana asked for cover)" in told(all_day)[-1][1]


def test_a_calendar_is_read_on_before_it_ends(play: Play):
    a_rota()
    event = "SUMMARY:Ben\nDTSTART:20360506T150000Z\nDTEND:20360506T230000Z\nRRULE:FREQ=DAILY\n"
    calendar = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n{event}END:VEVENT\nEND:VCALENDAR"
    with transaction() as conn:
        rotas.import_calendar(conn, "nights", calendar, ITSELF, clock.now())
    watch()
    before = known().read_until
    clock.advance(100 * DAY)
    watch()
    after = known().read_until
    assert before
    assert after
    assert after - before > 99 * DAY


def known() -> rotas_store.Known:
    now = clock.now()
    with transaction() as conn:
        return rotas.read(conn, "nights", now, now)

"""The list of a depot's day: what is on it, how it leaves, and what changes after it was taken."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from app import clock
from app.access import links
from app.db.connection import connection, transaction
from app.dispatch.days import rules, store
from app.shipments.corrections import service as corrections
from app.shipments.corrections.rules import Place
from tests import messages
from tests.inline import advance
from tests.pages import audits, axe
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

HERE = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def ana(client, play):
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"], name="Ana"))
    return client


def first(sql: str, *values: Any) -> Any:
    """The only value that a query finds."""
    row = connection().execute(sql.encode(), values).fetchone()
    assert row is not None
    return next(iter(row.values()))


def said_in(html: str, pattern: str) -> str:
    found = re.search(pattern, html)
    assert found
    return found[1]


def events(answer: Any) -> list[Any]:
    return [*Calendar.from_ical(answer.data).walk("VEVENT")]


def shown(html: str) -> dict[str, str]:
    """What the form says that remembers the list as it was looked at."""
    return {name: said_in(html, rf'name="{name}" value="([^"]*)"') for name in ("at", "ids")}


def booked(play, parcel="P1", choice="", *, confirmed=True):
    """By default for the morning of the first day that has one."""
    case_id = play.courier(parcel=parcel)
    play.acknowledge(case_id)
    slots = play.options(case_id).slots
    mornings = [slot.choice for slot in slots if slot.starts_at.astimezone(HERE).hour == 9]
    play.choose(case_id, choice or mornings[0], confirmed=confirmed)
    return case_id


def day_of(case_id):
    sql = "SELECT starts_at FROM bookings WHERE case_id = %s ORDER BY id DESC LIMIT 1"
    return first(sql, case_id).astimezone(HERE).date()


def address(day):
    return f"/console/days/anaheim/{day}"


def taken(client, day):
    """The list is printed, as its button does it without JavaScript."""
    html = client.get(address(day)).text
    return client.post(address(day), data={"csrf_token": token(html), **shown(html)})


def told():
    sql = """SELECT text, packed, recipient FROM messages JOIN message_words ON message_id = id
              WHERE topic = 'day_list' ORDER BY id"""
    return [(row["text"], row["recipient"]) for row in messages.said(sql)]


def directions(case_id, words):
    sql = """UPDATE shipments SET directions = %s
              WHERE id = (SELECT shipment_id FROM cases WHERE id = %s)"""
    with transaction() as conn:
        conn.execute(sql, [words, case_id])


def test_the_list_says_all_that_a_driver_needs(ana, play):
    case_id = booked(play, confirmed=False)
    directions(case_id, "Gate code 4711, neighbour at 12")
    day = day_of(case_id)
    said = text(ana.get(address(day)).text)
    assert "1 to deliver, 0 to be collected, 1 not confirmed" in said
    for words in ("09:00–12:00", "ORD-P1", "Kim Doe", "Gate code 4711, neighbour at 12"):
        assert words in said
    assert "1 Elm St" in said
    assert "+1 714" in said
    play.answer(case_id, "confirmed")
    assert "Confirmed" in text(ana.get(address(day)).text)
    assert "Nothing is planned" in text(ana.get(address(day + timedelta(days=400))).text)


def test_a_parcel_is_on_the_list_as_long_as_it_waits_to_be_collected(ana, play):
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id, play.options(case_id).pickup_points[0].choice)
    day = day_of(case_id)
    for later in (0, 2):
        said = text(ana.get(address(day + timedelta(days=later))).text)
        assert "Corner shop to be collected: 1" in said
    assert "Corner shop" not in text(ana.get(address(day - timedelta(days=1))).text)
    assert "Corner shop" not in text(ana.get(address(day + timedelta(days=6))).text)


def test_who_may_see_it_and_where_it_is_found(ana, client, play):
    assert client.get("/console/days").headers["Location"].startswith("/console/days/anaheim/20")
    wanted = client.get("/console/days?depot=anaheim&date=2026-11-28").headers["Location"]
    assert wanted == address("2026-11-28")
    assert 'href="/console/days"' in ana.get("/console").text
    for odd in ("/console/days/nowhere/2026-11-28", address("someday"), address("0001-01-01")):
        assert ana.get(odd).status_code == 404
    other = client.application.test_client()
    for ending in ("", ".csv", ".ics"):
        assert other.get(f"{address('2026-11-28')}{ending}").status_code == 303
    sign_in(other, make_key("shipper", shipper_id=play.world.shipper_id))
    for ending in ("", ".csv", ".ics"):
        assert other.get(f"{address('2026-11-28')}{ending}").status_code == 403


def test_a_spreadsheet_gets_cells_and_no_formulas(ana, play):
    case_id = booked(play)
    directions(case_id, '=HYPERLINK("http://x")')
    answer = ana.get(f"{address(day_of(case_id))}.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row["order"] == "ORD-P1"
    assert row["state"] == "Confirmed"
    assert row["from"].endswith("09:00")
    assert row["instructions"] == '\'=HYPERLINK("http://x")'
    assert row["phone"].startswith("'+1")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_what_begins_like_a_formula_is_defused(begin):
    assert rules.defused(f"{begin}1") == f"'{begin}1"
    assert rules.defused(f"1{begin}") == f"1{begin}"


def test_a_calendar_follows_a_depot_by_a_link_that_names_nobody_and_can_be_ended(ana, client, play):
    one = booked(play, "P1")
    second = booked(play, "P2", confirmed=False)
    day = day_of(one)
    assert day == day_of(second)
    page = ana.get(address(day)).text
    feed = said_in(page, r"(/console/days/anaheim/coming\.ics\?token=[^<]+)<")
    (both,) = events(ana.get(f"{address(day)}.ics"))
    stranger = client.application.test_client()
    raw = stranger.get(feed)
    assert raw.status_code == 200
    assert "Kim" not in raw.text
    assert "ORD-" not in raw.text
    (event,) = events(raw)
    assert event["SUMMARY"] == "2 deliveries, 1 not confirmed" == both["SUMMARY"]
    assert event["STATUS"] == "TENTATIVE"
    assert event["DTSTART"].dt.astimezone(HERE).hour == 9
    play.answer(second, "confirmed")
    (event,) = events(stranger.get(feed))
    assert event["STATUS"] == "CONFIRMED"

    depot = play.world.depot_id
    for forged in (
        feed + "x",
        feed[:-3],
        f"{feed.partition('=')[0]}={links.make('case', depot, 1)}",
    ):
        assert stranger.get(forged).status_code == 404
    other = links.make("days", depot + 1, 1)
    assert stranger.get(f"{address('coming')}.ics?token={other}").status_code == 404
    assert stranger.get(f"{address(day)}.ics").status_code == 303
    ana.post(address(day), data={"csrf_token": token(page), "act": "feed"})
    assert stranger.get(feed).status_code == 404
    again = said_in(ana.get(address(day)).text, r"(/console/days/anaheim/coming[^<]+)<")
    assert stranger.get(again).status_code == 200


def test_what_changes_after_the_list_was_taken_is_on_top_and_the_depot_is_told_once(ana, play):
    """`booking_changes_day_list` and `tell_of_day_list` arm the step that tells."""
    moved, off = booked(play, "P1"), booked(play, "P2")
    day = day_of(moved)
    advance(minutes=10)
    assert told() == [], "nobody has taken the list"
    taken(ana, day)
    said = text(ana.get(address(day)).text)
    assert "took this list at" in said
    assert "nothing has changed since" in said

    last = play.options(moved).slots[-1]
    play.choose(moved, last.choice)
    play.close(off, "refunded")
    new = booked(play, "P3", f"slot:{slot_of(off)}")
    assert day_of(new) == day
    said = text(ana.get(address(day)).text)
    top = said[said.index("Changed since") : said.index("09:00–12:00 to deliver")]
    assert re.search(r"ORD-P1, Kim Doe moved to \w{3} \d+ \w{3}, 13:00–17:00", top)
    assert "ORD-P2, Kim Doe is off" in top
    assert "ORD-P3, Kim Doe is new: 09:00–12:00" in top
    assert "new since" in said[said.index("09:00–12:00 to deliver") :]
    ana.get(f"{address(day)}.csv")  # whoever wants a table does not make the printed list anew
    assert "ORD-P2, Kim Doe is off" in text(ana.get(address(day)).text)
    assert told() == [], "what follows at once is told with it"
    advance(minutes=4)
    ((words, recipient),) = told()
    assert recipient == "+17145554101", "the first level"
    assert "ORD-P1 (09:00–12:00) moved to" in words
    assert "ORD-P2 (09:00–12:00) is off" in words
    assert "ORD-P3 (09:00–12:00) is new" in words
    assert f"/console/days/anaheim/{day}" in words
    assert "Kim" not in words
    advance(minutes=10)
    assert len(told()) == 1
    play.close(new, "refunded")
    advance(minutes=4)
    assert "ORD-P3 (09:00–12:00) is off" in told()[-1][0]
    assert len(told()) == 2
    taken(ana, day)
    assert "nothing has changed since" in text(ana.get(address(day)).text)


def slot_of(case_id):
    return first("SELECT slot_id FROM bookings WHERE case_id = %s", case_id)


def test_what_changed_between_looking_and_printing_is_news(ana, play):
    one = booked(play, "P1")
    day = day_of(one)
    html = ana.get(address(day)).text
    form = shown(html)
    advance(minutes=5)
    booked(play, "P2")
    odd = {"ids": form["ids"] + ",x,-1,99999999999999999999,4711"}
    ana.post(address(day), data={"csrf_token": token(html), **form, **odd})
    assert "ORD-P2, Kim Doe is new" in text(ana.get(address(day)).text)


def test_other_directions_after_the_list_was_taken_are_called_out(ana, play):
    """`correction_changes_day_list` arms the step that tells."""
    case_id = booked(play)
    day = day_of(case_id)
    ana.get(f"{address(day)}.csv")
    advance(minutes=1)
    shipment = play.case(case_id).shipment_id
    corrections.correct(shipment, Place(directions="Blue door"), "Ben", clock.now())
    said = text(ana.get(address(day)).text)
    assert "ORD-P1, Kim Doe has other directions or another address" in said
    assert "Blue door" in said
    assert "corrected since" in said
    advance(minutes=4)
    ((words, _),) = told()
    assert "has other directions" in words
    assert "Blue door" not in words


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)],
)
def test_a_day_is_the_depots_own_also_when_its_clocks_change(day, hours):
    bounds = rules.bounds(day, "America/Los_Angeles")
    assert bounds.until - bounds.since == timedelta(hours=hours)
    assert bounds.since.astimezone(HERE) == datetime(day.year, day.month, day.day, tzinfo=HERE)
    assert rules.bounds(day + timedelta(days=1), "America/Los_Angeles").since == bounds.until


def test_a_late_window_is_on_the_depots_day_and_not_on_utcs(ana, play):
    case_id = booked(play)
    late = datetime(2036, 11, 2, 23, 30, tzinfo=HERE).astimezone(UTC)
    assert late.date() == date(2036, 11, 3)
    with transaction() as conn:
        conn.execute(
            "UPDATE slots SET starts_at = %s, ends_at = %s, cutoff_at = %s WHERE id = %s",
            [late, late + timedelta(minutes=20), late, slot_of(case_id)],
        )
        conn.execute(
            "UPDATE bookings SET starts_at = %s, ends_at = %s WHERE case_id = %s",
            [late, late + timedelta(minutes=20), case_id],
        )
        rows = store.rows(conn, play.world.depot_id, *rules.bounds(date(2036, 11, 3), HERE.key))
        assert rows == []
    assert "23:30–23:50" in text(ana.get(address("2036-11-02")).text)


@pytest.mark.browser
def test_on_a_phone_and_on_paper(play, env, browser, tmp_path):
    """Printing is remembered however it is done: the browser says so before it begins."""
    cases = [booked(play, f"P{n}") for n in range(3)]
    directions(cases[0], "Leave it with the porter on the second floor, the lift is on the left")
    day = day_of(cases[0])
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, make_key("dispatcher", name="Ana"), "/console")
        browser.open(web + address(day))
        assert browser.ask("document.documentElement.scrollWidth") == 390
        for dark in (False, True):
            browser.size(390, 844, dark=dark)
            browser.until("document.getAnimations().length === 0")
            assert browser.ask(audits.SMALL_TARGETS) == []
            assert axe.violations(browser) == []
        assert first("SELECT count(*) FROM day_lists") == 0
        sheet = tmp_path / "list.pdf"
        browser.page.pdf(path=sheet, prefer_css_page_size=True)
        assert re.findall(rb"/Count (\d+)", sheet.read_bytes()) == [b"1"]
        browser.open(web + address(day))
        browser.until("document.body.innerText.includes('Ana took this list at')")
        assert browser.log == []
    assert sorted(first("SELECT seen FROM day_lists")) == sorted(
        first("SELECT id FROM bookings WHERE case_id = %s", case_id) for case_id in cases
    )

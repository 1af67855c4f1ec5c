"""Who is called and who is on duty, on pages: asked for any moment, taken at one tap, changed."""

from __future__ import annotations

import os
import re
from datetime import date, time, timedelta
from itertools import product
from typing import Any

import pytest
from icalendar import Calendar

from app import clock
from app.db.connection import transaction
from app.directory.changes import ITSELF
from app.directory.rotas import service as rotas
from app.directory.rotas.edit_store import Settings
from app.directory.rotas.model import Covers, Handover, Shift
from tests.pages import audits, axe
from tests.pages.forms import filled_in
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

LADDER = "/console/oncall/anaheim/ladder"


@pytest.fixture
def ben(client, play):
    """Ben, who is a supervisor."""
    sign_in(client, make_key("supervisor", person_id=play.world.people["Ben"], name="Ben"))
    return client


def send(client, address: str, **form):
    html = client.get(address).text
    said = {"csrf_token": token(html), **form}
    answer = client.post(address, data=said)
    assert answer.status_code == 303, text(answer.text)
    return answer, text(client.get(answer.location).text)


def form_of(client, slug: str) -> dict[str, str]:
    """What the form of an empty rota says."""
    now = clock.now()
    with transaction() as conn:
        known = rotas.read(conn, slug, now, now)
    return {
        "act": "change",
        "version": str(known.version),
        "name": known.rota.name,
        "zone": known.rota.zone,
        "handover_from": f"{known.rota.handover.first}",
        "handover_at": "09:00",
        "handover_days": "7",
        "covers": "always",
    }


def a_shift(row: int, people: str, starts: str = "00:00", ends: str = "00:00", days="1234567"):
    return {
        f"days-{row}": list(days),
        f"starts-{row}": starts,
        f"ends-{row}": ends,
        f"people-{row}": people,
    }


def test_a_rota_is_made_filled_and_taken_at_one_tap(ben):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Night shift")
    assert made.location == "/console/rotas/night-shift"
    form = form_of(ben, "night-shift")
    _, said = send(ben, made.location, **form, **a_shift(0, "ana, Ben"))
    assert "The rota is changed." in said
    assert "On duty: Ana until" in said
    _, said = send(ben, made.location, **form, **a_shift(0, "Ana"))
    assert "Somebody changed this rota while you had it open" in said
    _, said = send(
        ben,
        "/console/oncall/anaheim",
        act="take",
        rota="night-shift",
        until=(clock.now() + timedelta(hours=3)).isoformat(),
    )
    assert "You have it until today at 12:00." in said
    assert "On duty: Ben until" in said
    later = (clock.now() + timedelta(days=1)).astimezone()
    _, said = send(
        ben,
        made.location,
        act="stand_in",
        of="",
        person="",
        starts=f"{later:%Y-%m-%dT%H:%M}",
        ends=f"{later + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    )
    assert "Say who is on duty, or who is away." in said
    page = text(ben.get(made.location).text)
    assert "gave Tuesday 6 May, 09:00–12:00 to Ben" in page.replace("\n", " ")
    assert "Nights and calls of the last four weeks" in page


def test_two_people_swap_their_nights_on_the_page(ben):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Nights")
    turns = a_shift(0, "Ana", "20:00", "23:00", "135") | a_shift(1, "Ben", "20:00", "23:00", "246")
    send(ben, made.location, **form_of(ben, "nights"), **turns)
    offered = re.findall(r'<option value="(\d+ [\d-]+ \d+)">([^<]+)', ben.get(made.location).text)
    (first, said), (second, _) = offered[0], offered[1]
    assert said.endswith(", Ben")  # it is a Tuesday morning
    _, page = send(ben, made.location, act="swap", shift=first, in_return=second)
    assert "They are swapped." in page
    rows = re.findall(r"20:00 – 23:00\s*(\w+)\s*(swapped)?", page)
    assert rows[:2] == [("Ana", "swapped"), ("Ben", "swapped")]
    _, page = send(ben, made.location, act="swap", shift=first, person=first.split()[2])
    assert "It is swapped." in page  # Ben has his own shift again
    assert re.findall(r"20:00 – 23:00\s*(\w+)\s*(swapped)?", page)[0] == ("Ben", "")
    for wrong in ({"shift": "x"}, {"shift": first}, {"shift": first.replace("2036", "2035")}):
        _, page = send(ben, made.location, act="swap", **wrong)
        assert "Say which shift" in page
    _, page = send(ben, made.location, act="swap", shift=first.replace("36-", "37-"), person="1")
    assert "There is no such shift on 2037" in page


def test_what_a_form_cannot_mean_is_said_and_nothing_changes(ben):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Days")
    form = form_of(ben, "days")
    for wrong, why in (
        (a_shift(0, "Nobody Known"), "There is nobody called 'Nobody Known'"),
        (a_shift(0, "Ana", starts="soon"), "Each shift needs a beginning and an end."),
        (a_shift(0, "Ana", days=""), "Each shift needs a day of the week."),
        ({"zone": "Mars/Base"}, "There is no time zone"),
        ({"handover_days": "0"}, "turns last between 1 and 366 days"),
        ({"handover_from": "soon"}, "Say from which day"),
    ):
        _, said = send(ben, made.location, **{**form, **wrong})
        assert why in said
    empty = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR"
    _, said = send(ben, made.location, act="import", calendar=empty)
    assert "Line 2: this event does not say when it begins" in said
    said = {"csrf_token": token(ben.get(made.location).text), "act": "drop", "id": "4711"}
    assert ben.post(made.location, data=said).status_code == 404


def test_the_page_answers_for_another_moment_and_names_holes(ben):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Nights")
    send(ben, made.location, **form_of(ben, "nights"), **a_shift(0, "Ana", "20:00", "06:00"))
    ladder = filled_in(ben.get(LADDER).text, LADDER)
    ladder |= {"rotas-0": ["nights"], "people-0": [], "minutes-0": ["5"]}
    ladder |= {"way-0-0": ["sms"], "within-0-0": ["2"], "tries-0-0": ["2"], "do": ["save"]}
    _, said = send(ben, LADDER, **ladder)
    assert "The ladder is changed." in said
    page = text(ben.get("/console/oncall/anaheim?at=2036-05-07T03:00").text)
    assert "If a delivery fails then" in page
    assert "03:00Ana level 1 (Nights), by text" in " ".join(page.split())
    assert "Nights: nobody is on duty in the next seven days" in " ".join(page.split())
    assert ben.get("/console/oncall/nowhere").status_code == 404
    assert ben.get("/console/oncall").location == "/console/oncall/anaheim"


def test_a_rota_on_other_clocks_says_whose_hours_these_are(ben, play):
    known = play.world.people
    with transaction() as conn:
        turns = Handover(clock.now().date(), time(9), 7)
        far = Settings("Overseas", "Asia/Kathmandu", turns, Covers.ALWAYS)
        shift = Shift(0, frozenset({1}), time(8), time(20), (known["Ana"],))
        rotas.put(conn, "far", "anaheim", far, [shift], ITSELF, clock.now())
        near = Settings("Near", "America/Los_Angeles", turns, Covers.SHIFTS)
        rotas.put(conn, "near", "anaheim", near, [shift], ITSELF, clock.now())
    said = text(ben.get("/console/oncall/anaheim").text)
    assert said.count("Its hours are those of") == 1
    assert "Its hours are those of Asia/Kathmandu." in said
    assert "in the next seven days at (Asia/Kathmandu)" in said


def test_the_calendar_is_the_final_schedule_and_its_link_can_be_ended(ben, client):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Feed")
    send(ben, made.location, **form_of(ben, "feed"), **a_shift(0, "Ana"))
    until = (clock.now() + timedelta(hours=3)).isoformat()
    send(ben, made.location, act="take", until=until)
    html = ben.get(made.location).text
    address = html.split('<code class="link">')[1].split("</code>")[0]
    path = address[address.index("/rotas/") :]
    answer = client.application.test_client().get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar: Any = Calendar.from_ical(answer.data)
    assert calendar["X-WR-CALNAME"] == "Feed"
    now = clock.now()
    running = [e for e in calendar.walk("VEVENT") if e["DTSTART"].dt <= now < e["DTEND"].dt]
    assert [event["SUMMARY"] for event in running] == ["Ben"]
    send(ben, made.location, act="feed")
    assert client.application.test_client().get(path).status_code == 404
    assert client.application.test_client().get("/rotas/feed.ics?token=x").status_code == 404


def test_a_dispatcher_takes_and_stands_in_and_changes_no_shifts(ben, client, play):
    made, _ = send(ben, "/console/oncall/anaheim", act="make", name="Mine")
    form = form_of(ben, "mine") | a_shift(0, "Ben")
    send(ben, made.location, **form)
    client = client.application.test_client()
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Ana"], name="Ana"))
    page = client.get(made.location).text
    assert "Save the shifts" not in page
    _, said = send(client, made.location, **form)
    assert "Only a supervisor" in said
    _, said = send(client, made.location, act="import")
    assert "Only a supervisor" in said
    until = (clock.now() + timedelta(hours=1)).isoformat()
    _, said = send(client, made.location, act="take", until=until)
    assert "On duty: Ana until" in said
    ids = [one.id for one in read("mine").rota.overrides]
    _, said = send(client, made.location, act="drop", id=str(ids[0]))
    assert "On duty: Ben until" in said


def read(slug: str):
    now = clock.now()
    with transaction() as conn:
        return rotas.read(conn, slug, now, now)


def a_rota_is_edited_at_a_desk(browser, web):
    browser.size(1280, 800)
    browser.open(web + "/console/oncall/anaheim")
    browser.page.fill("[name=name]", "Days")
    browser.click("button[value=make]")
    browser.until("location.pathname === '/console/rotas/days'")
    for row, days, people in ((0, "135", "Ana"), (1, "24", "Cleo")):
        for day in days:
            browser.click(f"label:has([name=days-{row}][value='{day}'])")
        browser.page.fill(f"[name=starts-{row}]", "20:00")
        browser.page.fill(f"[name=ends-{row}]", "06:00")
        browser.page.fill(f"[name=people-{row}]", people)
    browser.click("button[value=change]")
    browser.until("document.body.innerText.includes('The rota is changed.')")
    browser.click("summary:has-text('Somebody stands in')")
    browser.page.select_option("[name=person]", label="Ben")
    later = clock.now() + timedelta(days=2)
    browser.page.fill("[name=starts]", f"{later:%Y-%m-%dT12:00}")
    browser.page.fill("[name=ends]", f"{later:%Y-%m-%dT13:00}")
    browser.click("button[value=stand_in]")
    browser.until("document.body.innerText.includes('It is in the schedule')")
    said = text(browser.page.content())
    assert "Ben stands in" in said
    assert "12:00–13:00 to Ben" in said


def test_on_a_phone_in_both_colours_and_without_scripts(play, env, browser, tmp_path):
    ben = play.world.people["Ben"]
    with transaction() as conn:
        turns = Handover(date(2036, 5, 5), time(9), 7)
        settings = Settings("Night shift", "America/Los_Angeles", turns, "always")
        night = Shift(0, frozenset(range(1, 8)), time(20), time(6), (ben,))
        rotas.put(conn, "nights", "anaheim", settings, [night], ITSELF, clock.now())
    with serving({**env, "PORT": str(free_port())}) as web:
        key = make_key("supervisor", person_id=ben, name="Ben")
        pages = ("/console/oncall/anaheim", "/console/rotas/nights")
        for scripts, path in product((True, False), pages):
            browser.script(enabled=scripts)
            sign_in_with(browser, web, key, "/console")
            browser.open(web + path)
            for summary in browser.page.query_selector_all("details:not([open]) > summary"):
                summary.click()
            for width, dark in ((360, False), (390, True), (1280, False)):
                browser.size(width, 844, dark=dark)
                browser.until("document.getAnimations().length === 0")
                assert browser.ask("document.documentElement.scrollWidth") == width
                assert browser.ask(audits.SMALL_TARGETS) == []
                assert not scripts or axe.violations(browser) == []
                if place := os.environ.get("PICTURES"):
                    name = f"{path.rsplit('/', 2)[1]}-{width}-{dark}.png"
                    browser.page.screenshot(path=f"{place}/{name}", full_page=True)
        a_rota_is_edited_at_a_desk(browser, web)
        browser.size(390, 844)
        browser.open(web + "/console/rotas/days")
        browser.click("summary:has-text('Swap shifts')")
        browser.page.select_option("[name=in_return]", index=2)
        browser.click("button[value=swap]")
        browser.until("document.body.innerText.includes('They are swapped.')")
        assert "swapped" in browser.ask("document.querySelector('.duty').innerText")
        browser.open(web + "/console/oncall/anaheim")
        browser.click("button[value=take]")
        browser.until("document.body.innerText.includes('You have it until')")
        browser.until("document.body.innerText.includes('On duty: Ben until')")
        assert browser.log == []

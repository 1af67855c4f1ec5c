"""What a depot is and offers, changed on a page: offered at once, remembered, nothing undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from app.db.connection import connection
from tests.access import two_depots
from tests.application import create_app
from tests.pages.looking import looked_at
from tests.pages.reading import text
from tests.pages.staff import sign_in, sign_in_with, token
from tests.pages.web import free_port, serving

PAGE = "/console/manage/depots/anaheim"
POINT = {
    "act": "point",
    "point": "0",
    "name": "Kiosk",
    "address": "9 Ball Rd",
    "hours": "Daily 6–22",
    "ready_in": "2",
    "keeps_for": "7",
    "capacity": "12",
}
WINDOW = {
    "act": "add_window",
    "weekday": ["1", "2"],
    "starts": "18:00",
    "ends": "21:00",
    "capacity": "5",
    "cutoff": "6",
}


@pytest.fixture
def world(play):
    return two_depots.build(play)


@pytest.fixture
def client(settings, world):
    """A supervisor of Anaheim."""
    key = next(one.key for one in two_depots.callers() if one.name == "supervisor of anaheim")
    client = create_app(settings).test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(client, key)
    return client


def send(client, path=PAGE, **form):
    return client.post(path, data={"csrf_token": token(client.get(PAGE).text), **form})


def page(client):
    return text(client.get(PAGE).text)


def test_a_window_is_offered_at_once_and_no_more_when_it_is_removed(client, play, world):
    before = [slot.choice for slot in play.options(world[0].case_id).slots]
    assert send(client, **WINDOW).status_code == 303
    assert "Monday 18:00–21:00 5 parcels, booked until 6 h before" in page(client)
    more = [slot.choice for slot in play.options(world[0].case_id).slots]
    assert len(more) > len(before)
    for weekday in (1, 2):
        send(client, act="remove_window", window=f"{weekday} 18:00")
    assert [slot.choice for slot in play.options(world[0].case_id).slots] == before
    said = text(client.get("/console/manage/changes").text)
    assert "Window: Monday 18:00–21:00, Anaheim depot added" in said
    assert "Window: Tuesday 18:00–21:00, Anaheim depot removed" in said


def test_windows_that_touch_are_two_and_those_that_overlap_are_told_what_to_do(client):
    touching = WINDOW | {"weekday": ["1"], "starts": "12:00", "ends": "13:00"}
    assert send(client, **touching).status_code == 303
    said = text(send(client, **(touching | {"starts": "12:30", "ends": "12:45"})).text)
    assert "Monday 12:30–12:45 overlaps Monday 12:00–13:00" in said
    assert "Remove that one first, or let this one begin at 13:00." in said


def test_a_day_that_is_over_cannot_be_closed_on_the_depots_own_clocks(client):
    today = clock.local(clock.now(), "America/Los_Angeles").date()
    yesterday = str(today - timedelta(days=1))
    said = text(send(client, act="close", day=yesterday, why="Late").text)
    assert f"{yesterday} is over. Choose a day from {today} on." in said
    assert send(client, act="close", day=str(today), why="Storm").status_code == 303


def test_a_day_is_closed_and_what_is_booked_on_it_stays_and_is_named(client, play, world):
    case_id = world[0].case_id
    slot = play.options(case_id).slots[0]
    play.choose(case_id, slot.choice)
    day = slot.starts_at.date().isoformat()
    send(client, act="close", day=day, why="Stocktaking")
    said = page(client)
    assert "1 redelivery is booked on it" in said
    assert f"{slot.starts_at:%A %-d %B %Y} Stocktaking" in said
    assert play.case(case_id).booked
    assert send(client, act="close", day=day, why="Again").status_code == 422
    send(client, act="open", day=day)
    assert "None ahead." in page(client)


def test_a_pickup_point_is_added_changed_and_never_made_smaller_than_what_it_holds(client, play):
    send(client, **POINT)
    assert "Kiosk 0 of 12 places taken" in page(client)
    row = connection().execute("SELECT id FROM pickup_points WHERE name = 'Kiosk'").fetchone()
    assert row
    connection().execute("UPDATE pickup_points SET taken = 3 WHERE id = %s", [row["id"]])
    mine = POINT | {"point": str(row["id"])}
    assert send(client, **(mine | {"capacity": "2"})).status_code == 422
    send(client, **(mine | {"capacity": "3"}))
    assert "3 of 3 places taken" in page(client)
    assert "places 12 3" in text(client.get("/console/manage/changes").text)
    assert send(client, **POINT).status_code == 422  # there is one of this name


def test_a_place_is_changed_and_what_is_the_same_is_no_change(client):
    form = {"act": "place", "name": "Anaheim depot", "phone": "+17145550199"}
    send(client, **form, address="1 Depot Way, Anaheim")
    assert "Nothing was changed." in page(client)
    send(client, **form, address="2 Depot Way, Anaheim")
    said = text(client.get("/console/manage/changes").text)
    assert "address 1 Depot Way, Anaheim 2 Depot Way, Anaheim" in said


@pytest.mark.parametrize(
    "wrong",
    [
        WINDOW | {"weekday": []},
        WINDOW | {"weekday": ["8", "x"]},
        WINDOW | {"ends": "17:00"},
        WINDOW | {"starts": "late"},
        WINDOW | {"capacity": "0"},
        WINDOW | {"capacity": "99999999"},
        WINDOW | {"starts": "09:00", "ends": "10:00"},  # one begins then already
        WINDOW | {"starts": "16:30", "ends": "18:00"},  # overlaps one
        WINDOW | {"starts": "08:00", "ends": "21:00"},  # holds others
        {"act": "close", "day": "someday", "why": "x"},
        {"act": "close", "day": "2020-01-02", "why": "x"},
        {"act": "close", "day": "2999-01-02", "why": "x"},
        {"act": "close", "day": "today", "why": " "},
        {"act": "place", "name": " "},
        POINT | {"name": ""},
        POINT | {"capacity": "10001"},
        POINT | {"capacity": "many"},
        POINT | {"ready_in": "999999"},
        POINT | {"keeps_for": "-1"},
        {"act": "dance"},
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_nothing_changes(client, wrong):
    if wrong.get("day") == "today":
        wrong = wrong | {"day": clock.now().date().isoformat()}
    before = text(client.get("/console/manage/changes").text)
    answer = send(client, **wrong)
    assert answer.status_code == 422
    assert "Nothing was changed." in text(answer.text)
    assert text(client.get("/console/manage/changes").text) == before


def test_opening_hours_go_past_midnight_and_overlap_nothing(client):
    hours = {"act": "add", "weekday": ["5", "6"], "opens": "18:00", "closes": "02:00"}
    send(client, PAGE + "/hours", **hours)
    assert "Friday 18:00–02:00 of the next day" in " ".join(page(client).split())
    for wrong, why in (
        ({"weekday": "6", "opens": "01:00", "closes": "03:00"}, "Friday 18:00–02:00 and Saturday"),
        ({"weekday": []}, "Name the days of the week."),
        ({"opens": "soon"}, "A time is written like 09:00."),
        ({"act": "dance"}, "This page cannot do that."),
    ):
        send(client, PAGE + "/hours", **(hours | wrong))
        assert f"Nothing was changed. {why}" in page(client)
    send(client, PAGE + "/hours", act="holidays", keeps="open")
    send(client, PAGE + "/hours", act="remove", hours="5 18:00")
    said = " ".join(page(client).split())
    assert "Friday 18:00–02:00 of the next day" not in said
    changes = " ".join(text(client.get("/console/manage/changes").text).split())
    assert "Opening hours: Anaheim" in changes
    assert "public holidays closed open" in changes
    assert "Friday 18:00–02:00 closed" in changes
    assert send(client, "/console/manage/depots/fresno/hours", **hours).status_code == 404


def test_another_depots_points_and_pages_are_not_there(client, world):
    fresno = connection().execute("SELECT id FROM depots WHERE slug = 'fresno'").fetchone()
    assert fresno
    row = (
        connection()
        .execute(
            """INSERT INTO pickup_points
                   (depot_id, name, address, hours, ready_in, keeps_for, capacity)
           VALUES (%s, 'Far', 'x', 'x', '1 h', '1 day', 3) RETURNING id""",
            [fresno["id"]],
        )
        .fetchone()
    )
    assert row
    assert send(client, **(POINT | {"point": str(row["id"])})).status_code == 404
    assert client.get("/console/manage/depots/fresno").status_code == 404
    assert send(client, "/console/manage/depots/fresno", **POINT).status_code == 404
    assert "Fresno" not in client.get("/console/manage/depots").text


def test_an_admin_adds_a_depot_and_goes_on_from_there(settings, world, play):
    admin = create_app(settings).test_client()
    admin.environ_base["HTTP_ACCEPT"] = "text/html"
    sign_in(admin, next(one.key for one in two_depots.callers() if one.name == "admin"))
    listing = "/console/manage/depots"
    cleo = str(play.world.people["Cleo"])
    krakow = {"name": "Kraków", "slug": "krakow", "timezone": "Europe/Warsaw", "country": "pl"}

    def add(**said):
        html = admin.get(listing).text
        form = {"csrf_token": token(html), **krakow, "in_charge": cleo, **said}
        return admin.post(listing, data=form)

    for wrong in (
        {"timezone": "Europe/Narnia"},
        {"country": "Poland"},
        {"slug": "no such slug"},
        {"name": ""},
        {"in_charge": "987654"},
        {"slug": "anaheim"},
    ):
        answer = add(**wrong)
        assert answer.status_code == 422, wrong
        assert "Nothing was changed." in text(answer.text)
        assert "krak" in answer.text.lower()
    assert "Kraków" not in text(admin.get(listing).text)
    made = add()
    assert (made.status_code, made.location) == (303, "/console/manage/depots/krakow")
    assert "Europe/Warsaw" in text(admin.get(made.location).text)
    assert "Cleo" in text(admin.get("/console/oncall/krakow").text)
    said = text(admin.get("/console/manage/changes").text)
    assert "Kraków added" in said


def test_a_supervisor_adds_no_depot(client):
    listing = "/console/manage/depots"
    assert "Add a depot" not in text(client.get(listing).text)
    said = {"csrf_token": token(client.get(PAGE).text), "name": "X", "slug": "x"}
    assert client.post(listing, data=said).status_code == 403


def test_in_a_real_browser(env, browser, world):
    key = next(one.key for one in two_depots.callers() if one.role == "admin")
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, PAGE)
        looked_at(browser, "depot")
        browser.click("[aria-label='Remove Monday 09:00']")
        browser.until("document.querySelector('.alert.good')")
        assert browser.log == []

"""Rotas by API: made, changed, stood in for, read from calendars, and asked who would be called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app import clock
from app.access import keys
from app.db.connection import transaction
from app.directory import changes_store
from tests.web import Web, problem, web

__all__ = ["web"]

BODY: dict[str, Any] = {
    "name": "Nights",
    "depot": "anaheim",
    "timezone": "America/Los_Angeles",
    "handover": {"first": "2036-05-05", "at": "09:00"},
    "covers": "shifts",
}


def people(web: Web) -> dict[str, int]:
    return web.play.world.people


def shift(
    web: Web, *names: str, starts: str = "00:00", ends: str = "00:00", **more
) -> dict[str, Any]:
    days = more.pop("weekdays", [1, 2, 3, 4, 5, 6, 7])
    ids = [people(web)[name] for name in names]
    return {"weekdays": days, "starts": starts, "ends": ends, "people": ids, **more}


def put(web: Web, slug: str, *shifts: dict[str, Any], role: str = "admin", **more):
    return web.api("PUT", f"/rotas/{slug}", role, json={**BODY, "shifts": [*shifts], **more})


def names(rota: dict[str, Any]) -> list[str]:
    return [person["name"] for person in rota["on_duty"]]


def schedule(rota: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["person"]["name"], one["why"]) for one in rota["schedule"]]


def ahead(**time: float) -> str:
    return (clock.now() + timedelta(**time)).isoformat()


def test_a_rota_is_made_read_and_changed_and_stale_changes_are_refused(web: Web):
    made = put(web, "made", shift(web, "Ana", "Ben")).get_json()
    assert names(made) == ["Ana"]
    assert schedule(made)[:2] == [("Ana", "shift"), ("Ben", "shift")]
    assert made["holes"] == []
    (kept,) = made["shifts"]
    changed = put(web, "made", kept | {"starts": "20:00", "ends": "06:00"}, version=made["version"])
    assert changed.get_json()["shifts"][0]["id"] == kept["id"]
    document = problem(put(web, "made", shift(web, "Ben"), version=made["version"]))
    assert (document["status"], document["code"]) == (409, "rota_changed")
    listed = web.api("GET", "/rotas").get_json()["items"]
    assert [(one["slug"], names(one)) for one in listed if one["slug"] == "made"] == [("made", [])]


def test_everything_that_is_said_of_a_rota_is_read_again(web: Web):
    said = BODY | {
        "name": "Walked nights",
        "timezone": "Europe/Lisbon",
        "handover": {"first": "2035-02-05", "at": "07:13", "days": 17},
        "covers": "always",
        "shifts": [
            shift(web, "Cleo", "Ana", starts="21:17", ends="05:43", weekdays=[2, 6])
            | {"first": "2035-03-01", "last": "2037-11-30"},
            shift(web, "Ben", starts="06:00", ends="06:30"),
        ],
    }
    web.api("PUT", "/rotas/walked", "admin", json=said)
    read = web.api("GET", "/rotas/walked?since=2036-06-01T00:00:00Z").get_json()
    for one in said["shifts"]:
        one.setdefault("first", None)
        one.setdefault("last", None)
    for one in read["shifts"]:
        del one["id"]
    assert {name: read[name] for name in said} == said
    assert read["schedule"][0]["starts_at"] > "2036-05-31T20"


def test_what_cannot_be_a_rota_is_refused(web: Web):
    nobody = shift(web) | {"people": [987654]}
    assert problem(put(web, "bad", nobody))["code"] == "no_such_member"
    assert problem(put(web, "bad", depot="mars"))["code"] == "no_such_depot"
    assert problem(put(web, "bad", timezone="Mars/Base"))["code"] == "bad_zone"
    assert problem(put(web, "Bad Name"))["code"] == "bad_slug"
    assert problem(put(web, "bad", shift(web, "Ana", id=4711)))["code"] == "invalid"
    assert problem(web.api("GET", "/rotas/bad"))["code"] == "no_such_rota"
    assert put(web, "bad", shift(web, "Ana"), role="dispatcher").status_code == 403


def test_somebody_takes_it_stands_in_swaps_and_is_away(web: Web):
    ana, ben, cleo = (people(web)[name] for name in ("Ana", "Ben", "Cleo"))
    (day,) = put(web, "busy", shift(web, "Ben")).get_json()["shifts"]
    taken = web.api("POST", "/rotas/busy/take", json={"until": ahead(hours=3)}).get_json()
    assert names(taken) == ["Ana"]  # whose key it is
    assert schedule(taken)[:2] == [("Ana", "override"), ("Ben", "shift")]
    part = {"starts_at": ahead(days=1), "ends_at": ahead(days=1, hours=1)}
    answer = web.api("POST", "/rotas/busy/overrides", json=part | {"person": cleo}).get_json()
    again = web.api("POST", "/rotas/busy/overrides", json=part | {"person": cleo}).get_json()
    assert [o["id"] for o in answer["overrides"]] == [o["id"] for o in again["overrides"]]
    assert schedule(answer)[2:4] == [("Cleo", "override"), ("Ben", "shift")]
    away = {"starts_at": ahead(days=4), "ends_at": ahead(days=5), "instead_of": ben}
    answer = web.api("POST", "/rotas/busy/overrides", json=away).get_json()
    assert len(answer["holes"]) == 1
    gone = answer["overrides"][-1]["id"]
    assert web.api("DELETE", f"/rotas/busy/overrides/{gone}").status_code == 204
    assert problem(web.api("DELETE", f"/rotas/busy/overrides/{gone}"))["code"] == "no_such_override"
    swap = {"shift": day["id"], "day": "2036-05-10", "person": ana, "instead_of": ben}
    answer = web.api("POST", "/rotas/busy/swaps", json={"swaps": [swap]}).get_json()
    assert ("Ana", "swap") in schedule(answer)
    wrong = swap | {"shift": 4711}
    assert web.api("POST", "/rotas/busy/swaps", json={"swaps": [wrong]}).status_code == 422
    past = {"starts_at": ahead(days=-3), "ends_at": ahead(days=-2), "person": ana}
    assert web.api("POST", "/rotas/busy/overrides", json=past).status_code == 422


def test_a_calendar_is_read_or_refused_whole(web: Web):
    put(web, "read")
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Ben\nDTSTART:20360506T150000Z\nDTEND:20360506T230000Z\n"
    whole = (
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
        f"{event}RRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR"
    )
    answer = web.api("POST", "/rotas/read/import", "admin", json={"calendar": whole})
    assert answer.get_json()["shifts"] > 300
    rota = web.api("GET", "/rotas/read").get_json()
    assert names(rota) == ["Ben"]
    bad = whole.replace("SUMMARY:Ben", "SUMMARY:Dora")
    document = problem(web.api("POST", "/rotas/read/import", "admin", json={"calendar": bad}))
    assert document["code"] == "bad_calendar"
    assert [fault["field"] for fault in document["errors"]] == ["line 6"]
    assert names(web.api("GET", "/rotas/read").get_json()) == ["Ben"]
    # Who stands in counts over a calendar too.
    stands_in = {
        "starts_at": ahead(minutes=-1),
        "ends_at": ahead(hours=1),
        "instead_of": people(web)["Ben"],
        "person": people(web)["Cleo"],
    }
    web.api("POST", "/rotas/read/overrides", json=stands_in)
    assert names(web.api("GET", "/rotas/read").get_json()) == ["Cleo"]
    web.api("POST", "/rotas/read/import", "admin", json={"calendar": ""})
    assert names(web.api("GET", "/rotas/read").get_json()) == []


def test_a_ladder_is_given_and_says_who_would_be_called(web: Web):
    put(web, "on-the-ladder", shift(web, "Ana", starts="20:00", ends="06:00"))
    ways = [{"channel": "sms", "wait_seconds": 60, "tries": 2}]
    levels = [
        {"rotas": ["on-the-ladder"], "ways": ways},
        {"people": [people(web)["Ben"]], "called": "open"},
        {"everyone": True},
    ]
    body = {"levels": levels, "last": people(web)["Cleo"]}
    hours = {"weekday": 2, "opens": "18:00", "closes": "02:00"}
    assert (
        web.api("PUT", "/depots/anaheim/hours", "admin", json={"hours": [hours]}).status_code == 204
    )
    answer = web.api("PUT", "/depots/anaheim/ladder", "admin", json=body).get_json()
    assert answer["open"] is False
    first, *_, last = answer["calls"]
    assert (first["level"], len(first["called"])) == (3, 3)
    assert [(one["level"], one["why"]) for one in first["passed_over"]] == [
        (1, "nobody_on_duty"),
        (2, "depot_closed"),
    ]
    assert last["last"] is True
    night = web.api("GET", "/depots/anaheim/oncall?at=2036-05-06T21:00:00-07:00").get_json()
    assert night["open"] is True
    assert [(call["level"], call["rotas"]) for call in night["calls"][:3]] == [
        (1, ["Nights"]),
        (1, ["Nights"]),
        (2, []),
    ]
    assert problem(web.api("DELETE", "/rotas/on-the-ladder", "admin"))["code"] == "rota_in_use"
    bad: list[dict[str, Any]] = [
        {"last": 4711},
        {"levels": [{}]},
        {"levels": [{"rotas": ["unknown"]}]},
    ]
    for wrong in bad:
        answer = web.api("PUT", "/depots/anaheim/ladder", "admin", json=body | wrong)
        assert answer.status_code == 422
    web.api("PUT", "/depots/anaheim/ladder", "admin", json={**body, "levels": []})
    assert web.api("DELETE", "/rotas/on-the-ladder", "admin").status_code == 204
    web.api("PUT", "/depots/anaheim/hours", "admin", json={"hours": []})


def test_opening_hours_and_closed_days_are_read_as_they_were_said(web: Web):
    path = "/depots/anaheim/hours"
    week = [
        {"weekday": 7, "opens": "18:00", "closes": "02:00"},
        {"weekday": 1, "opens": "02:00", "closes": "12:00"},
    ]
    for overlapping in (
        {"weekday": 1, "opens": "01:30", "closes": "03:00"},  # into the night of Sunday
        {"weekday": 7, "opens": "17:00", "closes": "18:01"},
    ):
        document = problem(web.api("PUT", path, "admin", json={"hours": [*week[:1], overlapping]}))
        assert document["code"] == "hours_overlap"
        assert "Sunday 18:00–02:00" in document["detail"]
    body = {"hours": week, "closed_on_holidays": False}
    assert web.api("PUT", path, "admin", json=body).status_code == 204
    stocktaking = {"day": "2036-05-11", "why": "Stocktaking"}  # a Sunday
    closed = web.api("POST", "/depots/anaheim/closures", "admin", json=stocktaking)
    assert (closed.status_code, closed.get_json()) == (201, stocktaking | {"booked": 0})
    again = web.api("POST", "/depots/anaheim/closures", "admin", json=stocktaking)
    assert problem(again)["code"] == "not_offered_so"
    known = web.api("GET", path).get_json()
    assert known["hours"] == [week[1], week[0]]
    assert (known["timezone"], known["closed_on_holidays"]) == ("America/Los_Angeles", False)
    assert known["closures"] == [stocktaking]
    assert "2036-05-26" in known["holidays"]  # Memorial Day
    for at, is_open in (
        ("2036-05-12T01:30:00-07:00", False),  # the Sunday before began nothing
        ("2036-05-12T02:30:00-07:00", True),
        ("2036-05-19T01:30:00-07:00", True),
        ("2036-05-26T03:00:00-07:00", True),
    ):
        answer = web.api("GET", f"/depots/anaheim/oncall?at={at}").get_json()
        assert answer["open"] is is_open, at
    web.api("PUT", path, "admin", json={"hours": week})
    answer = web.api("GET", "/depots/anaheim/oncall?at=2036-05-26T03:00:00-07:00").get_json()
    assert answer["open"] is False
    for _ in range(2):
        gone = web.api("DELETE", "/depots/anaheim/closures/2036-05-11", "admin")
        assert gone.status_code == 204
    assert web.api("GET", path).get_json()["closures"] == []
    assert web.api("PUT", path, json={"hours": []}).status_code == 403
    web.api("PUT", path, "admin", json={"hours": []})


def test_nobody_has_two_shifts_at_once_but_two_people_may_take_turns_in_both(web: Web):
    both = [shift(web, "Ana", "Ben"), shift(web, "Ben", "Ana")]
    assert put(web, "pairs", *both).status_code == 200
    document = problem(put(web, "pairs", *both, shift(web, "Ana", starts="22:00", ends="01:00")))
    assert (document["code"], document["status"]) == ("shifts_overlap", 422)
    assert "Ana would have two shifts" in document["detail"]
    nights = shift(web, "Ana", starts="22:00", ends="06:00", weekdays=[7])
    mornings = shift(web, "Ana", starts="05:00", ends="09:00", weekdays=[1])
    assert problem(put(web, "pairs", nights, mornings))["code"] == "shifts_overlap"
    later = mornings | {"starts": "06:00"}
    assert put(web, "pairs", nights, later).status_code == 200
    apart = [nights | {"last": "2036-05-31"}, mornings | {"first": "2036-06-01"}]
    assert put(web, "pairs", *apart).status_code == 200
    web.api("DELETE", "/rotas/pairs", "admin")


def test_what_is_changed_is_remembered_from_what_to_what(web: Web):
    ana, ben = (people(web)[name] for name in ("Ana", "Ben"))
    (day,) = put(web, "told", shift(web, "Ana")).get_json()["shifts"]
    put(web, "told", day | {"starts": "08:00", "ends": "16:00"})
    swap = {"shift": day["id"], "day": "2036-05-10", "person": ben, "instead_of": ana}
    web.api("POST", "/rotas/told/swaps", json={"swaps": [swap]})
    part = {"starts_at": ahead(days=1), "ends_at": ahead(days=1, hours=1), "person": ben}
    made = web.api("POST", "/rotas/told/overrides", json=part).get_json()["overrides"]
    web.api("DELETE", f"/rotas/told/overrides/{made[-1]['id']}")
    body = {"levels": [{"rotas": ["told"]}], "last": people(web)["Cleo"]}
    web.api("PUT", "/depots/anaheim/ladder", "admin", json=body)
    ladder = web.api("GET", "/depots/anaheim/ladder").get_json()
    assert [level["rotas"] for level in ladder["levels"]] == [["told"]]
    assert ladder["last"]["name"] == "Cleo"
    web.api("PUT", "/depots/anaheim/ladder", "admin", json={**body, "levels": []})
    web.api("DELETE", "/rotas/told", "admin")
    with transaction() as conn:
        told = list(reversed(changes_store.newest(conn, None, 8)))
    assert [one.kind for one in told] == [
        *("rota", "rota", "swap", "stand-in", "stand-in", "ladder", "ladder", "rota")
    ]
    made_, hours, swapped, stands_in, taken_back, given, _, gone = told
    assert (made_.before, made_.subject, gone.after) == ({}, "Nights", {})
    assert hours.before["shifts"].endswith("00:00–00:00: Ana")
    assert hours.after == {"shifts": "Mon Tue Wed Thu Fri Sat Sun 08:00–16:00: Ana"}
    assert list(swapped.before.values()) == ["Ana"]
    assert list(swapped.after.values()) == ["Ben"]
    assert stands_in.after == taken_back.before
    assert given.after["level 1"] == "Nights: by all ways at once, 10 min in all"
    assert {one.by for one in told} == {"Ana", "admin"}


def test_who_is_of_another_depot_sees_none_of_it(web: Web):
    put(web, "hidden", shift(web, "Ana"))
    with transaction() as conn:
        key = keys.create(conn, "supervisor", "elsewhere", None, None, clock.now(), depots=[4711])
    asked = {"Authorization": f"Bearer {key}"}
    for path in ("/rotas/hidden", "/depots/anaheim/oncall"):
        assert web.client.get(f"/api/v1{path}", headers=asked).status_code == 404
    listed = web.client.get("/api/v1/rotas", headers=asked).get_json()
    assert listed == {"items": []}
    assert web.client.delete("/api/v1/rotas/hidden", headers=asked).status_code == 404

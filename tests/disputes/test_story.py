"""The customer says in one tap that nobody came: a person finds out, and it counts as none."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from app import clock
from app.access import links
from app.db import packed
from app.db.connection import connection
from app.disputes import store
from app.photos import service as photos
from tests import courier
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.reading import fingerprint, text
from tests.photos import shots
from tests.photos.test_notes import form
from tests.web import Web, rows, web

__all__ = ["web"]


@pytest.fixture
def case_id(web: Web, request: pytest.FixtureRequest) -> int:
    parcel = f"came{abs(hash(request.node.name)) % 10**8}"
    raw = courier.said("failed", parcel, attempt=1, at=clock.now() - timedelta(minutes=5))
    case_id = int(web.post(raw).get_json()["case_id"])
    settle()
    return case_id


def page(web: Web, case_id: int) -> str:
    return web.client.get(page_of(case_id), headers={"Accept": "text/html"}).text


def say(web: Web, case_id: int, *photos_: bytes, **said: str):
    answer = web.client.post(page_of(case_id), **form(*photos_, **said))
    settle()
    return answer


def test_nobody_came(web: Web, case_id: int) -> None:
    before = fingerprint()
    assert "Did the courier come?" in text(page(web, case_id))
    assert fingerprint() == before, "looking changes nothing"
    assert say(web, case_id, came="no").status_code == 303
    said = text(page(web, case_id))
    assert "It uses up none of your attempts" in said
    assert "You told us that nobody came." in said
    assert "We tried to bring your parcel" not in said, "it is what they deny"
    assert "Ana at the depot will answer by" in said
    shown = web.api("GET", f"/cases/{case_id}").get_json()
    assert (shown["attempts"], shown["disputed_attempts"]) == (0, 1)
    (dispute,) = store.of_case(connection(), case_id)
    assert (dispute.came, dispute.state, dispute.words) == (
        False,
        "open",
        "Rang twice, nobody opened",
    )
    evidence = store.evidence(connection(), [dispute.id])
    (raw,) = rows("SELECT body FROM courier_events WHERE id = %s", dispute.event_id)
    came = packed.unpack(raw["body"])
    report = next(one for one in evidence if one.kind == "report")
    assert report.sha256 == hashlib.sha256((dispute.salt or b"") + came).hexdigest()
    assert report.bytes == len(came)
    assert {one.kind for one in evidence} == {"report", "statement", "check"}
    asked = shown["questions"]
    assert [q["text"] for q in asked] == ["Nobody came: there was no attempt to deliver."]
    say(web, case_id, came="no")  # a second tap
    assert len(web.api("GET", f"/cases/{case_id}").get_json()["questions"]) == 1


def test_they_show_that_they_were_there(web: Web, case_id: int) -> None:
    shot = shots.with_a_place()
    assert say(web, case_id, shot, came="no", happened="The bell never rang").status_code == 303
    (dispute,) = store.of_case(connection(), case_id)
    found = {one.kind: one for one in store.evidence(connection(), [dispute.id])}
    assert found["note"].content == {"words": "The bell never rang"}
    kept = photos.read(case_id, found["photo"].photo, small=False)
    assert found["photo"].sha256 == hashlib.sha256((dispute.salt or b"") + kept).hexdigest()
    assert shots.SECRET not in kept
    timeline = web.api("GET", f"/cases/{case_id}/timeline", "shipper").get_json()["items"]
    assert [i["facts"]["photos"] for i in timeline if i["kind"] == "note"] == [
        [found["photo"].photo]
    ]
    assert "You wrote: The bell never rang" in text(page(web, case_id))


@pytest.mark.parametrize(("act", "counts"), [("nobody_came", 0), ("came", 1)])
def test_somebody_finds_out(web: Web, case_id: int, act: str, counts: int) -> None:
    say(web, case_id, came="no")
    (dispute,) = store.of_case(connection(), case_id)
    task = web.play.task(case_id)
    link = f"/t/{links.make('task', task.id, web.play.world.people['Ana'])}"
    assert "The customer says that nobody came" in text(web.client.get(link).text)
    form_ = {"act": act, "dispute": str(dispute.id), "why": "Asked the driver"}
    assert web.client.post(link, data=form_).status_code == 303
    said = text(page(web, case_id))
    assert "The reason: Asked the driver." in said
    assert ("You were right" in said) is (counts == 0)
    assert ("We tried to bring your parcel" in said) is (counts == 1)
    assert web.api("GET", f"/cases/{case_id}").get_json()["attempts"] == counts
    assert web.client.post(link, data=form_).status_code == 409
    late = say(web, case_id, came="no")
    assert late.status_code == 409
    assert "decided this already" in text(late.text)


def test_yes_is_one_tap_too_and_another_attempt_is_asked_about_anew(web: Web, case_id: int) -> None:
    say(web, case_id, came="yes")
    assert web.api("GET", f"/cases/{case_id}").get_json()["disputed_attempts"] == 0
    assert "You told us that the courier came." in text(page(web, case_id))
    say(web, case_id, came="no")  # they think again
    assert web.api("GET", f"/cases/{case_id}").get_json()["disputed_attempts"] == 1
    advance(hours=20)
    number = web.api("GET", f"/cases/{case_id}").get_json()["tracking_number"]
    web.post(courier.said("failed", number, attempt=2))
    settle()
    assert "Did the courier come?" in text(page(web, case_id))
    say(web, case_id, came="no")
    assert web.api("GET", f"/cases/{case_id}").get_json()["disputed_attempts"] == 2


def test_after_the_end_there_is_nothing_left_to_say(web: Web, case_id: int) -> None:
    web.api("POST", f"/cases/{case_id}/close", json={"resolution": "refunded"})
    settle()
    assert "Did the courier come?" not in text(page(web, case_id))
    assert say(web, case_id, came="no").status_code == 409

"""What is old goes, kind by kind; after the last of them nobody finds the customer anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import clock
from app.cases.search import service as search
from app.db.connection import connection, transaction
from app.directory.changes import TERMINAL
from app.disputes import service as disputes
from app.forgetting import forgetting, proofs_store, retention, rules, service
from app.insight import figures, figures_store
from app.managing import retention as managing
from app.photos import service as photos
from tests import courier
from tests.forgetting import test_walk as walk
from tests.forgetting.test_walk import MARKS, journey, left, other_order
from tests.inline import settle
from tests.messages import said
from tests.pages.staff import sign_in, token
from tests.web import Web, rows, web

__all__ = ["web"]

HOUSE = {"bodies": 30, "photos": 30, "words": 0, "contacts": 0, "person": 0}
OWN = {"words": 90, "contacts": 180, "person": 400}
WRITTEN = {"sichere garage", "nachbarin trude", "frage mauerblume", "umfrage distelfink"}


@pytest.fixture(scope="module")
def told(web: Web) -> dict[str, Any]:
    """The journey is over and its cases are closed; one is disputed, and another is under way."""
    web.api("POST", "/shipments", "shipper", json=other_order("BLEIBT-1"))
    web.post(courier.said(parcel="BLEIBT-1", phone=walk.OTHER_PHONE))
    settle()
    one, two = journey(web)
    for case in rows("SELECT id FROM cases WHERE live AND id IN (%s, %s, %s)", one, two, two + 1):
        closed = web.api("POST", f"/cases/{case['id']}/close", json={"resolution": "mistake"})
        assert closed.status_code == 200, closed.text
    settle()
    (dispute,) = rows("SELECT id, case_id FROM disputes")
    assert dispute["case_id"] == two
    return {"one": one, "two": two, "dispute": dispute["id"], "home": home(web), "at": clock.now()}


def home(web: Web) -> Path:
    return Path(web.app.config["SETTINGS"].home)


def later(told: dict[str, Any], days: int) -> None:
    """So many days after the journey, and whatever the clock does then."""
    clock.advance(max(told["at"] + timedelta(days=days) - clock.now(), timedelta()))
    for _ in range(2):
        retention.make_room(HOUSE)
        clock.advance(timedelta(hours=7))
    while forgetting.forget_again() or photos.sweep():
        pass
    search.catch_up()


def found(web: Web, told: dict[str, Any], *but: str) -> set[str]:
    """What is still found, outside of what waits for a person and of the disputed case."""
    return {what for where, whats in left(web, told["home"]) if where not in but for what in whats}


def test_an_admin_says_for_how_long(web: Web, told: dict[str, Any]) -> None:
    sign_in(web.client, web.keys["admin"])
    (shop,) = rows("SELECT slug FROM shippers WHERE id = %s", web.play.world.shipper_id)
    page = f"/console/manage/brands/{shop['slug']}/retention"
    shown = web.client.get(page).text
    assert "Left empty: 365, as everywhere here." in shown
    csrf = {"csrf_token": token(shown)}
    wrong = web.client.post(page, data=csrf | {"words": "200", "contacts": "180", "person": "x"})
    assert wrong.status_code == 422
    assert "Whole days from 14 to 3650" in wrong.text
    wrong = web.client.post(page, data=csrf | {"words": "200", "contacts": "180"})
    assert wrong.status_code == 422
    assert "That is: 180 days" in wrong.text
    assert rows("SELECT 1 FROM shippers WHERE retention <> '{}'") == []
    good = web.client.post(page, data=csrf | {kind: str(days) for kind, days in OWN.items()})
    assert good.status_code == 303
    assert rows("SELECT retention FROM shippers WHERE slug = %s", shop["slug"]) == [
        {"retention": OWN}
    ]
    (change,) = rows("SELECT by, after FROM setup_changes WHERE kind = 'retention'")
    assert change["after"][managing.NAMES["words"]] == "90"


def test_each_kind_goes_in_its_time_and_what_is_disputed_stays(
    web: Web, told: dict[str, Any]
) -> None:
    period = (told["at"] - timedelta(days=30), told["at"])
    counted = figures.read(connection(), figures_store.Whose(), *period)
    ends_with_the_case = {"treppe hinkebein"}
    assert found(web, told) >= {*MARKS, walk.DIGITS} - ends_with_the_case
    later(told, 89)
    assert found(web, told) >= WRITTEN
    later(told, 91)
    words = {
        row["text"]
        for row in said(
            """SELECT text, packed FROM message_words JOIN messages m ON m.id = message_id
            WHERE m.case_id IN (%s, %s)""",
            told["one"],
            told["two"] + 1,
        )
    }
    assert words == {""}
    assert web.play.case(told["one"]).contact_phone == walk.PHONE
    assert rows(
        "SELECT 1 FROM message_words JOIN messages m ON m.id = message_id"
        " WHERE m.case_id = %s AND packed IS NOT NULL",
        told["two"],
    )
    later(told, 182)
    assert web.play.case(told["one"]).contact_phone is None
    assert web.play.case(told["one"]).parcel.name is None
    assert web.play.case(told["two"]).contact_phone == walk.PHONE
    disputes.decide(told["two"], told["dispute"], "Ana", "it was so", clock.now(), true=True)
    later(told, 183)
    assert web.play.case(told["two"]).contact_phone is None
    later(told, 402)
    assert left(web, told["home"]) == []
    after = figures.read(connection(), figures_store.Whose(), *period)
    assert (after.disputed, replace(after, disputed=counted.disputed)) == ({"accepted": 1}, counted)
    assert rows("SELECT 1 FROM shipments WHERE forgotten_at IS NOT NULL AND name IS NULL") != []


def test_others_stay_as_they_are_and_every_act_has_a_proof(web: Web, told: dict[str, Any]) -> None:
    (other,) = rows("SELECT name, phone FROM shipments WHERE tracking_number = 'BLEIBT-1'")
    assert other == {"name": walk.OTHER, "phone": walk.OTHER_PHONE}
    former, subjects = "", []
    for proof in proofs_store.every(connection()):
        assert (proof.former, proof.hash) == (former, rules.digest(former, service.said(proof)))
        assert (proof.asked, proof.by) == ("retention", "Reknock")
        former = proof.hash
        subjects.append(proof.subject)
    assert {f"{kind} after {days} days" for kind, days in OWN.items()} <= {*subjects}
    assert {"bodies after 30 days", "photos after 30 days"} <= {*subjects}
    count = len(subjects)
    later(told, 410)
    assert len(list(proofs_store.every(connection()))) == count
    listed = web.api("GET", "/erasures", "shipper").get_json()["items"]
    assert listed[0]["asked"] == "retention"


def test_other_days_are_kept_from_then_on(web: Web, told: dict[str, Any]) -> None:
    """What was passed by is looked at anew."""
    (shop,) = rows("SELECT slug FROM shippers WHERE id = %s", web.play.world.shipper_id)
    case = web.post(courier.said(parcel="NEU-1", phone=walk.OTHER_PHONE)).get_json()["case_id"]
    settle()
    web.api("POST", f"/cases/{case}/close", json={"resolution": "mistake"})
    settle()
    clock.advance(timedelta(days=18))
    retention.make_room(HOUSE)
    assert web.play.case(case).contact_phone
    with transaction() as conn:
        managing.put(
            conn, TERMINAL, shop["slug"], {"words": 14, "contacts": 14, "person": 0}, clock.now()
        )
    retention.make_room(HOUSE)
    assert web.play.case(case).contact_phone is None

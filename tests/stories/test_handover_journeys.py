"""A choice reaches the courier through web, workers, clock and sender, and comes back confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from app.access import signing
from tests.handover.connectors.play_webhook import SECRET, Played
from tests.handover.edge import Asked, Edge, opened
from tests.servers import TestServers
from tests.stories.handing import acts, connect
from tests.stories.house import House, open_house


class Courier(Played):
    """Confirms at once, unless it is `slow` and decides later."""

    slow = False

    def answer(self, asked: Asked) -> tuple[int, Any]:
        status, said = super().answer(asked)
        if self.slow and said.get("status") == "confirmed":
            said = {"status": "asked", "ref": said["ref"], "check_after": 21600}
        return status, said


@pytest.fixture(scope="module")
def edge() -> Iterator[Edge]:
    with opened(Courier()) as edge:
        yield edge


@pytest.fixture(scope="module")
def running(
    servers: TestServers, tmp_path_factory: pytest.TempPathFactory, edge: Edge
) -> Iterator[House]:
    with open_house(servers, tmp_path_factory.mktemp("house")) as house:
        connect(house, edge)
        yield house


@pytest.fixture
def house(running: House, edge: Edge) -> Iterator[House]:
    yield running
    edge.misbehave = []
    assert isinstance(edge.play, Courier)
    edge.play.refusing = edge.play.slow = False
    running.close_all()
    assert edge.faults == []


def chosen(house: House, parcel: str, which: int = 0) -> int:
    """Their customer has chosen, and the courier was told as far as it answers."""
    case_id = house.hear(parcel=parcel)
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    choose(house, case_id, which)
    return case_id


def choose(house: House, case_id: int, which: int) -> None:
    slots = [choice for choice in house.choices(case_id) if choice.startswith("slot")]
    assert house.choose(case_id, slots[which]) == 303


def told(house: House, case_id: int, acts_: list[tuple[str, str]]) -> str:
    """Wait until the courier's side is so; the customer's last text then."""
    house.eventually(lambda: acts(house, case_id) == acts_)
    house.settle()
    return house.texts(case_id)[-1]


def booking(house: House, case_id: int) -> dict[str, Any]:
    found: dict[str, Any] = house.api("GET", f"/cases/{case_id}").json()["booking"]
    return found


def test_what_is_chosen_is_asked_for_and_confirmed(house: House, edge: Edge) -> None:
    case_id = chosen(house, "sure")
    assert "new delivery confirmed" in told(house, case_id, [("push", "confirmed")])
    assert any("confirming it with the courier" in text for text in house.texts(case_id))
    assert booking(house, case_id)["state"] == "confirmed"
    assert len(edge.play.placed) == 1


def test_what_is_refused_is_chosen_again(house: House, edge: Edge) -> None:
    edge.play.refusing = True
    case_id = chosen(house, "full")
    said = told(house, case_id, [("push", "refused")])
    assert "the courier can't do" in said
    assert "Please choose again" in said
    assert booking(house, case_id)["state"] == "refused"
    edge.play.refusing = False
    choose(house, case_id, 0)
    assert "confirmed" in told(house, case_id, [("push", "refused"), ("push", "confirmed")])


def test_what_is_decided_later_stays_asked_until_a_signed_word(house: House, edge: Edge) -> None:
    assert isinstance(edge.play, Courier)
    edge.play.slow = True
    case_id = chosen(house, "later")
    told(house, case_id, [("push", "waiting")])
    assert booking(house, case_id)["state"] == "asked"
    (act,) = house.facts(
        "SELECT key FROM handover_acts WHERE case_id = %s AND act = 'push'", case_id
    )
    raw = json.dumps({"type": "handover.confirmed", "data": {"reference": act["key"]}}).encode()
    url = f"{house.base}/callbacks/handover/{house.account.slug}"
    assert requests.post(url, raw, timeout=30).status_code == 401
    head = signing.headers(SECRET, "m1", raw, datetime.now(UTC))
    assert requests.post(url, raw, headers=head, timeout=30).json()["state"] == "confirmed"
    assert "new delivery confirmed" in told(house, case_id, [("push", "confirmed")])


def test_where_the_courier_cannot_be_reached_people_confirm_in_time(
    house: House, edge: Edge
) -> None:
    edge.misbehave, before = ["limit"] * 999, set(edge.play.placed)
    case_id = chosen(house, "away")
    by = datetime.fromisoformat(booking(house, case_id)["confirm_by"])
    house.advance(seconds=(by - house.now()).total_seconds() - 1200)
    house.eventually(lambda: house.task(case_id)["kind"] == "handover")
    task = house.task(case_id)
    house.api("POST", f"/dispatch-tasks/{task['id']}/resolve", outcome="confirmed")
    assert "new delivery confirmed" in house.texts(case_id)[-1]
    assert booking(house, case_id)["state"] == "confirmed"
    house.eventually(lambda: acts(house, case_id)[0][1] in {"people", "confirmed"})
    # What an earlier story withdrew may still be on its way out, so only what is new counts.
    assert not set(edge.play.placed) - before, "what people do is not told to the courier, too"


def test_changed_twice_quickly_one_delivery_is_left_and_off_it_is_withdrawn(
    house: House, edge: Edge
) -> None:
    before = set(edge.play.placed)
    case_id = house.hear(parcel="quick")
    house.api("POST", f"/dispatch-tasks/{house.task(case_id)['id']}/acknowledge")
    slots = [choice for choice in house.choices(case_id) if choice.startswith("slot")]
    link = house.link(case_id, "customer")
    for choice in slots[:3]:
        assert house.press(link, choice=choice).status_code == 303
    house.eventually(lambda: booking(house, case_id)["state"] == "confirmed")
    house.eventually(lambda: len(set(edge.play.placed) - before) == 1)
    house.settle()
    (left,) = set(edge.play.placed) - before
    (stands,) = house.facts(
        """SELECT a.key, 'slot:' || b.slot_id AS choice FROM bookings b JOIN handover_acts a
              ON a.booking_id = b.id AND a.act = 'push' WHERE b.case_id = %s
             AND b.state = 'standing'""",
        case_id,
    )
    assert (stands["key"], stands["choice"]) == (left, slots[2])
    house.api("POST", f"/cases/{case_id}/close", resolution="refunded")
    house.move(timedelta(minutes=1))
    house.eventually(lambda: not set(edge.play.placed) - before)
    house.eventually(lambda: acts(house, case_id)[-1] == ("withdraw", "withdrawn"))

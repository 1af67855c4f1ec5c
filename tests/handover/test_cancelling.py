"""What is booked is taken back until its cut-off, and a choice is undone."""

from __future__ import annotations

from app import clock
from app.db.connection import connection
from app.promises import service as promises
from tests.handover.edge import Edge
from tests.handover.test_stories import acts
from tests.inline import advance, settle
from tests.links import page_of
from tests.pages.conftest import client
from tests.pages.reading import fingerprint, text
from tests.play import Play

__all__ = ["client"]


def booked(play: Play) -> int:
    case_id = play.courier()
    play.acknowledge(case_id)
    play.choose(case_id, play.options(case_id).slots[2].choice)
    return case_id


def press(client, case_id: int, act: str):
    answer = client.post(page_of(case_id), data={"act": act})
    settle()
    return answer


def page(client, case_id: int) -> str:
    return text(client.get(page_of(case_id)).text)


def test_it_is_cancelled_and_chosen_again(client, play: Play) -> None:
    case_id = booked(play)
    (before,) = connection().execute("SELECT slot_id FROM bookings").fetchall()
    assert press(client, case_id, "cancel").status_code == 303
    said = page(client, case_id)
    assert "When shall we knock again?" in said
    assert "You cancelled" in said
    assert "You’ll hear from us by" in said
    assert "is off." in play.messages(case_id, audience="customer")[-1]["text"]
    slots = connection().execute("SELECT taken FROM slots WHERE id = %s", list(before.values()))
    assert slots.fetchone() == {"taken": 0}
    assert {"choose_default", "give_news", "remind_customer"} <= play.waiting(case_id)
    assert not {"keep_promise", "hand_over"} & play.waiting(case_id)
    assert [t for t in play.tasks(case_id) if t[1] == "open"] == []
    open_ = [str(p.kind) for p in promises.of_case(connection(), case_id) if p.open]
    assert open_ == ["news"]
    assert press(client, case_id, "cancel").status_code == 409, "there is nothing left of it"
    assert press(client, case_id, "undo").status_code == 303
    assert "You asked for" in page(client, case_id)
    again = connection().execute("SELECT slot_id FROM bookings WHERE state = 'standing'")
    assert again.fetchone() == before
    assert play.orphans() == []


def test_a_change_is_undone_with_all_that_belonged_to_it(client, play: Play) -> None:
    case_id = booked(play)
    client.post(
        page_of(case_id), data={"act": "leave", "leave": "neighbour", "who": "Bo", "house": ""}
    )
    settle()
    assert press(client, case_id, "undo").status_code == 303
    said = page(client, case_id)
    assert "Your neighbour takes it" not in said
    press(client, case_id, "undo")
    assert "Your neighbour takes it: Bo" in page(client, case_id)


def test_too_late_tells_the_truth(client, play: Play) -> None:
    case_id = booked(play)
    row = connection().execute("SELECT cutoff_at FROM bookings").fetchone()
    assert row is not None
    advance(seconds=(row["cutoff_at"] - clock.now()).total_seconds() + 60)
    before = fingerprint()
    for act in ("cancel", "undo"):
        answer = press(client, case_id, act)
        assert answer.status_code == 409
        assert "too late to change it" in text(answer.text)
    assert fingerprint() == before


def test_the_courier_is_told_that_it_is_off(client, play: Play, heron: Edge) -> None:
    case_id = booked(play)
    press(client, case_id, "cancel")
    assert acts(case_id) == [("push", "confirmed"), ("withdraw", "withdrawn")]

"""The page leaves a delivery with a neighbour or in a safe place, by words or by a photo."""

from __future__ import annotations

import re

import pytest

from app.booking import service as booking
from app.db.connection import connection
from tests.inline import settle
from tests.links import page_of
from tests.pages.reading import text
from tests.photos import shots
from tests.photos.test_notes import form


@pytest.fixture
def case_id(play):
    case_id = play.courier()
    play.acknowledge(case_id)
    return case_id


def page(client, case_id):
    return client.get(page_of(case_id))


def post(client, case_id, *photos, **said):
    answer = client.post(page_of(case_id), **form(*photos, **said))
    settle()
    return answer


def test_a_day_and_a_neighbour_in_one_go(client, play, case_id):
    slot = play.options(case_id).slots[0]
    who = {"leave": "neighbour", "who": "Ida Vos", "house": "22b"}
    assert post(client, case_id, choice=slot.choice, **who).status_code == 303
    said = text(page(client, case_id).text)
    assert "Your neighbour takes it: Ida Vos, 22b" in said
    assert "You asked for" in said
    play.answer(case_id, "confirmed")
    assert "with a neighbour" in text(page(client, case_id).text)


def test_a_safe_place_is_shown_by_a_photo_that_says_nothing_else(client, play, case_id):
    play.choose(case_id)
    answer = post(client, case_id, shots.with_a_place(), act="leave", leave="safe_place")
    assert answer.status_code == 303
    html = page(client, case_id).text
    assert "see your photo" in text(html)
    (src,) = re.findall(r'src="(/c/[^"]+/photos/[^"?]+)\?small', html)
    assert shots.SECRET not in client.get(src).data
    stands = booking.standing(connection(), case_id)
    assert stands is not None
    assert stands.leave_in_words == "Leave in safe place: see photo."


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"leave": "neighbour", "who": "", "house": ""}, "who-wrong"),
        ({"leave": "safe_place", "place": "x" * 121}, "place-wrong"),
    ],
)
def test_what_does_not_say_enough_is_marked_where_it_stands(client, play, case_id, said, wrong):
    play.choose(case_id)
    answer = post(client, case_id, act="leave", **said)
    assert answer.status_code == 422
    assert f'id="{wrong}"' in answer.text
    assert "Please correct what is marked." in text(answer.text)
    stands = booking.standing(connection(), case_id)
    assert stands is not None
    assert stands.leaving == ""

"""Whoever calls is found by what they say.

These are also the tests of the functions in SQL: find_parcels, words_of_new_tasks,
words_of_changed_parcel.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.cases.search import rules, service, store
from app.cases.search.rules import Parcel
from app.db import connection as db
from app.db.connection import connection, transaction
from tests.play import Play

CALLERS: dict[str, dict[str, Any]] = {
    "P1": {
        "name": "Jörg Müller-Straßner",
        "phone": "+491701234567",
        "address": {"line1": "Königsallee 14b", "city": "Köln", "postcode": "50667"},
    },
    "P2": {
        "name": "Siobhán O’Neil",
        "phone": "0161 496 0123",
        "address": {"line1": "Flat 3", "line2": "9 Øster Walk", "postcode": "M1 1AE"},
    },
    "P3": {"name": "Kim Doe", "phone": "+1 (714) 555-4101", "address": {"line1": "12 Main Street"}},
    "P4": {"name": "Kim Park", "phone": None, "address": {"line1": "121 Main Street"}},
}

FOUND = {
    "jörg": ["P1"],
    "MUELLER": ["P1"],
    "müll": ["P1"],
    "mull": ["P1"],
    "Muell": ["P1"],
    "straß": ["P1"],
    "4567": ["P1"],
    "müll 4567": ["P1"],
    "müll 4101": [],
    "muller strass": ["P1"],
    "königsallee 14b": ["P1"],
    "köl": ["P1"],
    "0170 1234567": ["P1"],
    "+49 (0)170/123 45 67": ["P1"],
    "0049-170-1234567": ["P1"],
    "siobhan oneil": ["P2"],
    "o'neil": ["P2"],
    "oster walk": ["P2"],
    "m11ae": ["P2"],
    "M1 1AE": ["P2"],
    "+44 161 496 0123": ["P2"],
    "(0161) 4960123": ["P2"],
    "kim": ["P4", "P3"],
    "doe kim": ["P3"],
    "kim main": ["P4", "P3"],
    "12 main st": ["P3"],
    "7145554101": ["P3"],
    "kim 714 555 4101": ["P3"],
    "1z999aa10177": ["P2"],
    "1Z 999 AA1 0177": ["P2"],
    "0277": ["P3"],
    "2026/30815": ["P4"],
    "30815": ["P4"],
    "nobody": [],
    "müllerin": [],
    "1": [],
    "' & (": [],
}


@pytest.fixture
def callers(play: Play) -> dict[str, int]:
    """Parcels of these people, by what the table above calls them; each has a case."""
    found = {}
    for number, (parcel, said) in enumerate(CALLERS.items()):
        case_id = play.courier(parcel=parcel)
        found[parcel] = play.case(case_id).shipment_id
        connection().execute(
            """UPDATE shipments SET name = %s, phone = %s, address = %s, courier_name = NULL,
                      courier_phone = NULL, courier_address = NULL, tracking_number = %s,
                      order_ref = %s WHERE id = %s""",
            [
                said["name"],
                said["phone"],
                db.dumps(said["address"]).decode(),
                f"1Z 999-AA1 0{number}77",
                f"#2026/{number}0815",
                found[parcel],
            ],
        )
        connection().execute("UPDATE cases SET contact_phone = NULL WHERE id = %s", [case_id])
    catch_up()
    return found


def catch_up() -> None:
    while service.catch_up():
        pass


def found(text: str) -> list[int]:
    return service.find(connection(), text, 10)


def test_whoever_calls_is_found(callers: dict[str, int]) -> None:
    for typed, parcels in FOUND.items():
        assert found(typed) == [callers[parcel] for parcel in parcels], typed


def test_what_was_corrected_is_found_by_the_new_words_and_at_once_not_by_the_old(
    callers: dict[str, int],
) -> None:
    connection().execute("UPDATE shipments SET name = 'Lee Grey' WHERE name = 'Kim Doe'")
    assert found("kim doe") == []
    catch_up()
    assert found("grey") == [callers["P3"]]
    assert found("kim") == [callers["P4"]]


def test_by_its_number_a_parcel_is_found_before_its_words_are_written(play: Play) -> None:
    case_id = play.courier(parcel="P1")
    connection().execute("UPDATE shipments SET tracking_number = '1ZNEW', order_ref = '#77'")
    for typed in ("1ZNEW", " 1znew ", "#77"):
        assert found(typed) == [play.case(case_id).shipment_id], typed


def test_a_parcel_that_needs_nobody_is_not_listed(play: Play) -> None:
    play.courier("progress", parcel="P9")
    connection().execute("UPDATE shipments SET name = 'Una Quest'")
    catch_up()
    assert found("quest") == []


def test_whoever_changes_a_parcel_goes_first_and_its_words_come_later(
    callers: dict[str, int],
) -> None:
    with psycopg.connect(db.url()) as other:
        other.execute("UPDATE shipments SET name = 'Zoe Vane' WHERE id = %s", [callers["P3"]])
        connection().execute("INSERT INTO parcel_word_changes VALUES (%s)", [callers["P3"]])
        assert service.catch_up() is False
        other.commit()
    catch_up()
    assert found("vane") == [callers["P3"]]
    assert found("doe") == []


def test_what_many_have_costs_no_more_than_a_page(callers: dict[str, int]) -> None:
    assert store.find(connection(), rules.query("main"), "", 1) == [callers["P4"]]
    (plan,) = connection().execute(
        "SELECT find_parcels FROM find_parcels(%s::tsquery, 1, 3)", [rules.query("jörg")]
    )
    assert plan["find_parcels"] == callers["P1"]  # it is not among the newest


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(name=st.text(max_size=40), number=st.text(max_size=30))
@example(name="'", number="\\")
@example(name="İ ß ﬁ", number="٣٤٥٦٧٨٩")
def test_a_parcel_is_found_by_whatever_it_is_called(play: Play, name: str, number: str) -> None:
    parcel = Parcel(1, number, None, [name], [number], [{"postcode": number}])
    vector = rules.as_vector(rules.words(parcel))
    for text in (name, number):
        wanted = rules.query(text)
        if not wanted or "\0" in text:
            continue
        with transaction() as conn:
            (row,) = conn.execute("SELECT %s::tsvector @@ %s::tsquery AS hit", [vector, wanted])
        assert row["hit"], (vector, wanted)

"""What a shipper reads of a timeline: nothing that staff wrote for themselves."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from app.cases.timeline import audience
from app.cases.timeline import facts as t
from app.cases.timeline.kinds import Visibility
from app.cases.timeline.rows import kind_of, to_json
from tests.cases.facts import FACTS


@given(FACTS)
def test_only_the_words_of_staff_are_kept_from_a_shipper(facts: t.Facts):
    row: dict[str, Any] = {"kind": kind_of(facts), "actor": "Ana", "facts": to_json(facts)}
    shown = audience.for_shipper([row])
    match facts:
        case t.Note(visibility=Visibility.INTERNAL):
            assert shown == []
        case t.ContactElsewhere(visibility=Visibility.INTERNAL):
            assert shown[0]["facts"]["text"] == ""
        case t.Acknowledged() | t.Resolved():
            assert shown[0]["facts"] == row["facts"] | {"note": ""}
        case _:
            assert shown[0]["kind"] == row["kind"]


def test_a_note_of_before_there_was_a_choice_is_internal():
    row = {"kind": "note", "actor": "Ana", "facts": {"text": "gate code 4711"}}
    assert audience.for_shipper([row]) == []


def test_what_a_newer_version_wrote_is_not_shown():
    assert audience.for_shipper([{"kind": "hatched", "actor": "Ana", "facts": {"x": 1}}]) == []

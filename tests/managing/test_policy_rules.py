"""A policy in words and back, and in which line a fault stands."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chain import policy
from app.managing.policies import durations, values
from app.managing.policies.lines import line_of


@given(st.integers(-400 * 86400, 400 * 86400))
def test_every_span_is_read_back_as_it_was_said(seconds):
    assert durations.read(durations.words(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("1.5 h", 5400), ("2 days", 172800), ("1 day", 86400), ("20 minutes", 1200)],
)
def test_spans_are_read_as_people_write_them(text, seconds):
    assert durations.read(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "h", "five min", "1.00001 s", "2 weeks", "1e3 s"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="Write"):
        durations.read(text)


def test_a_form_sent_back_as_it_was_changes_nothing():
    shown = {name: values.written(field, policy.STANDARD) for name, field in values.FIELDS.items()}
    shown |= {f.name: durations.words(seconds) for f, seconds in values.waits(policy.STANDARD)}
    assert values.changed(policy.STANDARD, shown) == policy.STANDARD


def test_every_value_of_the_standard_policy_but_its_flow_is_on_the_form():
    assert set(values.FIELDS) == set(policy.STANDARD) - {"start", "after"}


def test_a_wait_that_stands_at_many_places_is_changed_at_all_of_them():
    name = next(f.name for f, _ in values.waits(policy.STANDARD) if "notify_customer" in f.name)
    new = values.changed(policy.STANDARD, {name: "40 min", "gather_within": "0 min"})
    reachable, email = (new["after"]["validate_contact"][k] for k in ("reachable", "email_only"))
    for entries in (reachable, email):
        told = next(e for e in entries if e.get("arm") == "notify_customer")
        assert told["in"] == 2400
    assert new["gather_within"] == 0
    changed = values.facts(new)
    before = values.facts(policy.STANDARD)
    differing = {key for key in changed if changed[key] != before[key]}
    assert "What follows a call is gathered for so long" in differing
    assert "after validate_contact: reachable" in differing


def test_what_cannot_be_read_is_said_by_its_field():
    with pytest.raises(values.Unreadable) as error:
        values.changed(policy.STANDARD, {"catch_all_times": "x", "quiet_hours": "night"})
    assert set(error.value.faults) == {"catch_all_times", "quiet_hours"}


@given(st.sampled_from([0, 2, 4]), st.booleans())
def test_the_line_of_every_place_is_the_one_where_it_stands(indent, wide):
    body = copy.deepcopy(policy.STANDARD)
    separators = (" , ", " :\n ") if wide else None
    text = json.dumps(body, indent=indent, separators=separators)
    lines = text.split("\n")
    for place in ("after.close.delivered.1.arm", "handover_retry.2", "default"):
        value: Any = body
        for part in place.split("."):
            value = value[int(part) if isinstance(value, list) else part]
        assert json.dumps(value) in lines[line_of(text, place) - 1]
    assert line_of(text, "nowhere.at.all") == 1
    assert line_of("{", "a") == 1

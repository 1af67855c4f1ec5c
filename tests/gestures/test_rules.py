"""Who gets which gesture, in any world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.booking.missed import How
from app.cases import sample
from app.cases.timeline.facts import DisputeSettled, PromiseBroken
from app.cases.timeline.rows import Recorded
from app.errors import Problem
from app.gestures import keys, rules
from app.gestures.model import Rules, Why
from app.gestures.rules import Facts, Granted, Not
from app.managing import gestures
from app.promises.model import Kind, Promise, State
from tests.play import Play

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
AMOUNT = st.integers(0, 100_000)
RULES = st.builds(
    Rules,
    first=AMOUNT,
    regular=AMOUNT,
    share=st.integers(1, 100),
    month=AMOUNT,
    unasked=st.sampled_from([(), ("promise",), ("rating",), ("promise", "rating")]),
    regulars_after=st.integers(0, 30 * 86400),
    not_for=st.sampled_from([(), ("courier_problem",)]),
)
FACTS = st.builds(
    Facts,
    why=st.sampled_from(list(Why)),
    reason=st.sampled_from(["courier_problem", "not_attempted", "recipient_unavailable"]),
    fault=st.sampled_from(["courier", "recipient", "shipper", "weather", "unknown"]),
    first_order=st.sampled_from([True, False, None]),
    value=st.none() | AMOUNT,
    currency=st.sampled_from(["EUR", "USD"]),
    broken_at=st.none() | st.timedeltas(timedelta(), timedelta(days=20)).map(lambda ago: NOW - ago),
)


@given(RULES, FACTS)
def test_what_may_be_given_is_bound_in_every_world(of: Rules, facts: Facts) -> None:
    granted = rules.decide(of, facts, NOW)
    if isinstance(granted, Not):
        return
    assert facts.fault != "recipient"
    assert facts.reason not in of.not_for
    assert 0 < granted.amount <= max(of.first, of.regular)
    if facts.value is not None:
        assert facts.currency == of.currency
        assert granted.amount * 100 <= facts.value * of.share
    assert NOW <= granted.at <= NOW + timedelta(days=7)
    if facts.first_order is not False or facts.why is not Why.PROMISE:
        assert granted.at == NOW
    if facts.broken_at:
        assert granted.at <= max(NOW, facts.broken_at + timedelta(days=7))


@given(RULES, FACTS)
def test_a_first_order_never_waits_longer_than_a_regular_one(of: Rules, facts: Facts) -> None:
    first = rules.decide(of, facts._replace(first_order=True), NOW)
    regular = rules.decide(of, facts._replace(first_order=False), NOW)
    if isinstance(first, Granted) and isinstance(regular, Granted):
        assert first.at <= regular.at


@given(RULES, FACTS)
def test_the_customers_own_absence_earns_nothing_from_anybody(of: Rules, facts: Facts) -> None:
    assert rules.decide(of, facts._replace(fault="recipient"), NOW) is Not.THEIR_OWN
    assert rules.decide(None, facts, NOW) is Not.NO_RULES


def test_who_complains_of_a_broken_promise_does_not_wait_for_it() -> None:
    of = Rules(first=500, regular=800, month=9000)
    facts = Facts(Why.PROMISE, "delayed", "courier", False, None, None, NOW)
    assert rules.decide(of, facts, NOW) == Granted(800, NOW + timedelta(days=2))
    assert rules.decide(of, facts._replace(why=Why.RATING), NOW) == Granted(800, NOW)
    unbroken = facts._replace(why=Why.RATING, broken_at=None)
    assert rules.decide(of, unbroken, NOW) is Not.NOT_UNASKED


SETTLED = DisputeSettled(dispute_id=1, accepted=True, why="")


def entry(what: PromiseBroken | DisputeSettled) -> Recorded:
    return Recorded(NOW, "reknock", what)


@pytest.mark.parametrize(
    ("happened", "fault"),
    [
        ([PromiseBroken(round=2, how=How.TRIED)], "recipient"),
        ([PromiseBroken(round=2, how=How.NOT_COLLECTED)], "recipient"),
        ([PromiseBroken(round=2, how=How.NOT_THERE)], "courier"),
        ([PromiseBroken(round=2, how=How.NOT_CONFIRMED)], "courier"),
        ([PromiseBroken(round=2, how=How.NOT_THERE), PromiseBroken(round=3, how=How.TRIED)],
         "recipient"),
        ([PromiseBroken(round=2, how=How.TRIED), SETTLED],
         "courier"),
        ([], "recipient"),
    ],
)  # fmt: skip
def test_the_fault_is_that_of_what_happened_last(
    happened: list[PromiseBroken | DisputeSettled], fault: str
) -> None:
    case = replace(sample.case(), fault="recipient")
    timeline = [entry(one) for one in happened]
    assert rules.facts(case, Why.PROMISE, timeline, []).fault == fault


def test_a_missed_hour_is_of_whoever_told_it_though_nobody_was_at_home_then() -> None:
    case, tried = replace(sample.case(), fault="recipient"), PromiseBroken(round=2, how=How.TRIED)

    def missed(at: datetime) -> Promise:
        return Promise(1, 1, Kind.WINDOW, 7, at, NOW, State.BROKEN, at, "clock")

    at_once = rules.facts(case, Why.PROMISE, [entry(tried)], [missed(NOW)])
    assert (at_once.fault, at_once.broken_at) == ("depot", NOW)
    before = rules.facts(case, Why.PROMISE, [entry(tried)], [missed(NOW - timedelta(hours=9))])
    assert (before.fault, before.broken_at) == ("recipient", None)
    twice = rules.facts(case, Why.RATING, [], [missed(NOW), missed(NOW - timedelta(hours=9))])
    assert twice.broken_at == NOW - timedelta(hours=9)  # nobody waits a week anew


def test_another_way_to_write_it_is_the_same_customer(play: Play) -> None:
    def of(phone: str, email: str) -> set[str]:
        parcel = replace(sample.case().parcel, phones=[phone], emails=[email])
        return set(keys.of(replace(sample.case(), parcel=parcel)))

    one = of("+17145550123", "Kim.Doe+parcels@gmail.com")
    assert one == of("(714) 555-0123", "kimdoe@googlemail.com")
    assert one & of("+17145550124", "k.imdoe+x@gmail.com")
    assert not one & of("+17145550124", "kim.doe@example.com")
    assert of("+17145550123", "kim.doe@example.com") & of("+17145550123", "kimdoe@example.com")
    assert "714" not in "".join(one)


@given(RULES)
def test_rules_that_are_written_are_read_back(of: Rules) -> None:
    if of.regulars_after > 7 * 86400:
        with pytest.raises(Problem):
            gestures.read(gestures.written(of))
    else:
        assert gestures.read(gestures.written(of)) == of


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("first", "5,00"), ("month", "-1"), ("share", 0), ("share", 101), ("times", "x")),
        *(("currency", "EUX"), ("kind", "cake"), ("unasked", ["weather"]), ("not_for", "cake")),
        *(("regulars_after", "8 days"), ("granted_by", "hand")),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(Problem) as refused:
        gestures.read({field: value})
    assert list(refused.value.by_field) == [field]


def test_a_credit_is_granted_by_the_shops_system_alone() -> None:
    with pytest.raises(Problem) as refused:
        gestures.read({"kind": "credit", "granted_by": "codes"})
    assert list(refused.value.by_field) == ["granted_by"]
    assert gestures.read({"kind": "credit", "granted_by": "webhook"}).kind == "credit"

"""Policies: what is refused and at which place, and that the rest leaves no case hanging."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from psycopg.types.json import Jsonb

from app import clock
from app.chain import audit, policy, registry
from app.chain.entries import Arm, Cancel
from app.chain.policy import Policy
from app.chain.standard import HOUR, STANDARD
from app.chain.step import Phase, StepType
from app.db.connection import connection, transaction
from tests import courier
from tests.inline import advance, settle
from tests.play import Play

Change = Callable[[dict[str, Any]], Any]


def changed(change: Change) -> dict[str, Any]:
    body = copy.deepcopy(STANDARD)
    change(body)
    return body


def faults(body: Any) -> dict[str, Any]:
    try:
        policy.check(body)
    except ValidationError as error:
        return error.messages_dict
    return {}


def after(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["after"]
    return found


def first(body: dict[str, Any]) -> dict[str, Any]:
    """The entry that arms the first call."""
    entry: dict[str, Any] = after(body)["validate_contact"]["reachable"][1]
    return entry


def misspell(body: dict[str, Any]) -> None:
    checked = after(body)["validate_contact"]
    checked["reachabel"] = checked.pop("reachable")


def test_the_standard_policy_can_be_trusted():
    policy.check(STANDARD)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (misspell, "after.validate_contact.reachabel"),
        (lambda b: after(b).update(validate_contakt={}), "after.validate_contakt"),
        (lambda b: b.update(after={}), "after.validate_contact.reachable"),
        (lambda b: b.update(after=[]), "after"),
        (lambda b: b.update(start="nothing"), "start"),
        (lambda b: b.update(start="thank"), "start"),
        (lambda b: b.update(start="hear_courier"), "start"),
        (lambda b: b.pop("after"), "after"),
        (lambda b: after(b).update(choose=[]), "after.choose"),
        (lambda b: after(b)["choose"].update(pickup={}), "after.choose.pickup"),
        (lambda b: first(b).update({"in": "4h"}), "after.validate_contact.reachable.1.in"),
        (lambda b: first(b).update({"in": True}), "after.validate_contact.reachable.1.in"),
        (lambda b: first(b).update({"in": 1e12}), "after.validate_contact.reachable.1.in"),
        (lambda b: first(b).update({"in": float("nan")}), "after.validate_contact.reachable.1.in"),
        (lambda b: first(b).update(at="noon"), "after.validate_contact.reachable.1.at"),
        (lambda b: first(b).update(when=1), "after.validate_contact.reachable.1.when"),
        (lambda b: first(b).update(arm="nothing"), "after.validate_contact.reachable.1.arm"),
        (lambda b: first(b).update(arm=7), "after.validate_contact.reachable.1.arm"),
        (lambda b: first(b).update(cancel="thank"), "after.validate_contact.reachable.1"),
        (lambda b: first(b).pop("arm"), "after.validate_contact.reachable.1"),
        (lambda b: first(b).update(arm="thank"), "after.validate_contact.reachable.1.arm"),
        (
            lambda b: after(b)["close"].update(delivered=[{"cancel": "thank"}]),
            "after.close.delivered.0.cancel",
        ),
        (
            lambda b: after(b)["close"].update(delivered=[{"arm": "call_dispatcher"}]),
            "after.close.delivered.0.arm",
        ),
        (lambda b: after(b)["close"].update(lost=[]), "after.close.lost"),
        (
            lambda b: after(b)["hear_courier"].update(opened=[{"arm": "thank"}]),
            "after.hear_courier.opened",
        ),
        (
            lambda b: after(b)["choose"].update(pickup=[{"arm": "hear_courier"}]),
            "after.choose.pickup.0.arm",
        ),
        (lambda b: after(b).pop("survey"), ""),
        (lambda b: after(b)["notify_customer"].update(told=[]), ""),
        (
            lambda b: (after(b).pop("send"), after(b).pop("look_up_contact")),
            "after.validate_contact.supplied.1.cancel",
        ),
        (
            lambda b: after(b)["call_dispatcher"].update(exhausted=[{"hasten": "look_up_contact"}]),
            "",
        ),
        (lambda b: after(b)["survey"].update(good=[]), ""),
        (
            lambda b: (
                after(b).update(thank={"done": []}),
                after(b).pop("survey"),
                after(b).pop("good_now"),
            ),
            "after.thank",
        ),
        (lambda b: after(b).pop("keep_promise"), "after.keep_promise.broken"),
        (
            lambda b: after(b)["call_dispatcher"].update(exhausted=[{"arm": "call_dispatcher"}]),
            "after.call_dispatcher.exhausted",
        ),
        (lambda b: b.update(news_every=1), "news_every"),
        (lambda b: b.update(news_every="86400"), "news_every"),
        (lambda b: b.update(return_after=10**12), "return_after"),
        (lambda b: b.update(catch_all_times=0), "catch_all_times"),
        (lambda b: b.update(default="luck"), "default"),
        (lambda b: b.update(quiet_hours={"from": "21:00", "to": "8 am"}), "quiet_hours.to"),
        (lambda b: b.update(quiet_hours={"from": "21:00"}), "quiet_hours.to"),
        (lambda b: b.update(quite_hours=None), "quite_hours"),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(change: Change, place: str):
    found = faults(changed(change))
    assert place in found if place else found == {}


def test_a_case_that_nothing_ends_is_refused():
    body = copy.deepcopy(STANDARD)
    news = [{"arm": "give_news", "in": HOUR}]
    body["after"] = {"validate_contact": {"*": news}, "give_news": {"*": news}}
    assert "somebody acts" in str(faults(body))


@pytest.mark.parametrize("body", [None, 7, [], "x", {}])
def test_what_is_no_policy_at_all_is_refused(body: Any):
    assert faults(body)


# --- whatever is accepted leaves no case hanging

_NAMES = sorted(registry.sources())
_OUTCOMES = {
    name: ["*", *(str(one) for one in source.outcomes)]
    for name, source in registry.sources().items()
}
_STEPS = sorted(registry.step_types())
_WAITS = st.sampled_from([0, 60, HOUR, -HOUR, 5 * HOUR, 86400, "4h", None, 1e99])
_ENTRIES = st.one_of(
    st.builds(lambda step: {"arm": step}, st.sampled_from(_STEPS)),
    st.builds(lambda step, wait: {"arm": step, "in": wait}, st.sampled_from(_STEPS), _WAITS),
    st.builds(
        lambda step, at, wait: {"arm": step, "at": at, "in": wait},
        st.sampled_from(_STEPS),
        st.sampled_from(["opened_at", "news_by", "choose_by", "return_by", "noon"]),
        _WAITS,
    ),
    st.builds(
        lambda verb, step: {verb: step},
        st.sampled_from(["hasten", "cancel", "arm", "drop"]),
        st.sampled_from([*_STEPS, "nothing"]),
    ),
)


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, Any]:
    """The standard policy with a few things changed, most of them sensible by themselves."""
    body = copy.deepcopy(STANDARD)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(_NAMES))
        outcome = draw(st.sampled_from(_OUTCOMES[name]))
        follows = body["after"].setdefault(name, {}).setdefault(outcome, [])
        what = draw(st.integers(0, 3))
        if what == 0 or not follows:
            follows.append(draw(_ENTRIES))
        elif what == 1:
            follows.pop(draw(st.integers(0, len(follows) - 1)))
        elif what == 2:
            follows[draw(st.integers(0, len(follows) - 1))] = draw(_ENTRIES)
        else:
            del body["after"][name]
    return body


randoms = st.fixed_dictionaries(
    {"start": st.sampled_from(_STEPS)},
    optional={
        "after": st.dictionaries(
            st.sampled_from(_NAMES),
            st.dictionaries(
                st.sampled_from(["*", "done", "reachable", "told", "delivered"]),
                st.lists(_ENTRIES, max_size=3),
                max_size=3,
            ),
        )
    },
).map(lambda part: STANDARD | part)


def wander(body: dict[str, Any], chance: random.Random) -> None:
    """One case by the declarations alone, at random; the walk shares no code with the check."""
    rules = Policy(0, body)
    phase, live = Phase.NEW, {body["start"]}
    for _ in range(60):
        acts = [
            (source, outcome)
            for source in registry.sources().values()
            for outcome in source.outcomes
            if phase in source.effect(outcome).phases and not source.effect(outcome).said_by
            if not isinstance(source, StepType)
            or source.name in live
            or source.name == "hear_courier"
            or source.effect(outcome).outside
        ]
        source, outcome = chance.choice(acts)
        effect = source.effect(outcome)
        if effect.through and effect.phases[phase] is not phase:
            chosen = chance.choice([str(one) for one in effect.through.outcomes])
            live = followed(rules, effect.through.name, chosen, live)
        live = followed(rules, source.name, outcome, live - {source.name})
        phase = effect.phases[phase]
        if phase is Phase.CLOSED:
            return
        assert live, (source.name, outcome)


def followed(rules: Policy, name: str, outcome: str, live: set[str]) -> set[str]:
    entries = rules.follows(name, outcome)
    cancelled = {entry.step for entry in entries if isinstance(entry, Cancel)}
    return live - cancelled | {entry.step for entry in entries if isinstance(entry, Arm)}


_accepted: list[dict[str, Any]] = []


@settings(max_examples=500, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.one_of(mutations(), mutations(), randoms), seed=st.integers(0, 1000))
def test_what_is_accepted_never_leaves_an_open_case_with_nothing(body: dict[str, Any], seed: int):
    if not faults(body):
        _accepted.append(body)
        for number in range(5):
            wander(body, random.Random(seed + number))


def run_by(play: Play, body: dict[str, Any]) -> None:
    """Stored without a check, as an older version may have done."""
    with transaction() as conn:
        conn.execute(
            """WITH p AS (INSERT INTO policies (name, body, created_at)
                              VALUES ('any', %s, now()) RETURNING id)
               UPDATE shippers SET policy_id = p.id FROM p""",
            [Jsonb(body)],
        )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_accepted_policies_run_through_the_engine(play: Play):
    """Beside the walk above: silence, a delivery, worse news, a choice, with time moved."""
    assert len(_accepted) >= 30
    for number, body in enumerate(random.Random(1).sample(_accepted, 12)):
        run_by(play, body)
        cases = [play.courier(parcel=f"{number}-{kind}") for kind in ("a", "b", "c")]
        play.courier("lost", parcel=f"{number}-b")
        if play.options(cases[2]).slots:
            play.choose(cases[2])
        advance(days=3)
        assert play.orphans() == []
        assert not audit.run(clock.now()).stuck
        answers = [play.hear(courier.said("delivered", f"{number}-{kind}")) for kind in "abc"]
        assert {answer.outcome for answer in answers} == {"accepted"}
        settle()
        assert {play.case(case_id).state for case_id in cases} == {"closed"}


# --- what was stored before it would have been refused


def test_a_delivery_is_answered_whatever_the_stored_policy_says(play: Play):
    for number, close in enumerate(
        (
            [{"cancel": "thank"}],
            [{"arm": 7}],
            "x",
            [{"arm": "nothing"}],
            [{"arm": "thank", "in": "4h"}],
        )
    ):
        body = copy.deepcopy(STANDARD)
        after(body)["close"].update(delivered=close)
        run_by(play, body)
        case_id = play.courier(parcel=f"P{number}")
        assert play.hear(courier.said("delivered", f"P{number}")).outcome == "accepted"
        settle()
        assert play.case(case_id).closed


def test_a_stored_policy_that_loops_waits_a_minute_each_time(play: Play):
    run_by(
        play,
        changed(
            lambda b: (
                after(b)["look_up_contact"].update({"*": [{"arm": "look_up_contact"}]})
                or after(b)["validate_contact"]["reachable"].append({"arm": "look_up_contact"})
            )
        ),
    )
    case_id = play.courier()
    rows = connection().execute(
        "SELECT due_at FROM steps WHERE case_id = %s AND name = 'look_up_contact'", [case_id]
    )
    (row,) = rows.fetchall()
    wait = row["due_at"] - clock.now()
    assert timedelta(seconds=50) < wait <= timedelta(minutes=1)


def test_a_case_that_is_healed_in_vain_is_reported_and_left_alone_for_an_hour(play: Play):
    run_by(play, STANDARD | {"after": {}})
    case_id = play.courier()
    for _ in range(3):
        found = audit.run(clock.now())
        assert (found.orphans, found.in_vain) == ([case_id], [])
        advance(minutes=1)
    for _ in range(5):
        found = audit.run(clock.now())
        assert (found.orphans, found.in_vain) == ([], [case_id])
        advance(minutes=1)
    advance(hours=1)
    assert audit.run(clock.now()).orphans == [case_id]
    assert play.timeline(case_id).count("audit_healed") == 4
    assert audit.run(clock.now()).orphans == []


# --- what the webhook leaves to the built-in step


def test_worse_news_before_the_first_was_weighed_still_begin_the_chain(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    play.hear(courier.said("lost"))
    settle()
    assert play.case(case_id).kind == "lost"
    assert play.waiting(case_id) >= {"call_dispatcher", "choose_default"}
    assert play.tasks(case_id) == [("failure", "open")]


def test_a_delivery_before_the_failure_was_weighed_calls_nobody(play: Play):
    case_id = play.hear(courier.said()).case_id or 0
    play.courier("delivered")
    assert play.messages(case_id) == []
    assert play.waiting(case_id) == {"follow_up"}

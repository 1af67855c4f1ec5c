"""What a case becomes, for any case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.cases import rules
from app.cases.model import (
    Case,
    CaseKind,
    CaseState,
    Contact,
    Depot,
    Parcel,
    Report,
    Resolution,
    Shipper,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

_OPEN = [state for state in CaseState if state is not CaseState.CLOSED]
_HOURS = st.integers(-72, 200).map(lambda hours: NOW + timedelta(hours=hours))
_SOME_HOURS = st.none() | _HOURS
_REPORTS = st.builds(Report, st.sampled_from(CaseKind), st.text(), st.text(), st.text())
_CASES = st.builds(
    Case,
    kind=st.sampled_from(CaseKind),
    state=st.sampled_from(_OPEN),
    round=st.integers(1, 9),
    opened_at=_HOURS,
    acknowledged_at=_SOME_HOURS,
    informed_at=_SOME_HOURS,
    news_by=_SOME_HOURS,
    choose_by=_SOME_HOURS,
    return_by=_SOME_HOURS,
    courier_acts_at=_SOME_HOURS,
    change_by=_SOME_HOURS,
    aside_until=st.none(),
    closed_at=st.none(),
    resolution=st.none(),
    parcel=st.builds(
        Parcel, address=st.none(), delivered_at=st.none(), phones=st.just([]), emails=st.just([])
    ),
    shipper=st.builds(Shipper),
    depot=st.builds(Depot),
)


@given(_CASES)
def test_a_new_round_leaves_nothing_booked_and_nobody_responsible(case: Case):
    after = rules.new_round(case, NOW)
    assert after.round == case.round + 1
    assert not after.booked
    assert not after.closed
    assert (after.acknowledged_at, after.acknowledged_by) == (None, None)


@given(_CASES)
def test_whom_nothing_reached_is_not_informed_and_promised_nothing(case: Case):
    after = rules.new_round(case, NOW)
    assert (after.state is CaseState.INFORMED) == (case.informed_at is not None)
    assert after.news_by == (case.news_by if case.informed_at else None)


@given(_CASES)
def test_there_is_time_to_choose_again_and_it_ends_before_the_parcel_goes_back(case: Case):
    by = rules.new_round(case, NOW).choose_by
    assert by is not None
    assert NOW < by <= NOW + timedelta(days=1)
    if case.act_by and case.act_by > NOW:
        assert by < case.act_by


@given(_CASES, _SOME_HOURS)
def test_being_told_moves_an_open_case_on_and_takes_no_promise_back(
    case: Case, news_by: datetime | None
):
    after = rules.informed(case, news_by, NOW)
    assert after.state is (CaseState.INFORMED if case.state is CaseState.OPEN else case.state)
    assert after.informed_at == (case.informed_at or NOW)
    assert after.news_by == (news_by or case.news_by)
    assert rules.informed(after, news_by, NOW + timedelta(hours=1)) == after


@given(_CASES, _REPORTS)
def test_a_report_changes_what_it_says_and_nothing_else(case: Case, report: Report):
    after = rules.reported(case, report, NOW)
    assert (after.kind, after.reason, after.fault, after.words) == tuple(report)
    assert after.choose_by == (case.choose_by if after.deliverable else NOW)
    said = Report(case.kind, case.reason, case.fault, case.words)
    back = replace(rules.reported(after, said, NOW), choose_by=case.choose_by)
    assert back == case


@given(_CASES)
def test_what_is_sent_again_can_be_chosen_and_leaves_time_for_it(case: Case):
    after = rules.sent_again(case, NOW + timedelta(days=7), NOW)
    assert (after.kind, after.round) == (CaseKind.FAILED, case.round + 1)
    assert after.return_by is not None
    assert after.return_by >= NOW + timedelta(days=7)
    assert after.choose_by is not None
    assert NOW < after.choose_by < after.return_by


def test_the_outcome_of_a_check_is_the_best_way_there_is():
    assert Contact("+1", "mobile", "m@example.test", None).outcome == "reachable"
    assert Contact(None, "fixed", "m@example.test", "no_text_messages").outcome == "email_only"
    assert Contact(None, None, None, "missing").outcome == "unreachable"


def test_who_gives_a_case_up_is_the_chain_and_who_brings_it_back_the_courier():
    assert [end for end in Resolution if not end.by_hand] == [
        Resolution.RETURNED_TO_SENDER,
        Resolution.HANDED_TO_SHIPPER,
        Resolution.OLD_NEWS,
    ]

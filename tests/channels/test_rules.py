from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels import rules

NIGHT = {"from": "21:00", "to": "08:00", "zone": "Europe/Berlin"}
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
wall_times = st.times().map(lambda t: t.strftime("%H:%M"))
quiets = st.builds(
    lambda start, end, zone: {"from": start, "to": end, "zone": zone},
    wall_times,
    wall_times,
    st.sampled_from(ZONES),
)
start = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=1460)).map(start.__add__)


def berlin(text: str, fold: int = 0) -> datetime:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    return local.astimezone(UTC)


def is_quiet(moment: datetime, quiet: dict[str, str]) -> bool:
    wall = moment.astimezone(ZoneInfo(quiet["zone"])).strftime("%H:%M")
    if quiet["from"] <= quiet["to"]:
        return quiet["from"] <= wall < quiet["to"]
    return wall >= quiet["from"] or wall < quiet["to"]


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-10T20:59", None),
        ("2026-06-10T21:00", "2026-06-11T08:00"),
        ("2026-06-10T23:59", "2026-06-11T08:00"),
        ("2026-06-11T00:00", "2026-06-11T08:00"),
        ("2026-06-11T07:59", "2026-06-11T08:00"),
        ("2026-06-11T08:00", None),
        ("2026-03-28T22:00", "2026-03-29T08:00"),  # the night has nine hours only
        ("2026-10-24T22:00", "2026-10-25T08:00"),  # and here eleven
    ],
)
def test_the_night_ends_at_eight_on_the_depots_clocks(now: str, end: str | None) -> None:
    assert rules.quiet_until(berlin(now), NIGHT) == (berlin(end) if end else None)


def test_an_end_that_the_clocks_skip_or_repeat() -> None:
    early = NIGHT | {"to": "02:30"}
    assert rules.quiet_until(berlin("2026-03-29T01:00"), early) == berlin("2026-03-29T03:30")
    first, second = berlin("2026-10-25T02:30"), berlin("2026-10-25T02:30", fold=1)
    assert rules.quiet_until(berlin("2026-10-25T01:00"), early) == first
    assert rules.quiet_until(berlin("2026-10-25T02:10", fold=1), early) == second


@pytest.mark.parametrize("quiet", [None, {}, NIGHT | {"from": "08:00"}])
def test_no_quiet_hours(quiet: dict[str, str] | None) -> None:
    assert rules.quiet_until(berlin("2026-06-10T23:00"), quiet) is None


@given(moments, quiets)
def test_quiet_hours_end_after_now_and_outside_of_them(
    now: datetime, quiet: dict[str, str]
) -> None:
    end = rules.quiet_until(now, quiet)
    assert (end is not None) == is_quiet(now, quiet)
    if end is None:
        return
    assert not is_quiet(end, quiet)
    assert now < end < now + timedelta(hours=26)
    # It waits no longer than it must; the hour that the clocks skip excepted.
    minutes = range(0, int((end - now).total_seconds()) - 3600, 600)
    assert all(is_quiet(now + timedelta(seconds=second), quiet) for second in minutes)


def test_relevance_at_the_moment_of_sending() -> None:
    now = datetime(2026, 6, 10, 12, tzinfo=UTC)

    def why(needs: str, state: str, **changes: object) -> str | None:
        known = {"delivered": False, "not_after": None, "now": now} | changes
        return rules.why_not(needs, state, **known)  # type: ignore[arg-type]

    assert why("open", "booked") is None
    assert why("open", "closed") == "case_closed"
    assert why("open", "open", delivered=True) == "delivered"
    assert why("closed", "closed", delivered=True) is None
    assert why("closed", "informed") == "case_open"
    assert why("any", "closed", delivered=True) is None
    assert why("any", "open", not_after=now) is None
    assert why("any", "open", not_after=now - timedelta(microseconds=1)) == "too_late"


@given(st.lists(st.sampled_from(sorted(rules.RANK)), max_size=20))
def test_news_in_any_order_only_move_a_message_forward(news: list[str]) -> None:
    state, ranks = "sending", [rules.RANK["sending"]]
    for item in news:
        if rules.forward(state, item):
            state = item
        ranks.append(rules.RANK[state])
    assert ranks == sorted(ranks)
    if "delivered" in news and "suppressed" not in news:
        assert state == "delivered"


@given(st.text(), st.integers(0, 5))
def test_every_further_way_has_a_key_of_its_own(key: str, ways: int) -> None:
    keys = rules.later_keys(key, 1, ways)
    assert keys == [f"{key}:{number}" for number in range(2, ways + 2)]
    if keys:
        assert rules.later_keys(keys[0], 2, ways - 1) == keys[1:]


@given(
    st.sampled_from(sorted(rules.RETRY_AFTER)),
    st.sampled_from(["temporary", "permanent", "unknown"]),
    st.integers(1, 20),
    st.booleans(),
)
def test_a_doubtful_message_is_repeated_to_dispatchers_only(
    audience: str, outcome: str, tries: int, repeatable: bool
) -> None:
    wait = rules.retry_in(audience, outcome, tries, repeatable=repeatable)
    allowed = outcome == "temporary" or (
        outcome == "unknown" and (audience == "dispatcher" or repeatable)
    )
    assert (wait is not None) == (allowed and tries <= len(rules.RETRY_AFTER[audience]))


def test_retries_grow_and_end() -> None:
    for waits in rules.RETRY_AFTER.values():
        assert list(waits) == sorted(waits)
    assert len(rules.RETRY_AFTER["dispatcher"]) == 2  # three tries


@given(st.dates())
def test_recipients_are_known_by_one_spelling(day: date) -> None:
    assert rules.normal("email", " Kim@Example.COM") == "kim@example.com"
    assert rules.normal("sms", f"+49{day:%Y%m%d} ") == f"+49{day:%Y%m%d}"

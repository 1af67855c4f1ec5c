from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.channels import rules


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
        assert rules.former_keys(keys[-1], ways + 1) == [key, *keys[:-1]]
    assert rules.former_keys(key, 1) == []


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

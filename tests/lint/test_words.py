"""The rules for customers' words bite, and let pass what is right."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.lint import words

ROOT = Path(__file__).parents[2]
TEXTS = Path("app/questions/texts.py")


def rules_broken(code: str, path: Path = TEXTS) -> list[str]:
    tree = ast.parse(code)
    found = [*words.vows(path, tree), *words.apologies(path, tree), *words.hours(path, tree)]
    return [finding.rule for finding in found]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ('TEXT = "We will do better next time."', "no-vows"),
        ('TEXT = f"{name}, it won\'t happen again."', "no-vows"),
        ('TEXT = "Never again will you wait."', "no-vows"),
        ('TEXT = "We are so sorry for the delay."', "one-apology"),
        ('TEXT = f"Our apologies, {name}"', "one-apology"),
        ("def a(case: Case, by: datetime) -> RenderedMessage: ...", "promised-hours"),
        ("def a(*, by: datetime | None) -> RenderedMessage: ...", "promised-hours"),
        ("def a(case: Case) -> RenderedMessage:\n    return say(case.news_by)", "promised-hours"),
        ("def a(b: Booking) -> RenderedMessage:\n    return say(b.starts_at)", "promised-hours"),
    ],
)
def test_what_must_not_be_said_to_a_customer_is_found(code: str, rule: str) -> None:
    assert rules_broken(code) == [rule]


@pytest.mark.parametrize(
    "code",
    [
        'TEXT = "Choose again, and we bring it on Friday."',
        "def a(case: Case, news: Promise) -> RenderedMessage:\n    return say(news.due_at)",
        "def a(b: Booking, hour: Promise) -> RenderedMessage:\n    return say(b.starts_at)",
        '"""Nobody writes: it will never happen again."""',
    ],
)
def test_what_may_be_said_passes(code: str) -> None:
    assert rules_broken(code) == []


def test_the_one_apology_stands_in_one_place() -> None:
    code = 'SORRY = "We\'re sorry."\nOTHER = "We\'re sorry."'
    found = list(words.apologies(Path("app/customer/texts.py"), ast.parse(code)))
    assert [finding.line for finding in found] == [2]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("<p>We are sorry.</p>", "one-apology"),
        ("<p>You hear from us by {{ when.moment(case.news_by) }}</p>", "promised-hours"),
        ("<p>{{ when.window(booking.starts_at, booking.ends_at) }}</p>", "promised-hours"),
        ("<p>It will not happen again.</p>", "no-vows"),
    ],
)
def test_pages_follow_the_same_rules(line: str, rule: str) -> None:
    path = Path("app/customer/templates/customer/now.html")
    assert [finding.rule for finding in words.page(path, line)] == [rule]
    guarded = f"{{% if view.sorry %}}{line}{{% endif %}}"
    assert len(list(words.page(path, guarded))) == (rule != "one-apology")


def test_this_house_keeps_its_words() -> None:
    assert list(words.check(ROOT)) == []

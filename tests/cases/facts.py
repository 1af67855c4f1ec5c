"""Facts of every kind, made by hypothesis from the fields that a kind declares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_type_hints

from hypothesis import strategies as st

from app.cases.timeline.facts import CLASSES, Booking, Facts
from app.cases.timeline.kinds import Topic, Visibility, Word

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
MOMENTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
NUMBERS = st.integers(0, 2**31)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    int: NUMBERS,
    bool: st.booleans(),
    str | None: st.none() | WORDS,
    datetime | None: st.none() | MOMENTS,
    tuple[str, ...]: st.lists(WORDS, max_size=3).map(tuple),
    Topic: st.sampled_from(Topic),
    Visibility: st.sampled_from(Visibility),
    Word: st.sampled_from(Word),
}


def of(cls: type[Any]) -> st.SearchStrategy[Any]:
    """Any facts of this class."""
    return st.builds(cls, **{name: VALUES[hint] for name, hint in get_type_hints(cls).items()})


VALUES[Booking | None] = st.none() | of(Booking)

FACTS: st.SearchStrategy[Facts] = st.one_of([of(cls) for cls in CLASSES.values()])

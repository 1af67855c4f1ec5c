"""Days, hours and numbers of a list, as they stand in a sentence.

Each function looks at what begins at a place of the sentence, and yields what it may be and where
it ends. A number alone is never an hour: a word or its writing has to say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from app.replies.meaning import Clock, Day, Half, Hours, Part
from app.replies.text import Token, day_of
from app.replies.vocabulary import Piece

Item = Token | Piece
_PARTS: dict[str, Part] = {
    name: name for name in ("morning", "noon", "afternoon", "evening", "night")
}
_BEFORE = {"half_past": 30, "half_to": -30, "quarter_past": 15, "quarter_to": -15}
"""Minutes that are said before their hour: `half past five`, `halb sechs`, `पौने छह`."""
_BEHIND = {"and_half": 30, "and_quarter": 15, "less_quarter": -15}
"""And behind it: `cinq heures et demie`, `las seis menos cuarto`."""
_HALVES: dict[str, Half] = {"am": "am", "pm": "pm"}
_YEARS = range(2020, 2100)


class Found(NamedTuple):
    """Something that was said, up to the item before `end`."""

    end: int
    day: Day | None = None
    part: Part | None = None
    hours: Hours | None = None
    option: int | None = None
    last: bool = False
    plain: bool = False
    """Whether the number of an option stands there without any word that says what it is."""


class _Timed(NamedTuple):
    clock: Clock
    end: int
    said: bool
    """Whether it says by itself that it is a time."""


def at(items: Sequence[Item], i: int, *, month_first: bool) -> Iterator[Found]:
    """All that may begin here."""
    yield from _days(items, i, month_first=month_first)
    yield from _hours(items, i)
    yield from _options(items, i)
    if part := _PARTS.get(str(_value(items, i, "part"))):
        yield Found(i + 1, part=part)


def is_silent(items: Sequence[Item], i: int) -> bool:
    """Whether a small word here says nothing: before a time it says how that is meant."""
    if _is(items, i, "weak"):
        return not any(True for _ in _time(items, i + 1))
    return not (_is(items, i, "on") and any(timed.said for timed in _time(items, i + 1)))


def _days(items: Sequence[Item], i: int, *, month_first: bool) -> Iterator[Found]:
    ahead = _value(items, i, "ahead")
    if isinstance(ahead, int):
        yield Found(i + 1, day=Day(ahead=ahead))
    weekday = _value(items, i, "weekdays")
    if isinstance(weekday, int):
        yield Found(i + 1, day=Day(weekday=weekday))
        number = _number(items, i + 1)
        if number and 1 <= number[0] <= 31 and _ends_day(items, number[1]):
            yield Found(_past_suffix(items, number[1]), day=Day(weekday=weekday, day=number[0]))
    if _is(items, i, "next"):
        weekday = _value(items, i + 1, "weekdays")
        if isinstance(weekday, int):
            yield Found(i + 2, day=Day(weekday=weekday, next=True))
    weekday, after = _value(items, i, "weekdays"), _is(items, i + 1, "next")
    if isinstance(weekday, int) and after:  # vendredi prochain
        yield Found(i + 2, day=Day(weekday=weekday, next=True))
    if _is(items, i, "next_week"):
        yield Found(i + 1, day=Day(next_week=True))
    if _is(items, i, "weekend"):
        yield Found(i + 1, day=Day(weekend=True))
    number = _number(items, i + 1)
    if _is(items, i, "in") and number and _is(items, number[1], "days"):
        yield Found(number[1] + 1, day=Day(ahead=number[0]))
    yield from _dates(items, i, month_first=month_first)


def _ends_day(items: Sequence[Item], i: int) -> bool:
    """Whether the number before is no hour, and begins no longer date."""
    names = {"hour", "am", "pm", "to", "after_it", "before_it", "months"}
    item = items[i] if i < len(items) else None
    if isinstance(item, Token):
        return item.text != "-"
    return not (isinstance(item, Piece) and item.name in names)


def _dates(items: Sequence[Item], i: int, *, month_first: bool) -> Iterator[Found]:
    token = items[i]
    if isinstance(token, Token) and token.kind in {"date", "iso"}:
        written = day_of(token, month_first=month_first)
        if written:
            month, day, year = written
            yield Found(i + 1, day=Day(month=month, day=day, year=year))
    if isinstance(token, Token) and token.kind == "clock" and "." in token.text:
        day, month = token.numbers
        if 1 <= day <= 31 and 1 <= month <= 12:
            yield Found(i + 1, day=Day(month=month, day=day))
    number = _number(items, i)
    if number:
        day, end = number[0], _past(items, _past_suffix(items, number[1]), "of", "from", "the")
        month_at = _value(items, end, "months")
        if isinstance(month_at, int) and 1 <= day <= 31:
            yield from _with_year(items, end + 1, month_at, day)
    month_here = _value(items, i, "months")
    if isinstance(month_here, int):
        number = _number(items, _past(items, i + 1, "the"))
        if number and 1 <= number[0] <= 31:
            yield from _with_year(items, _past_suffix(items, number[1]), month_here, number[0])
    yield from _days_of_month(items, i)


def _with_year(items: Sequence[Item], i: int, month: int, day: int) -> Iterator[Found]:
    yield Found(i, day=Day(month=month, day=day))
    end = _past(items, i, "of", "from", "the")
    number = _number(items, end)
    if number and number[0] in _YEARS:
        yield Found(number[1], day=Day(month=month, day=day, year=number[0]))


def _days_of_month(items: Sequence[Item], i: int) -> Iterator[Found]:
    """`on the 5th`, `am 5.`, `el 5`."""
    begins = _past(items, _past(items, i, "on"), "the")
    number = _number(items, begins)
    if number is None or not 1 <= number[0] <= 31 or not _ends_day(items, number[1]):
        return
    end = _past_suffix(items, number[1])
    suffixed = end > number[1] or _is_ordinal(items, begins)
    if begins > i or suffixed:
        yield Found(end, day=Day(day=number[0]))


def _options(items: Sequence[Item], i: int) -> Iterator[Found]:
    begins = _past(items, i, "the")
    named = _past(items, begins, "option")
    number, ordinal = _number(items, named), _value(items, named, "ordinals")
    if number:
        end = _past_suffix(items, number[1])
        closed = _past(items, end, "option")
        said = named > begins or closed > number[1]
        bare = not said and begins == i
        if not (bare and any(_is(items, i - 1, name) for name in ("on", "of", "weak"))):
            yield Found(closed, option=number[0], plain=bare)
    elif isinstance(ordinal, int):
        yield Found(_past(items, named + 1, "option"), option=ordinal)
    elif _is(items, begins, "last"):
        yield Found(_past(items, begins + 1, "option"), last=True)


def _hours(items: Sequence[Item], i: int) -> Iterator[Found]:
    for words, how in (
        (("after", "from"), "after"),
        (("before", "until"), "before"),
        (("at",), "at"),
    ):
        if any(_is(items, i, word) for word in words):
            for timed in _time(items, i + 1):
                yield Found(timed.end, hours=Hours(how, timed.clock))  # type: ignore[arg-type] # the three above
    begins = _past(items, i, "from", "between", "at")
    for first in _time(items, begins):
        joined = _joined(items, first.end, told=begins > i)
        for second in _time(items, joined) if joined else ():
            end = _past(items, second.end, "between")
            yield Found(end, hours=Hours("range", first.clock, second.clock))
        if begins > i:
            continue
        if _is(items, first.end, "after_it"):
            yield Found(first.end + 1, hours=Hours("after", first.clock))
        elif _is(items, first.end, "before_it"):
            yield Found(first.end + 1, hours=Hours("before", first.clock))
        elif first.said:
            yield Found(first.end, hours=Hours("at", first.clock))


def _joined(items: Sequence[Item], i: int, *, told: bool) -> int:
    """Where the second time of a range begins; 0 where there is none.

    "2 and 6" is one only after "between".
    """
    item = items[i] if i < len(items) else None
    if isinstance(item, Token) and item.text == "-":
        return i + 1
    words = ("to", "until", "and") if told else ("to", "until")
    return i + 1 if any(_is(items, i, word) for word in words) else 0


def _time(items: Sequence[Item], i: int) -> Iterator[_Timed]:
    """A time of day; `7` too, which whoever asks has to know for one."""
    begins = _past(items, i, "hour")
    item = items[begins] if begins < len(items) else None
    if isinstance(item, Piece) and item == ("part", "noon"):
        yield _Timed(Clock(12, 0, "day"), begins + 1, said=False)
        return
    before, begins = _minutes(items, begins, _BEFORE)
    written = _written(items, begins)
    if written is None:
        return
    clock, end, said = written
    said = said or begins > i
    if _is(items, end, "hour"):
        end, said = end + 1, True
    behind, end = _minutes(items, end, _BEHIND)
    if before or behind:
        if clock.minute or (before and behind):
            return
        hour, minute = divmod(clock.hour * 60 + before + behind, 60)
        clock, said = Clock(hour % 24 or 12, minute, clock.half), True
    for name, half in _HALVES.items():
        if _is(items, end, name):
            clock, end, said = Clock(clock.hour, clock.minute, half), end + 1, True
            break
    if clock.exists:
        yield _Timed(clock, end, said)


def _written(items: Sequence[Item], i: int) -> _Timed | None:
    """An hour in digits or by its name, with the minutes that stand in it."""
    item = items[i] if i < len(items) else None
    text = item.text if isinstance(item, Token) else ""
    if isinstance(item, Token) and item.kind == "clock":
        hour, minute = (*item.numbers, 0)[:2]
        end, said = i + 1, "." not in text
    elif number := _number(items, i) or _named_hour(items, i):
        (hour, end), minute, said = number, 0, False
    else:
        return None
    day = "h" in text or "u" in text or (text.startswith("0") and len(text) > 1)
    return _Timed(Clock(hour, minute, "day" if day else "either"), end, said)


def _minutes(items: Sequence[Item], i: int, names: Mapping[str, int]) -> tuple[int, int]:
    """Minutes that are said by their names, 0 for none, and where they end."""
    found = next((name for name in names if _is(items, i, name)), None)
    return (names[found], i + 1) if found else (0, i)


def _number(items: Sequence[Item], i: int) -> tuple[int, int] | None:
    """A number here, and where it ends."""
    item = items[i] if i < len(items) else None
    if isinstance(item, Token) and item.kind in {"number", "ordinal"}:
        return item.numbers[0], i + 1
    value = _value(items, i, "numbers")
    return (value, i + 1) if isinstance(value, int) else None


def _named_hour(items: Sequence[Item], i: int) -> tuple[int, int] | None:
    """An hour that is no number there: `o szóstej`, `الخامسة`."""
    value = _value(items, i, "hours")
    return (value, i + 1) if isinstance(value, int) else None


def _is_ordinal(items: Sequence[Item], i: int) -> bool:
    item = items[i]
    return isinstance(item, Token) and item.kind == "ordinal"


def _past(items: Sequence[Item], i: int, *names: str) -> int:
    """The next place if one of these stands here, else this one."""
    return i + 1 if any(_is(items, i, name) for name in names) else i


def _past_suffix(items: Sequence[Item], i: int) -> int:
    return _past(items, i, "suffix")


def _is(items: Sequence[Item], i: int, name: str) -> bool:
    item = items[i] if 0 <= i < len(items) else None
    return isinstance(item, Piece) and item.name == name


def _value(items: Sequence[Item], i: int, name: str) -> int | str | None:
    item = items[i] if i < len(items) else None
    return item.value if isinstance(item, Piece) and item.name == name else None

"""What the words of a whole sentence mean together; language plays no part here.

A negation is part of what it denies ("I did not get it") or a plain no; beside a day or a number it
makes no sense to us, so nothing is ever booked from a sentence that holds one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.replies.meaning import Act, Reading
from app.replies.reading import Heard

_MEANS: Mapping[Act, Sequence[str]] = {
    Act.WRONG_NUMBER: (
        "wrong number",
        "wrong person",
        "wrong_number",
        "not me",
        "not mine",
        "not ordered",
        "nothing ordered",
        "not know",
    ),
    Act.NOT_RECEIVED: (
        "not got",
        "not arrived",
        "not came",
        "not have",
        "not delivered",
        "not saw",
        "nothing got",
        "nothing arrived",
        "nothing came",
        "nothing here",
        "nothing delivered",
        "nothing have",
        "missing",
        "stolen",
        "says delivered",
        "where",
        "not_received",
    ),
    Act.NOBODY_CAME: (
        "nobody came",
        "nobody not came",
        "nobody not rang",
        "nobody not here",
        "nobody rang",
        "nobody arrived",
        "nobody here",
        "not rang",
        "not came courier",
        "nobody_came",
        "was_home",
    ),
    Act.CALL_ME: ("call", "call_me"),
    Act.PERSON: ("speak", "person", "speak person", "speak_person", "need person"),
    Act.CANCEL: ("cancel", "not want", "not need"),
    Act.RETURN: ("return",),
    Act.PICKUP: ("pickup",),
    Act.NEIGHBOUR: ("neighbour", "leave neighbour"),
    Act.SAFE_PLACE: ("leave place", "leave_place"),
    Act.UNDO: ("undo",),
    Act.NO: ("no",),
}
_PATTERNS = {act: [frozenset(p.split()) for p in found] for act, found in _MEANS.items()}
_LEAVE_OUT = frozenset({"me", "want", "need", "have", "here"})
"""What may stand beside anything without changing it; negations do not."""
_ASIDE: Mapping[Act, frozenset[str]] = {
    Act.WRONG_NUMBER: frozenset({"me"}),
    Act.NOT_RECEIVED: frozenset({"me", "mine", "here", "have", "nothing"}),
    Act.NOBODY_CAME: frozenset({"me", "mine", "here", "have", "courier"}),
    Act.CANCEL: frozenset({"me", "have", "here", "need", "want"}),
    Act.NEIGHBOUR: frozenset({"me", "want", "have", "house"}),
    Act.NO: frozenset(),
}
"""Less than that where the same words make something else of a denial."""
_POLITE = frozenset({"thanks", "ask", "yes"})
_TELLS_WHEN = frozenset(
    {Act.PICKUP, Act.NEIGHBOUR, Act.SAFE_PLACE, Act.CALL_ME, Act.PERSON}
)  # fmt: skip
"""What somebody may say a time of. It is booked for `PICKUP`; a person reads all others."""
_HAPPENED = frozenset({Act.NOT_RECEIVED, Act.NOBODY_CAME})
"""What may have been so today: "nobody came today"."""
_TELLING = frozenset({"yes", "past"})
_DENYING = frozenset({"no", "but", "past"})
_BESIDE: Mapping[Act, frozenset[str]] = {
    **dict.fromkeys((Act.WRONG_NUMBER, Act.NOT_RECEIVED, Act.NOBODY_CAME), _DENYING),
    **dict.fromkeys((Act.CANCEL, Act.RETURN), frozenset({"no"})),
    Act.NO: frozenset(),
    Act.PICKUP: frozenset({"yes"}),
}
"""What may stand beside each: "no, nobody came", "but yesterday it was"."""
_BY_ITSELF = frozenset({Act.CANCEL, Act.RETURN})
"""Said in one way or the other: "I don't want to cancel" is none of it."""
_ANSWERS = frozenset(Act) - {Act.CALL_ME, Act.PERSON, Act.NOT_RECEIVED, Act.NOBODY_CAME}
"""What a question mark puts in doubt, unless it asks politely for it."""


def reading(heard: Heard) -> Reading | None:
    """What it means; None when its parts make no sense together."""
    act = _act(heard)
    if act is None or ("question" in heard.says and "ask" not in heard.says and act in _ANSWERS):
        return None
    return Reading(
        act,
        option=heard.option,
        last=heard.last,
        day=heard.day,
        part=heard.part,
        hours=heard.hours,
        named=heard.named,
    )


def _act(heard: Heard) -> Act | None:
    says = heard.says - {"question"}
    if not says - _POLITE - _LEAVE_OUT:
        return _answer(heard, says)
    act = _meant(says - {"thanks", "ask"})
    if act is None or (_listed(heard) and act is not Act.NEIGHBOUR):
        return None
    told = act in _TELLS_WHEN or (act in _HAPPENED and heard.today)
    return act if told or not heard.when else None


def _answer(heard: Heard, says: frozenset[str]) -> Act | None:
    """What is meant by words that want nothing else."""
    if _listed(heard):
        return None if heard.when and heard.plain else Act.OPTION
    if heard.when:
        return Act.WISH
    if "yes" in says:
        return Act.YES
    if heard.named:
        return Act.PICKUP
    return Act.COURTESY if says == {"thanks"} else None


def _listed(heard: Heard) -> bool:
    return heard.option is not None or heard.last


def _meant(says: frozenset[str]) -> Act | None:
    found = {act for act, patterns in _PATTERNS.items() if _covered(act, patterns, says)}
    if found == {Act.NOBODY_CAME, Act.NOT_RECEIVED}:
        return Act.NOBODY_CAME
    return found.pop() if len(found) == 1 else None


def _covered(act: Act, patterns: Sequence[frozenset[str]], says: frozenset[str]) -> bool:
    """Whether what was said is one or several of these, and nothing besides that says more."""
    there = [pattern for pattern in patterns if pattern <= says]
    more = says - _ASIDE.get(act, _LEAVE_OUT) - _BESIDE.get(act, _TELLING)
    if act in _BY_ITSELF:
        return any(more <= pattern for pattern in there)
    return bool(there) and more <= frozenset[str]().union(*there)

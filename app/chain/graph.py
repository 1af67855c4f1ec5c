"""What a policy leads to: every situation that a case can come to, walked through.

A situation is the case's phase and the steps that wait. A step may end in any outcome that its
declaration allows in the phase; whatever is no step may happen at any time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from app.chain.entries import Arm, Cancel, Entry, Hasten
from app.chain.standard import MINUTE
from app.chain.step import Phase, Source, StepType

Follows: TypeAlias = dict[tuple[str, str], Sequence[Entry]]
"""What follows, by source and outcome; `*` is any outcome that is not named."""

_Situation: TypeAlias = tuple[Phase, int]
"""The phase, and the steps that wait as bits."""


def _follow(follows: Follows, source: str, outcome: str) -> tuple[str, Sequence[Entry]]:
    """The place in the policy, and what follows."""
    if (source, outcome) in follows or (source, "*") not in follows:
        return f"after.{source}.{outcome}", follows.get((source, outcome), ())
    return f"after.{source}.*", follows[source, "*"]


class _Move(NamedTuple):
    """A way from one situation to another."""

    place: str
    step: int
    """The step that has to wait for it, as a bit; 0: it comes from outside."""
    begins: Phase
    ends: Phase
    first: tuple[int, int]
    """What stays of what waits, and what is added, before the step itself is over."""
    then: tuple[int, int]

    def apply(self, live: int) -> int:
        for stays, added in (self.first, self.then):
            live = live & stays | added
        return live


def hangs(
    start: str, sources: Mapping[str, Source[Any]], follows: Follows
) -> Iterator[tuple[str, str]]:
    """Where an open case is left with nothing that waits, or without a way to its end."""
    idle = _idle(start, sources, follows)
    names = [
        name
        for name, source in sources.items()
        if isinstance(source, StepType) and name not in idle
    ]
    bits = {name: 1 << number for number, name in enumerate(names)}
    moves: dict[Phase, list[_Move]] = {phase: [] for phase in Phase}
    looked_at = {name: source for name, source in sources.items() if name not in idle}
    for move in _moves(looked_at, follows, bits):
        moves[move.begins].append(move)
    came, back, ending, hanging = _walk((Phase.NEW, bits[start]), moves)
    for place in hanging:
        yield place, "After this nothing waits, and the case is still open."
    if not hanging:
        yield from _endless(came, back, ending)


def _idle(start: str, sources: Mapping[str, Source[Any]], follows: Follows) -> set[str]:
    """The steps that change nothing but whether they wait themselves.

    Such a step may end at any time and leaves everything else as it is: whatever can be reached
    with it can be reached without it, and it leads to no end. Left out, there are far fewer
    situations, since each step that may wait or not doubles them.
    """
    open_phases = set(Phase) - {Phase.CLOSED}
    idle: set[str] = set()
    fresh = True
    while fresh:
        fresh = False
        for name, source in sources.items():
            if name in idle or name == start or not isinstance(source, StepType):
                continue
            effects = [source.effect(outcome) for outcome in source.outcomes]
            stays = any(
                open_phases <= {b for b, e in effect.phases.items() if b is e} for effect in effects
            )
            changes = any(
                effect.through
                or effect.said_by
                or any(b is not e for b, e in effect.phases.items())
                for effect in effects
            )
            leads = any(
                entry.step not in idle and not isinstance(entry, Hasten)
                for outcome in source.outcomes
                for entry in _follow(follows, name, outcome)[1]
            )
            if stays and not changes and not leads:
                idle.add(name)
                fresh = True
    return idle


class _Walk(NamedTuple):
    came: dict[_Situation, str]
    """The place in the policy that led to each situation first."""
    back: dict[_Situation, list[_Situation]]
    """The situations that a step leads to it from."""
    ending: deque[_Situation]
    """Those in which a step can end the case."""
    hanging: dict[str, None]
    """The places that leave an open case with nothing that waits."""


def _walk(first: _Situation, moves: Mapping[Phase, Sequence[_Move]]) -> _Walk:
    walk = _Walk({first: "start"}, {}, deque(), {})
    left = deque([first])
    while left:
        situation = left.popleft()
        phase, live = situation
        for move in moves[phase]:
            if move.step & ~live:
                continue
            after = (move.ends, move.apply(live))
            if move.ends is Phase.CLOSED:
                walk.ending.extend([situation] if move.step else [])
                continue
            if not after[1]:
                walk.hanging[move.place] = None
                continue
            if move.step:
                walk.back.setdefault(after, []).append(situation)
            if after not in walk.came:
                walk.came[after] = move.place
                left.append(after)
    return walk


def _endless(
    came: Mapping[_Situation, str],
    back: Mapping[_Situation, Sequence[_Situation]],
    ending: deque[_Situation],
) -> Iterator[tuple[str, str]]:
    ends = set(ending)
    while ending:
        for before in back.get(ending.popleft(), ()):
            if before not in ends:
                ends.add(before)
                ending.append(before)
    places = dict.fromkeys(place for situation, place in came.items() if situation not in ends)
    for place in places:
        yield place, "After this no step leads to the end of the case, unless somebody acts."


def _moves(
    sources: Mapping[str, Source[Any]], follows: Follows, bits: Mapping[str, int]
) -> Iterator[_Move]:
    """Every way there is, the same ones once."""
    seen = set()
    for source in sources.values():
        own = bits.get(source.name, 0)
        for outcome in source.outcomes:
            effect = source.effect(outcome)
            if effect.said_by:
                continue
            place, entries = _follow(follows, source.name, outcome)
            stays, added = _masks(entries, bits)
            step = 0 if effect.outside or source.name not in bits or _comes(source) else own
            for begins, ends in effect.phases.items():
                befores = [(-1, 0)]
                if effect.through and begins is not ends:
                    befores = [
                        _masks(_follow(follows, effect.through.name, one)[1], bits)
                        for one in effect.through.outcomes
                    ]
                for before in befores:
                    move = _Move(place, step, begins, ends, before, (stays & ~own, added))
                    if move[1:] not in seen:
                        seen.add(move[1:])
                        yield move


def _comes(source: Source[Any]) -> bool:
    """Whether it is the built-in step, which no policy arms."""
    return any(source.effect(outcome).said_by for outcome in source.outcomes)


def _masks(entries: Sequence[Entry], bits: Mapping[str, int]) -> tuple[int, int]:
    cancels = sum({bits.get(one.step, 0) for one in entries if isinstance(one, Cancel)})
    arms = sum({bits.get(one.step, 0) for one in entries if isinstance(one, Arm)})
    return ~cancels, arms


def loops(
    sources: Mapping[str, Source[Any]], follows: Follows, news_every: int
) -> Iterator[tuple[str, str]]:
    """Where steps arm one another in a circle without any wait."""
    edges: dict[str, dict[str, str]] = {}
    for source in sources.values():
        if isinstance(source, StepType):
            edges[source.name] = dict(_at_once(source, source.name, sources, follows, news_every))
    for name, targets in edges.items():
        for target, place in targets.items():
            if name in _reach(target, edges):
                yield place, f"{target} comes back to {name} again and again without any wait."


def _at_once(
    source: Source[Any],
    name: str,
    sources: Mapping[str, Source[Any]],
    follows: Follows,
    news_every: int,
) -> Iterator[tuple[str, str]]:
    """The steps that may be due as soon as this one is over: `(name, place)`."""
    for outcome in source.outcomes:
        effect = source.effect(outcome)
        if effect.outside:
            continue
        if effect.through:
            yield from _at_once(effect.through, name, sources, follows, news_every)
        place, entries = _follow(follows, source.name, outcome)
        for entry in entries:
            if isinstance(entry, Arm) and not _waits(entry, effect.ahead, news_every):
                yield entry.step, place


def _waits(entry: Arm, ahead: frozenset[str], news_every: int) -> bool:
    seconds = entry.after.total_seconds()
    if entry.at is None:
        return seconds >= MINUTE
    if entry.at not in ahead:
        return False
    return seconds >= (MINUTE - news_every if entry.at == "news_by" else 0)


def _reach(name: str, edges: Mapping[str, Mapping[str, str]]) -> set[str]:
    reached: set[str] = set()
    left = [name]
    while left:
        one = left.pop()
        if one not in reached:
            reached.add(one)
            left += edges.get(one, {})
    return reached

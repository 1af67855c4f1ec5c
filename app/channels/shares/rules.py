"""Pure decisions on shares. A share is how many of a hundred messages a provider gets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

WHOLE = 100
LEAST_CALLS = 5
"""Fewer calls say nothing."""
_ILL, _WELL = 0.25, 0.1
"""From this part of bad calls on a provider does badly; up to that it does well."""
_FLOOR = 5
"""What a provider keeps that does badly, so that it is seen when it is well again."""
_STEP = 10
"""What goes back at a time: the way home is slower than the way out."""


class Seen(NamedTuple):
    """What was seen of a provider since it was decided last."""

    calls: int
    bad: int

    @property
    def known(self) -> bool:
        """Whether it says anything."""
        return self.calls >= LEAST_CALLS

    @property
    def rate(self) -> float:
        """Which part of the calls was bad; none were, as far as is known."""
        return self.bad / self.calls if self.known else 0.0


def home(providers: list[str]) -> dict[str, int]:
    """All goes to the first, as long as it does well."""
    return {name: WHOLE if place == 0 else 0 for place, name in enumerate(providers)}


def move(
    at_home: Mapping[str, int], shares: Mapping[str, int], seen: Mapping[str, Seen], *, rested: bool
) -> dict[str, int]:
    """The shares from now on.

    From one that does badly half goes to the one that does best, if that is clearly better: where
    all do badly nothing moves, nor while it is not known how one does that gets more than a little.
    One that is known to do well goes back to its share at home; when all `rested`, also one of
    which nothing is known.
    """
    moved = dict(shares)
    if not _told(shares, seen) and not rested:
        return moved
    best = min(moved, key=lambda name: (seen[name].rate, -at_home[name]))
    ill = [name for name in moved if _clearly_worse(seen[name], seen[best])]
    for name in ill:
        _give(moved, name, best, moved[name] - max(_FLOOR, moved[name] // 2))
    if ill:
        return moved
    for name, share in shares.items():
        if seen[name].rate <= _WELL and (seen[name].known or rested):
            wanted = min(_STEP, at_home[name] - share)
            for other, more in shares.items():
                if wanted > 0 and other != name:
                    wanted -= _give(moved, other, name, min(wanted, more - at_home[other]))
    return moved


def forget(shares: Mapping[str, int], seen: Mapping[str, Seen]) -> list[str]:
    """Whose counting begins anew after a decision: of those that said enough."""
    return [name for name in shares if seen[name].known] if _told(shares, seen) else []


def _told(shares: Mapping[str, int], seen: Mapping[str, Seen]) -> bool:
    """Whether it is known how everybody does who gets more than a little."""
    return all(seen[name].known for name, share in shares.items() if share > _FLOOR)


def _clearly_worse(one: Seen, best: Seen) -> bool:
    """Whether it does badly, and worse than chance alone explains with so few calls."""
    chance = 2 * math.sqrt(sum(0.25 / of.calls for of in (one, best) if of.known))
    return one.rate >= _ILL and one.rate - best.rate >= max(_ILL, chance)


def _give(moved: dict[str, int], one: str, other: str, much: int) -> int:
    given = max(0, much)
    moved[one] -= given
    moved[other] += given
    return given


def pick(shares: Mapping[str, int], number: int) -> str:
    """Whose turn it is for this message: the same for the same number, all in their proportions."""
    point = number * 61 % WHOLE  # 61 and 100 have no factor in common: every point in its turn
    for name, share in shares.items():
        if point < share:
            return name
        point -= share
    return next(iter(shares))

"""Whose steps come in floods, so that others need not wait behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

FLOOD = 100
"""Steps of one account that were claimed lately: two full task messages."""
HALVES_EVERY = 1.0  # seconds


class Flow:
    """How many steps of each courier account were claimed lately; what is older counts half."""

    def __init__(self) -> None:
        self._lately: Counter[int] = Counter()
        self._halved = 0.0

    def saw(self, accounts: Iterable[int], now: float) -> None:
        """Steps of these accounts were claimed; `now` in seconds of the monotonic clock."""
        if now - self._halved >= HALVES_EVERY:
            self._halved = now
            halves = {account: number // 2 for account, number in self._lately.items()}
            self._lately = Counter(
                {account: number for account, number in halves.items() if number}
            )
        self._lately.update(accounts)

    def floods(self) -> list[int]:
        """The accounts whose steps come in floods."""
        return [account for account, number in self._lately.items() if number >= FLOOD]

    def others(self) -> bool:
        """Whether accounts came lately beside those that flood."""
        return 0 < len(self.floods()) < len(self._lately)

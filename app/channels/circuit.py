"""Whether a channel's provider is worth calling, as far as one process has seen.

After several failures in a row nothing is handed to it for a while; then one call finds out whether
it works again. What waits meanwhile goes by its next channel.
"""

from __future__ import annotations

OPENS_AFTER = 5
"""Failures in a row. A provider that is well has none: single messages it refuses do not count."""
_FIRST, _LONGEST = 15.0, 120.0  # seconds
_ANY = 1_000_000


class Circuit:
    """Closed while calls succeed. Times are seconds of the monotonic clock."""

    def __init__(self) -> None:
        self._failures = 0
        self._pauses = 0
        self._until = 0.0
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether the provider counts as away."""
        return self._failures >= OPENS_AFTER

    def heard(self, *, failed: bool, now: float) -> None:
        """A call is over."""
        if not failed:
            self._failures, self._pauses, self._probing = 0, 0, False
            return
        self._failures += 1
        if self.open and (self._probing or now >= self._until):
            self._until = now + min(_FIRST * 2 ** min(self._pauses, 8), _LONGEST)
            self._pauses += 1
            self._probing = False

    def room(self, now: float) -> int:
        """How many calls may be made now: any number, one to find out, or none."""
        if not self.open:
            return _ANY
        return 0 if now < self._until or self._probing else 1

    def calling(self) -> None:
        """A call begins; while the circuit is open, it is the one that finds out."""
        self._probing = self.open

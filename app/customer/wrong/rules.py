"""When it is believed at once that a number is wrong, and when a person looks first. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

WITHIN = timedelta(hours=1)
OF_SHIPPER = 5
OF_ACCOUNT = 10
"""So many wrong numbers of one shipper or courier account in an hour are its list, or somebody who
presses for others; either way a person should know before more customers are left alone."""


class Lately(NamedTuple):
    """How many said so within `WITHIN`, and were not mistaken."""

    of_shipper: int
    of_account: int

    @property
    def too_many(self) -> bool:
        """Whether one more is for a person to decide."""
        return self.of_shipper >= OF_SHIPPER or self.of_account >= OF_ACCOUNT

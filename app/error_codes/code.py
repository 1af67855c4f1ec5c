"""What is said of one code, and the remedies that several share."""

from __future__ import annotations

from typing import NamedTuple


class ErrorCode(NamedTuple):
    """One code. `status` is the one it comes with in the API and at the webhook address."""

    code: str
    status: int
    title: str
    means: str
    remedy: str


AGAIN = "Nothing was kept. Send the same request again after the seconds in `Retry-After`."
READ = "Read `detail` and what else stands in the problem document, and decide anew."

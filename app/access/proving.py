"""That whoever answers has this installation's secret: so the doctor knows that it reached us."""

from __future__ import annotations

import hashlib
import hmac

from app.access import secret

LONGEST = 64


def answer(asked: str) -> str:
    """What only this installation can say to a word of the asker's."""
    said = asked[:LONGEST].encode()
    return hmac.digest(secret.derive("proving"), said, hashlib.sha256).hex()

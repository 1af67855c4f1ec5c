"""A customer is forgotten, and the chain of a dispute still verifies.

What they and the courier wrote is replaced by its digest under the dispute's key, which then goes:
the chain is over those digests, so it is what it was, and nothing can be read or guessed from it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from app.db.connection import Connection
from app.disputes import record, store
from app.disputes.evidence import canonical
from app.disputes.store import Dispute, Evidence


def forget(conn: Connection, case_ids: Sequence[int], now: datetime) -> dict[str, int]:
    """Forget what was said in the disputes of these cases; rows of each table."""
    pieces = 0
    known = [one for one in store.of_cases(conn, case_ids) if one.forgotten_at is None]
    for dispute in known:
        # of one that was recorded before there were keys nothing can be recognised any more
        salt = dispute.salt or secrets.token_bytes(16)
        store.forget(
            conn,
            dispute.id,
            record.digest(dispute.words, salt),
            record.digest(dispute.said, salt),
            record.digest(dispute.why, salt),
            now,
        )
        for piece in store.evidence(conn, [dispute.id]):
            photo = record.digest(piece.photo, salt)
            store.forget_piece(
                conn, piece.id, {record.FORGOTTEN: _kept(dispute, piece, salt)}, photo
            )
            pieces += 1
    return {"disputes": len(known), "dispute_evidence": pieces}


def _kept(dispute: Dispute, piece: Evidence, salt: bytes) -> str:
    if dispute.salt is None and piece.kind not in record.OF_SOMETHING_ELSE:
        return record.DIGEST + piece.sha256
    return record.digest(canonical(piece.content), salt)

"""What the server does not log: it is empty after a crash, and is filled again from what is logged.

Claims of steps, messages that wait, what tells which messages left, the dispatcher's queue, which
tasks are over, by whom open cases are found, which promises are open, the words by which parcels
are found, what each case counts for, and lists of what changed since it was last counted
(migrations 0150 to 0152, 0161 to 0164, 0176 and 0178). A row of each part tells that it is whole;
it is lost with the rest.
"""

from __future__ import annotations

from enum import StrEnum

from app.db.connection import Connection


class Part(StrEnum):
    """What is filled together.

    Steps, the dispatcher's queue and contacts by `claim_steps`, messages by `channels_waiting`,
    those that left by `channels.looking`, promises by `promises.settle_passed`, words by
    `cases.search`, counts by the clock, figures by `insight.rollups`, tasks that are over by
    whoever lists them.
    """

    STEPS = "steps"
    MESSAGES = "messages"
    LEFT = "left"
    PROMISES = "promises"
    OVER = "over"
    WORDS = "words"
    COUNTS = "counts"
    FIGURES = "figures"


def whole(conn: Connection, part: Part) -> bool:
    """Whether nothing of this was lost since it was last filled."""
    row = conn.execute(
        "SELECT EXISTS (SELECT FROM unlogged_is_whole WHERE part = %s) AS whole", [part]
    ).fetchone()
    return bool(row and row["whole"])


def filled(conn: Connection, part: Part) -> bool:
    """All that was lost of this is there again; False: somebody else has said so before."""
    done = conn.execute(
        """INSERT INTO unlogged_is_whole VALUES (%s, clock_timestamp())
               ON CONFLICT (part) DO NOTHING""",
        [part],
    )
    return done.rowcount == 1

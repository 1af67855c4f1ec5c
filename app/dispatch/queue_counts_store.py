"""SQL of the queue's counts, which are kept as tasks change (migrations 0018 and 0041)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import class_row

from app.db.connection import Connection
from app.dispatch.queue_store import FILTERED, KEPT, Wanted, filters

COUNTS_KEPT = timedelta(days=30)
"""What was done on older days is no longer counted, nor in the queue, which shows `KEPT`."""
_MANY = 1000
"""Of more tasks that are new, or one's own, nobody wants the exact number."""
_SOME = 100
"""So many of one's own tasks are looked at for what happened to them."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks there are of one sort."""

    tab: str
    depot: str
    depot_name: str
    kind: str
    courier: str
    tasks: int
    newest: int
    """The highest task id among them."""
    fresh: int
    """How many came after the id that was asked about."""
    mine: int
    """How many whoever asks has in hand, whatever the sort."""


_COUNTS = f"""
SELECT n.tab, d.slug AS depot, d.name AS depot_name, n.kind, a.courier,
       sum(n.tasks)::bigint AS tasks, sum(n.fresh)::bigint AS fresh,
       (SELECT coalesce(max(id), 0) FROM dispatch_tasks) AS newest,
       (SELECT count(*) FROM (
           SELECT 1 FROM dispatch_queue t
            WHERE t.state = 'acknowledged' AND t.acknowledged_by = %(me)s AND {FILTERED}
            LIMIT %(many)s) m) AS mine
  FROM (SELECT tab, depot_id, account_id, kind, tasks, 0 AS fresh FROM dispatch_counts
         WHERE tab <> 'done' OR day >= %(since)s
        UNION ALL
        SELECT tab, depot_id, account_id, kind, change, 0 FROM dispatch_count_changes
         WHERE tab <> 'done' OR day >= %(since)s
        UNION ALL
        SELECT dispatch_tab(t.state, t.exhausted_at), t.depot_id, t.account_id, t.kind, 0, 1
          FROM (SELECT * FROM dispatch_tasks WHERE %(seen)s > 0 AND id > %(seen)s
                 ORDER BY id LIMIT %(many)s) t) n
  JOIN depots d ON d.id = n.depot_id
  JOIN courier_accounts a ON a.id = n.account_id
 WHERE %(depots)s::bigint[] IS NULL OR d.id = ANY(%(depots)s)
 GROUP BY n.tab, d.slug, d.name, n.kind, a.courier HAVING sum(n.tasks) > 0
 ORDER BY d.name, a.courier, n.kind
"""  # noqa: S608 - a constant


def counts(conn: Connection, wanted: Wanted, me: str, now: datetime, seen: int = 0) -> list[Count]:
    """How many tasks of each sort there are, and how many of them came after task `seen`.

    Only what is `mine` is counted as the filters want it.
    """
    values = {"since": (now - KEPT).date(), "seen": seen, "many": _MANY, "me": me}
    with conn.cursor(row_factory=class_row(Count)) as cursor:
        cursor.execute(_COUNTS, values | filters(wanted))
        return cursor.fetchall()


@dataclass(frozen=True, slots=True)
class Since:
    """What happened in the queue while somebody was away."""

    came: int
    done: int
    nobody: int
    """How many of what is open everybody was called for, and nobody took on."""
    moved: int
    """How many of the tasks one has in hand something happened to."""

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        return any((self.came, self.done, self.nobody, self.moved))


def since(conn: Connection, wanted: Wanted, me: str, newest: int, left: datetime) -> Since:
    """What happened after task `newest` was made and since that moment, counted to a limit."""
    mine = "(%(depots)s::bigint[] IS NULL OR t.depot_id = ANY(%(depots)s))"
    with conn.cursor(row_factory=class_row(Since)) as cursor:
        cursor.execute(
            f"""SELECT
              (SELECT count(*) FROM (SELECT 1 FROM dispatch_tasks t
                WHERE t.id > %(newest)s AND {mine} LIMIT %(many)s) n) AS came,
              (SELECT count(*) FROM (SELECT 1 FROM dispatch_queue t
                WHERE t.state IN ('resolved', 'withdrawn') AND t.resolved_at > %(left)s
                  AND {mine} LIMIT %(many)s) n) AS done,
              (SELECT count(*) FROM (SELECT 1 FROM dispatch_queue t
                WHERE t.state = 'open' AND t.exhausted_at > %(left)s
                  AND {mine} LIMIT %(many)s) n) AS nobody,
              (SELECT count(*) FROM (SELECT 1 FROM dispatch_queue t
                WHERE t.state = 'acknowledged' AND t.acknowledged_by = %(me)s AND EXISTS (
                      SELECT 1 FROM (SELECT at, actor FROM timeline WHERE case_id = t.case_id
                                      ORDER BY id DESC LIMIT 1) l
                       WHERE l.at > %(left)s AND l.actor <> %(me)s)
                LIMIT %(some)s) n) AS moved""".encode(),  # noqa: S608 - a constant
            {
                "newest": newest,
                "left": left,
                "me": me,
                "many": _MANY,
                "some": _SOME,
                "depots": wanted.depots,
            },
        )
        return cursor.fetchone() or Since(0, 0, 0, 0)


def fold_counts(conn: Connection, now: datetime) -> None:
    """Add the changes to the counts, all at once: whoever reads meanwhile sees both or neither."""
    conn.execute(
        """WITH changes AS (DELETE FROM dispatch_count_changes RETURNING *)
           INSERT INTO dispatch_counts AS c
           SELECT tab, day, depot_id, account_id, kind, sum(change) FROM changes
            GROUP BY tab, day, depot_id, account_id, kind HAVING sum(change) <> 0
               ON CONFLICT (tab, day, depot_id, account_id, kind)
               DO UPDATE SET tasks = c.tasks + excluded.tasks"""
    )
    conn.execute(
        "DELETE FROM dispatch_counts WHERE tab = 'done' AND day < %s", [(now - COUNTS_KEPT).date()]
    )
    conn.execute(
        """DELETE FROM dispatch_queue
            WHERE state IN ('resolved', 'withdrawn') AND resolved_at < %s""",
        [now - COUNTS_KEPT],
    )


_WRONG = """
WITH kept AS (
    SELECT tab, day, depot_id, account_id, kind, sum(tasks) AS tasks FROM (
        SELECT * FROM dispatch_counts UNION ALL SELECT * FROM dispatch_count_changes) k
     WHERE tab <> 'done' OR day >= %(since)s
     GROUP BY 1, 2, 3, 4, 5 HAVING sum(tasks) <> 0
), real AS (
    SELECT dispatch_tab(state, exhausted_at) AS tab,
           dispatch_day(state, resolved_at) AS day, depot_id, account_id, kind,
           count(*) AS tasks FROM dispatch_tasks
     WHERE state IN ('aside', 'open', 'acknowledged') OR resolved_at >= %(since)s
     GROUP BY 1, 2, 3, 4, 5)
SELECT tab, day, depot_id, account_id, kind, kept.tasks AS kept, real.tasks AS real
  FROM kept FULL JOIN real USING (tab, day, depot_id, account_id, kind)
 WHERE kept.tasks IS DISTINCT FROM real.tasks
"""


def wrong_counts(conn: Connection, now: datetime) -> list[dict[str, Any]]:
    """Where the counts differ from the tasks themselves; walks all tasks."""
    return conn.execute(
        f"SELECT tab, kind, kept, real FROM ({_WRONG}) wrong".encode(),  # noqa: S608 - a constant
        {"since": (now - KEPT).date()},
    ).fetchall()


def count_anew(conn: Connection, now: datetime) -> None:
    """Let the counts be as the tasks are: what differs is one more change."""
    conn.execute(
        f"""INSERT INTO dispatch_count_changes
            SELECT tab, day, depot_id, account_id, kind, coalesce(real, 0) - coalesce(kept, 0)
              FROM ({_WRONG}) wrong""".encode(),  # noqa: S608 - a constant
        {"since": (now - KEPT).date()},
    )

"""SQL: what each case counts for.

A key names one thing that is counted, such as `booked:chose`; `FACTS` is the only place that says
what is. Whoever changes it lets a migration mark all cases, as 0025 does, and looks whether the
triggers there and in later ones notice what is counted.
"""

from __future__ import annotations

from app.cases.timeline.kinds import Actor, Kind
from app.insight.rules import GROWTH

VALUES = {
    "growth": GROWTH,
    "contacts": [Kind.CUSTOMER_REPLY, Kind.CONTACT_ELSEWHERE],
    "elsewhere": Kind.CONTACT_ELSEWHERE,
    "choices": [Kind.BOOKED, Kind.REBOOKED],
    "customer": Actor.CUSTOMER,
}

CASE = """c.id, c.shipper_id, c.depot_id, c.account_id, c.opened_at, c.closed_at, c.state,
       c.resolution, c.fault, c.reason"""


def _sort(interval: str) -> str:
    """The sort of a duration, see `rules.seconds`."""
    length = f"extract(epoch FROM {interval})"
    return f"CASE WHEN {length} < 1 THEN 0 ELSE 1 + floor(ln({length}) / ln(%(growth)s))::int END"


_END = """CASE
       WHEN w.state <> 'closed' THEN 'open'
       WHEN w.resolution IN ('mistake', 'old_news') THEN 'aside'
       WHEN w.resolution IN ('delivered', 'collected')
       THEN CASE WHEN b.again OR EXISTS (SELECT FROM corrections k WHERE k.case_id = w.id
                                            AND k.state IN ('made', 'agreed'))
                 THEN 'arranged' ELSE 'alone' END
       WHEN b.idle THEN 'courier'
       WHEN w.resolution IN ('returned', 'returned_to_sender') AND b.chose IS NOT TRUE
       THEN 'no_choice'
       ELSE 'other' END"""
"""How a case ended. What the customer chose and the courier did not carry out is the courier's,
whoever chose it."""

FACTS = f"""
said AS (
    SELECT w.id, w.opened_at, w.state AS case_state, m.audience, m.topic, m.state, m.why, m.done_at
      FROM wanted w JOIN messages m ON m.case_id = w.id
     WHERE m.state NOT IN ('queued', 'sending')
), called AS (
    SELECT w.id, CASE t.kind WHEN 'recovery' THEN t.kind ELSE 'call' END AS about, t.state,
           t.acknowledged_at, t.created_at, t.level
      FROM wanted w JOIN dispatch_tasks t ON t.case_id = w.id
     WHERE t.kind IN ('failure', 'promise', 'recovery')
), heard AS (
    SELECT w.id, t.kind, t.actor, t.at, w.state FROM wanted w JOIN timeline t ON t.case_id = w.id
     WHERE t.kind = ANY(%(contacts)s) OR (t.kind = ANY(%(choices)s) AND t.actor = %(customer)s)
), booked AS (
    SELECT b.case_id AS id, b.kind, b.state, b.missed, b.chosen_by
      FROM wanted w JOIN bookings b ON b.case_id = w.id
), chosen AS (
    SELECT id, bool_or(chosen_by = 'customer') AS chose, bool_or(kind <> 'return') AS again,
           bool_or(kind <> 'return' AND (state = 'refused' OR (state = 'broken'
                   AND missed IN ('not_there', 'not_confirmed')))) AS idle
      FROM booked GROUP BY id
), ended AS (
    SELECT w.id, w.shipper_id, {_END} AS how FROM wanted w LEFT JOIN chosen b ON b.id = w.id
), moments (id, at) AS (
    SELECT id, opened_at FROM wanted UNION ALL SELECT id, closed_at FROM wanted
    UNION ALL
    SELECT id, done_at FROM said WHERE audience = 'customer' AND state IN ('sent', 'delivered')
    UNION ALL
    SELECT id, at FROM heard WHERE kind = %(elsewhere)s
), silent AS (
    SELECT s.id, max(s.gap) AS gap FROM wanted w JOIN (
        SELECT id, at, at - lag(at) OVER (PARTITION BY id ORDER BY at) AS gap FROM moments) s
        ON s.id = w.id
     WHERE w.state = 'closed' AND s.at > w.opened_at AND s.at <= w.closed_at
     GROUP BY s.id
), facts (case_id, key) AS (
    SELECT id, concat_ws(':', 'case', fault, reason, CASE WHEN resolution IN ('delivered',
           'collected') THEN 'delivered' WHEN state = 'closed' THEN 'closed' ELSE 'open' END)
      FROM wanted
    UNION ALL
    SELECT id, 'end:' || how FROM ended
    UNION ALL
    SELECT id, 'saved:' || shipper_id FROM ended WHERE how = 'arranged'
    UNION ALL
    SELECT id, 'over:' || {_sort("closed_at - opened_at")}
      FROM wanted WHERE state = 'closed' AND closed_at >= opened_at
       AND resolution NOT IN ('mistake', 'old_news')
    UNION ALL
    SELECT id, 'silent:' || {_sort("gap")} FROM silent
    UNION ALL
    SELECT id, concat_ws(':', 'task', about, CASE WHEN state = 'withdrawn'
           AND acknowledged_at IS NULL THEN 'unneeded' ELSE state END)
      FROM called
    UNION ALL
    SELECT id, concat_ws(':', 'taken', about, level, {_sort("acknowledged_at - created_at")})
      FROM called WHERE acknowledged_at IS NOT NULL
    UNION ALL
    SELECT id, 'told:' || {_sort("min(done_at) - opened_at")}
      FROM said WHERE audience = 'customer' AND state IN ('sent', 'delivered')
     GROUP BY id, opened_at HAVING count(done_at) > 0
    UNION ALL
    SELECT id, 'contact:from_us' FROM said
     WHERE audience = 'customer' AND state IN ('sent', 'delivered')
       AND topic NOT IN ('survey', 'thanks') AND case_state = 'closed'
    UNION ALL
    SELECT id, 'contact:from_them' FROM heard WHERE state = 'closed'
    UNION ALL
    SELECT w.id, concat_ws(':', 'promise', p.kind, p.state)
      FROM wanted w JOIN promises p ON p.case_id = w.id
    UNION ALL
    SELECT id, CASE WHEN chose THEN 'booked:chose' ELSE 'booked:default' END FROM chosen
    UNION ALL
    SELECT id, 'booked:again' FROM chosen WHERE again
    UNION ALL
    SELECT id, concat_ws(':', 'brought', kind, coalesce(missed, state)) FROM booked
     WHERE kind <> 'return' AND state IN ('kept', 'broken')
    UNION ALL
    SELECT w.id, 'disputed:' || t.state FROM wanted w JOIN disputes t ON t.case_id = w.id
     WHERE NOT t.came
    UNION ALL
    SELECT w.id, concat_ws(':', 'gesture', g.state, g.kind, g.currency, g.amount)
      FROM wanted w JOIN gestures g ON g.case_id = w.id
    UNION ALL
    SELECT w.id, 'sorry:' || {_sort("g.decided_at - g.since")}
      FROM wanted w JOIN gestures g ON g.case_id = w.id
     WHERE g.why = 'promise' AND g.state = 'made'
    UNION ALL
    SELECT w.id, 'asked:' || coalesce(s.score, 0) FROM wanted w JOIN surveys s ON s.case_id = w.id
    UNION ALL
    SELECT id, concat_ws(':', 'unsent', audience, state, coalesce(why, '')) FROM said
     WHERE state IN ('suppressed', 'failed', 'unknown')
)"""  # noqa: S608 - put together from pieces of our own

PENDING = "pending AS (SELECT DISTINCT case_id AS id FROM figure_changes)"

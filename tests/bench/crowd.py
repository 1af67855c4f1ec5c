"""Cases in bulk, each with its parcel, message, task, booking and timeline, by set-based SQL."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.stage import Stage
from tests.seed import World


@dataclass(frozen=True)
class Size:
    """How many cases."""

    open: int
    closed: int


def seed(here: Stage, world: World, size: Size) -> None:
    """Closed cases of the last 90 days, then open ones of the last ten, and statistics."""
    values = {
        "shipper": world.shipper_id,
        "depot": world.depot_id,
        "account": world.accounts["onfleet"].id,
        "closed": size.closed,
        "all": size.closed + size.open,
    }
    with here.connect() as conn:
        for statement in _STATEMENTS:
            conn.execute(statement.encode(), values)
        # Each case waits once to be counted, as after an upgrade.
        conn.execute("TRUNCATE figure_changes")
        conn.execute("INSERT INTO figure_changes SELECT id FROM cases")
        conn.execute("VACUUM ANALYZE")


_STATEMENTS = (
    """INSERT INTO shipments (shipper_id, account_id, depot_id, courier_ref, tracking_number, name,
                              created_at, updated_at)
       SELECT %(shipper)s, %(account)s, %(depot)s, 'G' || n, 'G' || n, 'Alex', now(), now()
         FROM generate_series(1, %(all)s::int) n""",
    """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind, state,
           reason, fault, words, opened_at, updated_at, return_by, closed_at, resolution,
           request_id)
       SELECT s.id, s.shipper_id, s.account_id, s.depot_id, h.policy_id, 'failed',
              CASE WHEN old THEN 'closed' WHEN n %% 3 = 0 THEN 'open' ELSE 'informed' END,
              (ARRAY['recipient_unavailable', 'address_not_found', 'refused'])[1 + n %% 3],
              (ARRAY['recipient', 'courier', 'recipient'])[1 + n %% 3], '', at, at,
              at + interval '10 days', CASE WHEN old THEN at + interval '2 days' END,
              CASE WHEN old THEN (ARRAY['delivered', 'returned'])[1 + (n %% 5) / 4] END, 'bench'
         FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM shipments) s
         JOIN shippers h ON h.id = s.shipper_id
        CROSS JOIN LATERAL (SELECT n <= %(closed)s AS old) o
        CROSS JOIN LATERAL (SELECT now() - CASE WHEN old
               THEN interval '2 days' + interval '87 days' * (1 - n::float8 / %(closed)s)
               ELSE interval '10 days' * (%(all)s + 1 - n) / (%(all)s - %(closed)s + 1) END
               AS at) t
        ORDER BY s.id""",
    """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient, state,
           due_at, created_at, done_at, request_id)
       SELECT id, 'customer', 'failure', 'g' || id, 'sms', '+1714555' || id %% 10000,
              CASE WHEN id %% 20 = 0 THEN 'suppressed' ELSE 'delivered' END,
              opened_at, opened_at, opened_at + id %% 3600 * interval '1 second', 'bench'
         FROM cases WHERE state <> 'open'""",
    """INSERT INTO dispatch_tasks (case_id, depot_id, account_id, kind, round, state, deadline,
           acknowledged_at, acknowledged_by, resolved_at, created_at)
       SELECT id, depot_id, account_id, 'failure', 1,
              CASE state WHEN 'closed' THEN 'resolved' WHEN 'open' THEN 'open'
                         ELSE 'acknowledged' END,
              return_by, CASE WHEN state <> 'open' THEN opened_at + id %% 600 * interval '1 second'
              END, CASE WHEN state <> 'open' THEN 'Ana' END, closed_at, opened_at
         FROM cases""",
    """INSERT INTO bookings (case_id, round, kind, pickup_point_id, starts_at, ends_at, cutoff_at,
                             chosen_by, state, sequence, created_at)
       SELECT c.id, 1, 'pickup', (SELECT min(id) FROM pickup_points), c.opened_at, c.opened_at,
              c.opened_at, CASE WHEN c.id %% 4 = 0 THEN 'policy' ELSE 'customer' END,
              CASE WHEN c.id %% 10 = 0 THEN 'broken' ELSE 'kept' END, 0, c.opened_at
         FROM cases c WHERE c.state = 'closed'""",
    """INSERT INTO timeline (case_id, at, kind, actor)
       SELECT c.id, c.opened_at, k.kind, k.actor
         FROM cases c CROSS JOIN (VALUES ('courier_failed', 'courier'), ('booked', 'customer'))
              AS k(kind, actor)
        ORDER BY c.id""",
    """INSERT INTO surveys (case_id, asked_at, score)
       SELECT id, closed_at, nullif(id %% 6, 0) FROM cases WHERE state = 'closed'""",
    """INSERT INTO steps (case_id, name, due_at, request_id)
       SELECT id, 'remind_customer', now() + interval '1 day' + id %% 864000 * interval '1 second',
              'bench' FROM cases WHERE state <> 'closed'""",
)

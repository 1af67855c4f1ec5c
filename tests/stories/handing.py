"""What stories about a courier's own system share."""

from __future__ import annotations

from app import configure
from app import settings as app_settings
from app.channels import providers
from app.db import connection as db
from app.handover import accounts
from tests.handover.connectors.play_webhook import SECRET
from tests.handover.edge import Edge
from tests.stories.house import House


def connect(house: House, edge: Edge) -> None:
    """Let the house's courier be told of bookings at its edge; its days have places enough."""
    configure(app_settings.load(house.env))
    with db.transaction() as conn:
        accounts.connect(conn, house.account.slug, "webhook", {"secret": SECRET, "base": edge.base})
        conn.execute("UPDATE slots SET capacity = 10000")
        conn.execute("UPDATE slot_rules SET capacity = 10000")
    db.close()
    providers._chosen.clear()


def acts(house: House, case_id: int) -> list[tuple[str, str]]:
    """What the courier was told, oldest first, and what became of it."""
    rows = house.facts(
        """SELECT act, coalesce(outcome, 'waiting') AS outcome FROM handover_acts
            WHERE case_id = %s AND act <> 'can' ORDER BY id""",
        case_id,
    )
    return [(row["act"], row["outcome"]) for row in rows]

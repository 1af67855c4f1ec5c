"""What web servers load."""

from app import create_app, settings
from app.intake.middleware import at_once
from app.server import WholeRequests
from app.shipments.orders.api import LIMIT

_settings = settings.load()
app = create_app(_settings)
"""For WSGI servers that wait for a whole request by themselves, or behind a proxy that does."""

whole = WholeRequests(
    app, {"/api/v1/shipments": LIMIT}, at_once if _settings.groups_webhooks else None
)
"""For Granian's RSGI interface; what `docker/web` runs."""

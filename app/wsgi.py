"""What web servers load."""

from app import create_app, settings
from app.server import WholeRequests
from app.shipments.orders.api import LIMIT

app = create_app(settings.load())
"""For WSGI servers that wait for a whole request by themselves, or behind a proxy that does."""

whole = WholeRequests(app, larger={"/api/v1/shipments": LIMIT})
"""For Granian's RSGI interface; what `docker/web` runs."""

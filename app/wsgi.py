"""What web servers load."""

from app import create_app, settings
from app.server import WholeRequests

app = create_app(settings.load())
"""For WSGI servers that wait for a whole request by themselves, or behind a proxy that does."""

whole = WholeRequests(app)
"""For Granian's RSGI interface; what `docker/web` runs."""

"""What a WSGI server loads."""

from app import create_app, settings

app = create_app(settings.load())

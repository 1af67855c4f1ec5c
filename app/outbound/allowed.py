"""Where events may be posted: over http only for trying things out, and to one's own machines."""

from __future__ import annotations

from flask import current_app


def plain() -> bool:
    """Whether an address that begins with `http:` will do."""
    settings = current_app.config["SETTINGS"]
    return settings.demo or bool(settings.lookup_allow)

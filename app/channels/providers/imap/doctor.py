"""Whether the mailbox lets us in."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.channels.providers.base import Check
from app.channels.providers.imap.mailbox import opened
from app.settings import Settings


def check(settings: Settings) -> Check:
    """Sign in and open the folder."""
    url = settings.plug_ins["IMAP_URL"]
    host = urlsplit(url).hostname or "localhost"
    try:
        with opened(url):
            return Check(ok=True, text=f"{host} lets us read the mailbox")
    except OSError as error:
        return Check(ok=False, text=f"{host} refuses: {error}. Check IMAP_URL.")

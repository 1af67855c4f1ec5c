"""Chat and paging services for people at depots, each by an address that somebody typed in.

The library Apprise knows how each service wants to be spoken to. What it may do is narrow: only the
services in `services.py`, each by its own class; every request through the guard (`way_out.py`).
"""

from app.channels.providers.base import Provider

PROVIDER = Provider(name="apprise", package=__name__, channels=("chat",), many_hosts=True)

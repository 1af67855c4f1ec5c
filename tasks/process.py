"""What the processes behind the web begin with: workers, senders and clocks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import app
from app import settings
from app.counted import counting

NICENESS = 5
"""On processors that are all busy, the web gets three times as much as each of these processes:
what a courier posts may be lost while it is not taken, and their work waits in Postgres. In a flood
a third more webhooks a second are taken, and the last dispatcher is called no later."""
_SESSION = Path("/proc/self/autogroup")
"""By this Linux may share the processors between sessions, and then minds niceness within them."""


def begin() -> settings.Settings:
    """Read the environment and stand behind the web; call it before any thread is started.

    Raises:
        SettingsError: the environment lacks something, or has it wrong.
    """
    config = settings.load()
    app.configure(config)
    counting.publish(config.redis_url)
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():  # a shell's session is not ours to change
        with suppress(OSError):  # not every kernel has it, or lets it be changed in a container
            _SESSION.write_text(str(NICENESS))
    return config

"""One call to a dispatch system. The same message has the same id however often it is tried."""

from __future__ import annotations

from datetime import datetime

from app import clock
from app.access import signing
from app.channels import hosts
from app.channels.providers.base import Accepted, Outgoing, Refused
from app.channels.providers.system import address
from app.channels.providers.system.address import Unusable
from app.settings import Settings


def carrier(settings: Settings) -> DispatchSystem:  # noqa: ARG001 - each recipient brings its own
    """What calls dispatch systems in this process."""
    return DispatchSystem()


class DispatchSystem:
    """Posts the message's JSON; 2xx says that it is there, and nothing more is read."""

    def send(self, message: Outgoing) -> Accepted:
        """Post it, signed."""
        try:
            system = address.read(message.address)
        except Unusable:
            raise Refused("http_bad_address", permanent=True) from None
        raw = message.text.encode()
        name = f"msg_{message.id}"
        signed = signing.headers(system.secret, name, raw, clock.machine_now())
        headers = {"Content-Type": "application/json", "User-Agent": "Reknock", **signed}
        hosts.post("http", system.url, raw, headers)
        return Accepted(name, "delivered")

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """It is posted again instead: by its id the system knows what it has."""
        return None

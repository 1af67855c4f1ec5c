"""A test message through each provider, for `reknock doctor --send-to`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from app.channels import providers
from app.channels.providers.base import Ambiguous, Outgoing, Refused
from app.channels.states import reason_words
from app.cli.finding import Finding
from app.settings import Settings
from app.shipments.reachable import check_email, check_number

_BY_NUMBER, _BY_ADDRESS = ("sms", "whatsapp", "voice"), ("email",)
_SUBJECT = "A test from Reknock"
_TEXT = "A test from Reknock: this way messages arrive. There is nothing to do."


def send(settings: Settings, addresses: Sequence[str]) -> Iterator[Finding]:
    """Send each of these numbers and addresses a message by every provider that can."""
    carrying = providers.carrying(settings)
    providers.configure(settings)
    for written in addresses:
        address = check_email(written) if "@" in written else check_number(written, "").e164
        if not address:
            text = f"{written!r} is no e-mail address and no number with its country, like +1714…"
            yield Finding("fail", "test", text)
            continue
        ways = [
            (channel, provider.name)
            for channel in (_BY_ADDRESS if "@" in written else _BY_NUMBER)
            for provider in carrying.get(channel, ())
        ]
        if not ways:
            kind = "mail" if "@" in written else "a number"
            yield Finding("fail", "test", f"no provider carries {kind}; .env.example says how")
        for channel, name in ways:
            yield _sent(channel, name, address)


def _sent(channel: str, name: str, address: str) -> Finding:
    chosen = providers.named(channel, address, name)
    assert chosen is not None  # noqa: S101 - it was just listed
    subject = f"test by {channel}"
    key = f"doctor-{secrets.token_hex(8)}"
    message = Outgoing(
        id=0,
        tries=1,
        channel=channel,
        recipient=address,
        subject=_SUBJECT,
        text=_TEXT,
        html=None,
        calendar=None,
        request_id=key,
    )
    try:
        accepted = chosen.carrier.send(message)
    except Refused as refused:
        why = reason_words(refused.why)
        text = f"the {name} did not take it: {why}. Look it up in its console, then try again."
        return Finding("fail", subject, text)
    except Ambiguous as unsure:
        text = f"the {name} did not answer in time ({unsure.why}). Look whether it arrives."
        return Finding("warn", subject, text)
    text = f"the {name} took it as {accepted.provider_id}. Look whether it has arrived."
    return Finding("ok", subject, text)

"""The channel providers: which there are, and which of them carries which channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import NamedTuple, cast

from app.channels.providers.base import Callbacks, Carrier, Check, Inbox, Provider
from app.settings import Setting, Settings

REGISTERED = (
    "app.channels.providers.twilio",
    "app.channels.providers.smtp",
    "app.channels.providers.postmark",
    "app.channels.providers.mailgun",
    "app.channels.providers.imap",
    "app.channels.providers.apprise",
    "app.channels.providers.webpush",
    "app.channels.providers.system",
    "app.channels.providers.playground",
)
"""The packages of all providers, one line each. Of several that carry the same channel and are
turned on, the first one does it; `REKNOCK_PROVIDERS` names another order."""


NEEDED = {"sms": "text messages", "email": "e-mail"}
"""The channels without which somebody is not reached, as people call them."""


class Chosen(NamedTuple):
    """A provider that carries a channel in this process."""

    provider: Provider
    carrier: Carrier


_chosen: dict[str, Chosen] = {}
DEMO = "playground"
"""The provider that carries, in a demo, whatever goes to an endpoint of its name."""


def registered() -> list[Provider]:
    """Every provider there is, in the order of preference."""
    return [import_module(package).PROVIDER for package in REGISTERED]


def declared() -> dict[str, tuple[Setting, ...]]:
    """What each provider reads from the environment, by its name."""
    return {provider.name: provider.settings for provider in registered()}


def choose(settings: Settings) -> dict[str, Provider]:
    """Which provider carries which channel under these settings."""
    order = settings.provider_order
    ranked = sorted(
        registered(), key=lambda p: order.index(p.name) if p.name in order else len(order)
    )
    chosen: dict[str, Provider] = {}
    for provider in ranked:
        for channel in provider.carried(settings):
            chosen.setdefault(channel, provider)
    return chosen


def to_set(channel: str) -> str:
    """The settings that would turn on a provider for `channel`."""
    names = [p.turned_on_by for p in registered() if channel in p.channels and p.turned_on_by]
    return " or ".join(names)


def configure(settings: Settings) -> None:
    """Say once per process who carries which channel."""
    _chosen.clear()
    carriers: dict[str, Carrier] = {}
    for channel, provider in choose(settings).items():
        if provider.name not in carriers:
            carriers[provider.name] = import_module(f"{provider.package}.sending").carrier(settings)
        _chosen[channel] = Chosen(provider, carriers[provider.name])
    demo = next(provider for provider in registered() if provider.name == DEMO)
    if demo.is_on(settings):
        _chosen[DEMO] = Chosen(demo, import_module(f"{demo.package}.sending").carrier(settings))


def carried_by(chosen: Mapping[str, Chosen]) -> None:
    """Let these carry each channel, and nobody else any: for a rehearsal."""
    _chosen.clear()
    _chosen.update(chosen)


def chosen_for(channel: str, recipient: str = "") -> Chosen | None:
    """Who carries `channel`; None when nobody is configured.

    Endpoints on the demo's phones are its own, though another provider carries their channel.
    """
    return _chosen.get(DEMO if recipient.startswith(f"{DEMO}-") else channel)


def callbacks(provider: Provider) -> Callbacks | None:
    """Where the provider calls us; None when it never does."""
    return cast("Callbacks | None", _part(provider.package, "callbacks"))


def inbox(provider: Provider) -> Inbox | None:
    """Where the provider keeps what people wrote; None when it keeps nothing."""
    return cast("Inbox | None", _part(provider.package, "inbox"))


def doctor(provider: Provider) -> Callable[[Settings], Check] | None:
    """How to ask the provider whether it knows us; None when there is nothing to ask."""
    part = _part(provider.package, "doctor")
    return part.check if part else None


@cache
def _part(package: str, name: str) -> ModuleType | None:
    return import_module(f"{package}.{name}") if find_spec(f"{package}.{name}") else None

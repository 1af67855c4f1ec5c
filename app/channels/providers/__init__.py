"""The channel providers: which there are, and which of them carries which channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import NamedTuple, cast

from app.channels.providers.base import Callbacks, Carrier, Check, Inbox, Provider
from app.channels.shares import rules
from app.settings import Setting, Settings

REGISTERED = (
    "app.channels.providers.twilio",
    "app.channels.providers.vonage",
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
turned on, the first one does it while it does well; `REKNOCK_PROVIDERS` names another order."""


NEEDED = {"sms": "text messages", "email": "e-mail"}
"""The channels without which somebody is not reached, as people call them."""


class Chosen(NamedTuple):
    """A provider that carries a channel in this process."""

    provider: Provider
    carrier: Carrier


_chosen: dict[str, Chosen] = {}
_others: dict[str, list[Chosen]] = {}
_shares: dict[str, Mapping[str, int]] = {}
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
    return {channel: carried[0] for channel, carried in carrying(settings).items()}


def carrying(settings: Settings) -> dict[str, list[Provider]]:
    """All that carry each channel under these settings, in order of preference.

    The demo's own carries nothing that another does.
    """
    order = settings.provider_order
    ranked = sorted(
        registered(), key=lambda p: order.index(p.name) if p.name in order else len(order)
    )
    found: dict[str, list[Provider]] = {}
    for provider in ranked:
        for channel in provider.carried(settings):
            found.setdefault(channel, []).append(provider)
    return {
        channel: carried[:1]
        if carried[0].name == DEMO
        else [one for one in carried if one.name != DEMO]
        for channel, carried in found.items()
    }


def to_set(channel: str) -> str:
    """The settings that would turn on a provider for `channel`."""
    names = [p.turned_on_by for p in registered() if channel in p.channels and p.turned_on_by]
    return " or ".join(names)


def configure(settings: Settings) -> None:
    """Say once per process who carries which channel."""
    _chosen.clear()
    _others.clear()
    _shares.clear()
    carriers: dict[str, Carrier] = {}
    for channel, carried in carrying(settings).items():
        for provider in carried:
            if provider.name not in carriers:
                sending = import_module(f"{provider.package}.sending")
                carriers[provider.name] = sending.carrier(settings)
        first, *others = (Chosen(provider, carriers[provider.name]) for provider in carried)
        _chosen[channel], _others[channel] = first, others
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


def turn_of(channel: str, recipient: str, number: int, *, not_by: str = "") -> Chosen | None:
    """Who carries this message, by its number: of several each gets its share.

    After one has refused it for now (`not_by`) another one's turn comes first.
    """
    first = chosen_for(channel, recipient)
    others = _others.get(channel, ())
    if first is None or first.provider.name == DEMO or not others:
        return first
    several = {chosen.provider.name: chosen for chosen in (first, *others)}
    left = [name for name in several if name != not_by]
    if not_by in several:
        return several[left[0]]
    shares = _shares.get(channel)
    return several.get(rules.pick(shares, number), first) if shares else first


def named(channel: str, recipient: str, name: str | None) -> Chosen | None:
    """The provider of this name, if it carries the channel; None when it does no longer."""
    carried = (chosen_for(channel, recipient), *_others.get(channel, ()))
    return next((one for one in carried if one and one.provider.name == name), None)


def all_chosen() -> list[Chosen]:
    """Everybody who carries something in this process, each once."""
    every = [*_chosen.values(), *(one for others in _others.values() for one in others)]
    return list({one.provider.name: one for one in every}.values())


def shared() -> dict[str, list[str]]:
    """The channels that several carry, with their names in order of preference."""
    return {
        channel: [_chosen[channel].provider.name, *(one.provider.name for one in others)]
        for channel, others in _others.items()
        if others and channel in _chosen
    }


def use_shares(channel: str, shares: Mapping[str, int]) -> None:
    """So many of a hundred messages each of them gets."""
    _shares[channel] = shares


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

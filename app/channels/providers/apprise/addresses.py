"""How an address that somebody typed in is read: Apprise's own (`slack://…`), or the service's.

The service itself shows one like `https://hooks.slack.com/services/…`.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from app.channels.providers.apprise import way_out
from app.channels.providers.apprise.services import BY_SCHEME, SERVICES, Service
from app.languages.language import mark
from app.languages.sentence import sentence

LONGEST = 1000
_ENDS, _LONG = 4, 30
"""So many characters at the end of a long address are shown, to tell one from another."""
_PARAMETERS = frozenset(
    """to region mode thread topic silent priority sound key token workspace channel channels team
    severity group class source secret route routing_key id sig sp sv ver api-version pa
    powerautomate wrap blocks url_prefix auth xtags urgency entity threadkey messagereplyoption
    apikey user botname""".split()  # noqa: SIM905 - as a list it would be forty lines
)
"""What an address may say after its `?`. Not: files and pictures to fetch, templates from a disk,
retries, redirects and certificates, which are ours to decide."""
_PREFIXES = " +-:"
"""What begins with one of these are headers and further values to be sent along. A plus reads as a
blank."""


class NotUsable(Exception):
    """The address leads nowhere that we write to; the text says why, for whoever typed it in."""


class Opened(NamedTuple):
    """An address that was read."""

    service: Service
    plugin: Any
    """Apprise's own object for it."""
    label: str
    """What it is called where nobody gave it a name; nothing secret."""


def open_(address: str) -> Opened:
    """Read an address that somebody typed in.

    Raises:
        NotUsable: it is none of a service that we write to.
    """
    address = address.strip()
    if not address or len(address) > LONGEST or not address.isascii() or re.search(r"\s", address):
        raise NotUsable(mark("Please paste the address as the service shows it."))
    try:
        service, arguments = _parsed(address)
    except ValueError:
        raise NotUsable(mark("This is no address.")) from None
    asked = {name.lower() for name, _ in parse_qsl(urlsplit(address).query)}
    strange = sorted(name for name in asked - _PARAMETERS if name[0] not in _PREFIXES)
    if strange:
        raise NotUsable(sentence("Please leave out “{name}=…”: we do not use it.", name=strange[0]))
    plugin = _made(service, arguments)
    if service.name == "telegram" and not plugin.targets:  # it would look for a chat by itself
        raise NotUsable(_wanted(service))
    return Opened(service, plugin, f"{service.words} {_shown(service, address)}".strip())


def _shown(service: Service, address: str) -> str:
    """What tells one address from another, and opens nothing."""
    if service.own_host:
        return urlsplit(address).hostname or ""
    path = address.partition("?")[0].rstrip("/")
    return f"…{path[-_ENDS:]}" if len(path) > _LONG else ""


def _made(service: Service, arguments: dict[str, Any]) -> Any:
    # Errors of plug-ins quote addresses: only their kind is kept.
    try:
        made = _class(service)(**arguments, asset=_asset())
    except Exception:  # noqa: BLE001 - whatever a plug-in throws
        raise NotUsable(_wanted(service)) from None
    made.request_rate_per_sec = 0
    made.throttle = _no_pause
    return made


def _parsed(address: str) -> tuple[Service, dict[str, Any]]:
    scheme = urlsplit(address).scheme.lower()
    if scheme == "https":
        return _native(address)
    if scheme not in BY_SCHEME:
        why = sentence("We do not write to such addresses. These can be used: {all}.", all=_all())
        raise NotUsable(why)
    service = BY_SCHEME[scheme]
    arguments = _class(service).parse_url(address.replace("/#", "/%23"))  # as Apprise does
    if not arguments:
        raise NotUsable(_wanted(service))
    return service, arguments


def _native(address: str) -> tuple[Service, dict[str, Any]]:
    for service in SERVICES:
        arguments = _class(service).parse_native_url(address)
        if arguments:
            return service, arguments
    raise NotUsable(sentence("We do not know this service. These can be used: {all}.", all=_all()))


def _wanted(service: Service) -> str:
    return sentence(
        "{service} wants an address like {example}", service=service.words, example=service.example
    )


def _all() -> str:
    return ", ".join(service.words for service in SERVICES)


@cache
def _class(service: Service) -> Any:
    # It logs whole addresses, and nobody reads it.
    logging.getLogger("apprise").disabled = True
    module, _, name = service.plugin.partition(".")
    loaded = import_module(f"apprise.plugins.{module}")
    way_out.shut(loaded)
    return getattr(loaded, name)


@cache
def _asset() -> Any:
    from apprise import AppriseAsset  # noqa: PLC0415 - it takes a quarter of a second to load

    return AppriseAsset(
        app_id="Reknock",
        app_desc="Reknock",
        app_url="",
        image_url_mask=None,
        image_url_logo=None,
        plugin_paths=[],
        secure_logging=True,
        storage_mode="memory",
    )


def _no_pause(*_: object, **__: object) -> None:
    """A message waits in its lane, and not in a plug-in."""

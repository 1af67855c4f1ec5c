"""Which machines a shipper's address may lead to: the public ones, and those that are allowed.

Whoever may set an address could otherwise make this server ask its own neighbours: a database,
a cloud's metadata, a router. The name is resolved once, every address of it is checked, and the
connection goes to a checked address, so a name that changes in between leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import NamedTuple

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from app.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LAST_32_BITS = (  # are an IPv4 address
    ipaddress.IPv6Network("64:ff9b::/96"),  # RFC 6052
    ipaddress.IPv6Network("::ffff:0:0:0/96"),  # RFC 2765: ::ffff:0:a.b.c.d
    ipaddress.IPv6Network("::/96"),  # RFC 4291: ::a.b.c.d, no longer used
)
_NOT_PUBLIC: tuple[Network, ...] = (  # `is_global` of some Pythons says otherwise
    ipaddress.IPv4Network("168.63.129.16/32"),  # a cloud's own services for its machines
    ipaddress.IPv4Network("192.0.0.0/24"),  # RFC 6890; a cloud's metadata stands at .192
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.IPv6Network("fec0::/10"),  # the former site-local addresses
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # RFC 8215: a network's own NAT64
    ipaddress.IPv6Network("3fff::/20"),  # documentation
    ipaddress.IPv6Network("5f00::/16"),  # segment routing
)


class PrivateTarget(Exception):
    """The address leads to a machine that must not be asked."""


class Allowed(NamedTuple):
    """What may be asked beside public machines."""

    everything: bool
    hosts: frozenset[str]
    networks: tuple[Network, ...]


_allowed = Allowed(everything=False, hosts=frozenset(), networks=())


def configure(settings: Settings) -> None:
    """Say once per process which private machines may be asked; in demo mode all."""
    global _allowed  # noqa: PLW0603 - one installation per process is the point
    hosts, networks = set(), []
    for entry in settings.lookup_allow:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            hosts.add(entry.lower())
    _allowed = Allowed(settings.demo, frozenset(hosts), tuple(networks))


def may_ask(host: str, address: Address, allowed: Allowed) -> bool:
    """Whether a call to `host` may go to this address of it."""
    if allowed.everything or host.lower().rstrip(".") in allowed.hosts:
        return True
    meant = list(_meant(address))
    if any(one in network for one in meant for network in allowed.networks):
        return True
    return all(_is_public(one) for one in meant)


def _is_public(address: Address) -> bool:
    inside = any(address in network for network in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not inside


def _meant(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 address that one of version 6 stands for."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and any(address in network for network in _LAST_32_BITS):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            yield inner


def addresses(host: str, port: int) -> list[str]:
    """The addresses of `host` that may be called.

    Raises:
        PrivateTarget: one of them is private; a public name has no business there.
        OSError: the name is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in texts:
        if not may_ask(host, ipaddress.ip_address(text.partition("%")[0]), _allowed):
            raise PrivateTarget(f"{host} leads to {text}, which is not public")
    return texts


class _Guarded(HTTPConnection):
    @override
    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        refused: NewConnectionError | None = None
        try:
            for address in addresses(name, self.port):
                self._dns_host = address
                try:
                    return super()._new_conn()
                except NewConnectionError as error:
                    refused = error
        except OSError as error:
            raise NewConnectionError(self, f"{name} is not known: {error}") from error
        finally:
            self._dns_host = name  # certificates are checked for the name
        raise refused or NewConnectionError(self, f"{name} has no address")


class _GuardedTls(_Guarded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class GuardedAdapter(HTTPAdapter):
    """For a `requests.Session`: it connects only to what `may_ask` allows."""

    @override
    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def session() -> requests.Session:
    """A session that connects only to what may be asked, and by no proxy, which could not look."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, GuardedAdapter())
    return made

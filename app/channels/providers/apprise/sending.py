"""One message to one chat or paging service, and what its answer is worth."""

from __future__ import annotations

import contextlib
import hashlib
import re
from datetime import datetime
from http import HTTPStatus

import orjson
import requests

from app.channels import hosts
from app.channels.hosts import Unanswered
from app.channels.providers.apprise import addresses, way_out
from app.channels.providers.apprise.addresses import NotUsable, Opened
from app.channels.providers.apprise.services import Service
from app.channels.providers.apprise.way_out import Heard
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.settings import Settings

_CODE = re.compile(r"[a-z]+(_[a-z]+){0,5}")
_LONGEST_CODE = 40


def carrier(settings: Settings) -> Apprise:  # noqa: ARG001 - each recipient brings its own
    """What carries messages to chat and paging services in this process."""
    return Apprise()


class Apprise:
    """Speaks to whatever service the recipient is at."""

    def send(self, message: Outgoing) -> Accepted:
        """Hand the words over. A service that keeps an alarm up is told what it is about."""
        try:
            opened = addresses.open_(message.address)
        except NotUsable:
            raise Refused("chat_bad_address", permanent=True) from None
        heard = _notify(opened, message.text, _name(message.about, message.address, opened.service))
        if heard is not None:
            raise _worth(opened.service, heard)
        return Accepted(message.about if opened.service.ends else "")

    def recall(self, provider_id: str, address: str) -> bool:
        """End the alarm about something: somebody has taken it on."""
        try:
            opened = addresses.open_(address)
        except NotUsable:
            return True
        name = _name(provider_id, address, opened.service)
        if opened.service.alarms_at:
            heard = _end(opened, name)
        else:
            heard = _notify(opened, "Taken on.", name, ends=True)
        return heard is None or not isinstance(_worth(opened.service, heard), Ambiguous)

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """None of these services can be asked what became of a message."""
        return None


def _name(about: str, address: str, service: Service) -> str:
    """What an alarm is called at the service, to be ended by it.

    Where an alarm's name is the whole account's, a second one of this name would ring nobody, so
    each address has its own.
    """
    own = hashlib.sha256(address.encode()).hexdigest()[:12] if service.alarms_at else ""
    return f"reknock-{about}{own and '-'}{own}"


def _notify(opened: Opened, words: str, name: str, *, ends: bool = False) -> list[Heard] | None:
    """None when the service took it; else what its requests came to."""
    service, plugin, _ = opened
    if service.alarms_at:
        plugin.alias = name
    elif service.ends:
        plugin.dedup = name
        plugin.action = service.ends if ends else "trigger"
    # In this thread: what Apprise calls by itself waits in one small pool for whoever hangs.
    with way_out.noted() as heard:
        taken = plugin.notify(
            body=words, notify_type="failure", body_format="text", overflow="truncate"
        )
    return None if taken else heard


def _end(opened: Opened, name: str) -> list[Heard] | None:
    """End an alarm by its name; one that is not there any more is ended."""
    service, plugin, _ = opened
    with way_out.noted() as heard, contextlib.suppress(requests.ConnectionError):
        answer = way_out.request(
            "POST",
            f"{service.alarms_at[plugin.region_name]}/{name}/{service.ends}",
            params={"identifierType": "alias"},
            headers={"Authorization": f"GenieKey {plugin.apikey}"},
            json={"source": "Reknock", "note": "Taken on."},
        )
        if answer.ok or answer.status_code == HTTPStatus.NOT_FOUND:
            return None
    return heard


def _worth(service: Service, heard: list[Heard]) -> Refused | Ambiguous:
    """What it means that a plug-in says no, after these answers."""
    if not heard:
        return Refused(f"{service.name}_bad_address", permanent=True)
    last = heard[-1]
    if isinstance(last, Unanswered):
        return hosts.doubt(service.name, last)
    if 200 <= last.status < 300:  # it answered, and said no
        return Refused(f"{service.name}_{_said(last.body)}", permanent=True)
    return hosts.refusal(service.name, last.status)


def _said(body: bytes) -> str:
    """The service's own code for what is wrong; never its sentences, which may quote ours."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "refused"
    code = document.get("error") if isinstance(document, dict) else None
    known = isinstance(code, str) and len(code) <= _LONGEST_CODE and _CODE.fullmatch(code)
    return str(code) if known else "refused"

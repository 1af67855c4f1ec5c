"""Texts that a provider knows: which one a message is sent as, and when it may be free words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.channels.providers.base import Provider, Template
from app.channels.queue_store import Due
from app.languages import said

WINDOW = timedelta(hours=24)
"""So long after somebody's last message WhatsApp takes free words to them."""
_ON_THE_WAY = timedelta(minutes=1)
"""What leaves in the window's last minute may arrive after it."""


class Known(NamedTuple):
    """A template as it was set up; without `variables` it takes every value in order."""

    template_id: str
    entity_id: str | None
    variables: Sequence[str] | None


class NotKnown(Exception):
    """Only what the provider knows may go this way now, and it does not know this text."""


def choose(due: Due, provider: Provider, now: datetime) -> Template | None:
    """As which template a message goes by this provider; None where its own words go.

    Raises:
        NotKnown: it goes neither way.
    """
    found = template((due.templates or {}).get(provider.name), due.made_of)
    if due.message.channel not in provider.prepared:
        return found
    if is_open(due.wrote_at, now):
        return None
    if found is None:
        raise NotKnown
    return found


def is_open(wrote_at: datetime | None, now: datetime) -> bool:
    """Whether free words may go to somebody who last wrote then."""
    return wrote_at is not None and now < wrote_at + WINDOW - _ON_THE_WAY


def template(known: Mapping[str, Any] | None, made_of: said.Kept | None) -> Template | None:
    """What a provider is handed of a template; None when it wants a value that this text lacks."""
    if known is None or made_of is None:
        return None
    one = Known(**known)
    values = said.variables(made_of)
    if one.variables is None:
        chosen = [value for _, value in values]
    else:
        by_name = dict(reversed(values))
        if not by_name.keys() >= set(one.variables):
            return None
        chosen = [by_name[name] for name in one.variables]
    return Template(one.template_id, one.entity_id or "", [_one_line(value) for value in chosen])


def _one_line(value: str) -> str:
    """A value as WhatsApp takes it: neither empty nor with line breaks or rows of blanks."""
    return " ".join(value.split()) or "-"

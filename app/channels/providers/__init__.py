"""The providers, chosen by the settings: one for each channel, or none."""

from __future__ import annotations

from app.channels.providers.base import Provider
from app.channels.providers.playground import Playground
from app.channels.providers.smtp import Smtp
from app.channels.providers.twilio import Twilio
from app.settings import Settings

_chosen: dict[str, Provider] = {}


def configure(settings: Settings) -> None:
    """Say once per process who carries which channel."""
    _chosen.clear()
    if settings.sms_provider == "twilio":
        _chosen["sms"] = Twilio(settings)
    elif settings.sms_provider == "playground":
        _chosen["sms"] = Playground()
    if settings.email_provider == "smtp":
        _chosen["email"] = Smtp(settings)
    elif settings.email_provider == "playground":
        _chosen["email"] = Playground()


def provider_for(channel: str) -> Provider | None:
    """Who carries `channel`; None when nobody is configured."""
    return _chosen.get(channel)

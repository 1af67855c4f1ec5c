"""Whether Vonage knows the account."""

from __future__ import annotations

import requests

from app import clock
from app.channels.providers.base import Check, callback_url
from app.channels.providers.vonage import token
from app.settings import Settings, SettingsError

_PATIENCE = 5  # seconds
_BALANCE = "https://rest.nexmo.com/account/get-balance"


def check(settings: Settings) -> Check:
    """Ask for what is left of the account's money."""
    values = settings.plug_ins
    if values["VONAGE_APPLICATION_ID"]:
        try:
            token.make("doctor", values["VONAGE_PRIVATE_KEY"], clock.machine_now())
        except SettingsError as error:
            return Check(ok=False, text=f"{error}.")
    base = values["VONAGE_API_BASE"].rstrip("/")
    url = _BALANCE if base.endswith("nexmo.com") else f"{base}/account/get-balance"
    try:
        answer = requests.get(
            url,
            auth=(values["VONAGE_API_KEY"], values["VONAGE_API_SECRET"]),
            timeout=_PATIENCE,
        )
    except requests.RequestException as error:
        return Check(ok=False, text=f"Vonage does not answer ({type(error).__name__})")
    if answer.ok:
        replies = callback_url(settings, "vonage", "inbound")
        return Check(
            ok=True,
            text=f"Vonage knows the account; it must post inbound messages to {replies}, signed",
        )
    return Check(
        ok=False,
        text=f"Vonage answers {answer.status_code}. Check VONAGE_API_KEY and VONAGE_API_SECRET.",
    )

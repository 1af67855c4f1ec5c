"""Whether Twilio knows the account."""

from __future__ import annotations

import requests

from app.channels.providers.base import Check, callback_url
from app.channels.providers.twilio.sending import IN_CALL, account_url
from app.settings import Settings

_PATIENCE = 5  # seconds


def check(settings: Settings) -> Check:
    """Read the account as Twilio has it."""
    values = settings.plug_ins
    try:
        answer = requests.get(
            f"{account_url(settings)}.json",
            auth=(values["TWILIO_ACCOUNT_SID"], values["TWILIO_AUTH_TOKEN"]),
            timeout=_PATIENCE,
        )
    except requests.RequestException as error:
        return Check(ok=False, text=f"Twilio does not answer ({type(error).__name__})")
    if answer.ok:
        replies = callback_url(settings, "twilio", "reply") + "#rc=3&rp=all"
        rings = callback_url(settings, "twilio", "ring") + IN_CALL
        return Check(
            ok=True,
            text=f"Twilio knows the account; its number must post incoming messages to {replies} "
            f"and incoming calls to {rings}",
        )
    return Check(
        ok=False,
        text=f"Twilio answers {answer.status_code}. Check TWILIO_ACCOUNT_SID and _AUTH_TOKEN.",
    )

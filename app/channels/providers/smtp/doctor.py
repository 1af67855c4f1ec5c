"""Whether the mail server answers and takes the sign-in."""

from __future__ import annotations

import smtplib
from urllib.parse import unquote, urlsplit

from app.channels.providers.base import Check
from app.channels.providers.smtp.sending import PORTS
from app.settings import Settings

_PATIENCE = 5  # seconds


def check(settings: Settings) -> Check:
    """Sign in, and say that nothing is wanted."""
    target = urlsplit(settings.plug_ins["SMTP_URL"])
    host = target.hostname or ""
    try:
        port = target.port or PORTS[target.scheme]
        kind = smtplib.SMTP_SSL if target.scheme == "smtps" else smtplib.SMTP
        with kind(host, port, timeout=_PATIENCE) as server:
            if target.scheme == "smtp+starttls":
                server.starttls()
            if target.username:
                server.login(unquote(target.username), unquote(target.password or ""))
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Check(ok=False, text=f"{host} refuses: {error}. Check SMTP_URL.")
    return Check(ok=True, text=f"{host} answers")

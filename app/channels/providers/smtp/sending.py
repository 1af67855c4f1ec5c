"""E-mail through any SMTP server: `SMTP_URL` is `smtp://`, `smtps://` or `smtp+starttls://`.

`smtp://user:password@host:port`, user and password percent-encoded; the port is 25, 465 or
587 unless it is given. `smtps` speaks TLS from the start, `smtp+starttls` does not go on
without it, both with a verified certificate; `smtp` is for a server on the same machine.

What an answer means (RFC 5321):

- before the final dot of DATA nothing was taken: a lost connection, a time-out or a 4xx is
  tried again, a 5xx is final;
- a server that does not let us in at all is our fault and not the recipient's: tried again,
  while somebody mends it;
- after the final dot the server may have taken the mail although its answer was lost
  (section 6.1 warns of this): nobody knows.

Servers quote addresses in their answers, so only the codes are kept.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import unquote, urlsplit

from app import clock
from app.channels import letter, reply_address
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.settings import Settings

PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_STEP = 4.0  # seconds for one answer: a server that is well needs less than one
_LET_IN = 20.0  # seconds to be let in: a slow server must not outlast our claim
_VERDICT = 15.0  # seconds for the answer after the final dot: the server may scan the mail first
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\S)")  # RFC 3463


def carrier(settings: Settings) -> Smtp:
    """What carries e-mail in this process."""
    return Smtp(settings)


class Smtp:
    """One connection for every mail: simple, and no idle connection to break."""

    def __init__(self, settings: Settings) -> None:
        url = urlsplit(settings.plug_ins["SMTP_URL"])
        self._scheme = url.scheme
        self._host = url.hostname or "localhost"
        self._port = url.port or PORTS[url.scheme]
        self._user = unquote(url.username or "")
        self._password = unquote(url.password or "")
        self._from = settings.plug_ins["REKNOCK_MAIL_FROM"]
        self._reply_to = settings.plug_ins["REKNOCK_MAIL_REPLY_TO"]
        self._self = urlsplit(settings.public_url).hostname or "localhost"  # how we greet
        self._tls = ssl.create_default_context()

    def send(self, message: Outgoing) -> Accepted:
        """Hand one mail to the server; its Message-ID is the provider's id."""
        try:
            mail = letter.write(message, self._from, clock.machine_now(), self._answers_to(message))
            origin = letter.sender(self._from).addr_spec
        except ValueError as error:
            raise Refused("bad_address", permanent=True) from error
        # RFC 5321, 4.5.2: a line that begins with a dot gets another one.
        body = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
        server = self._connect()
        try:
            _envelope(server, origin, message.recipient)
            _body(server, body)
        finally:
            _leave(server)
        return Accepted(mail["Message-ID"])

    def ask(self, message: Outgoing, since: datetime) -> Accepted | None:  # noqa: ARG002
        """SMTP has no such question."""
        return None

    def _answers_to(self, message: Outgoing) -> str:
        """The address that names the case, where answers are read at all."""
        if not self._reply_to or message.answers is None:
            return ""
        return reply_address.make(self._reply_to, message.answers)

    def _connect(self) -> smtplib.SMTP:
        started = time.monotonic()
        server: smtplib.SMTP | None = None
        try:
            if self._scheme == "smtps":
                server = smtplib.SMTP_SSL(
                    self._host, self._port, self._self, timeout=_STEP, context=self._tls
                )
            else:
                server = smtplib.SMTP(self._host, self._port, self._self, timeout=_STEP)
            if self._scheme == "smtp+starttls":
                server.starttls(context=self._tls)
            if self._user:
                _log_in(server, self._user, self._password)
            server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            if server is not None:
                server.close()
            code = getattr(error, "smtp_code", None)
            why = _why(code, getattr(error, "smtp_error", b"")) if code else "smtp_connection"
            raise Refused(why, permanent=False) from error
        if time.monotonic() - started > _LET_IN:
            server.close()
            raise Refused("smtp_slow", permanent=False)
        return server


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        server.login(user, password)
        return
    # smtplib knows ASCII only; AUTH PLAIN is UTF-8 (RFC 4616).
    server.ehlo_or_helo_if_needed()
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = server.docmd("AUTH", f"PLAIN {plain}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _envelope(server: smtplib.SMTP, origin: str, recipient: str) -> None:
    steps: tuple[tuple[Callable[[], tuple[int, bytes]], set[int]], ...] = (
        (lambda: server.mail(origin), {250}),
        (lambda: server.rcpt(recipient), {250, 251}),  # 251: it will be forwarded
        (lambda: server.docmd("DATA"), {354}),
    )
    for step, wanted in steps:
        try:
            code, answer = step()
        except (OSError, smtplib.SMTPException) as error:
            raise Refused("smtp_connection", permanent=False) from error
        if code not in wanted:
            raise _refusal(code, answer)


def _body(server: smtplib.SMTP, body: bytes) -> None:
    try:
        server.send(body + b".\r\n")
    except (OSError, smtplib.SMTPException) as error:  # the end was never handed over
        raise Refused("smtp_connection", permanent=False) from error
    try:
        if server.sock is not None:
            server.sock.settimeout(_VERDICT)
        code, answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Ambiguous("smtp_no_answer") from error
    if code < 400:  # RFC 5321, 4.2: the first digit alone says that it was taken
        return
    raise _refusal(code, answer)


def _refusal(code: int, answer: bytes) -> Refused:
    return Refused(_why(code, answer), permanent=code >= 500)


def _why(code: int, answer: bytes) -> str:
    detail = _ENHANCED.match(answer)
    return f"smtp_{code}" + (f"_{detail[0].decode()}" if detail else "")


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye, but do not wait long: what matters is done."""
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(1.0)
        server.docmd("QUIT")
    server.close()

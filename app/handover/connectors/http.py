"""How connectors speak HTTP: one place that knows what an answer, or its absence, is worth.

A request that certainly did nothing ends in `Unsent`, one whose fate nobody knows in `Ambiguous`;
both leave as `Over`, so that a connector reads top to bottom and only sees real answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple

import orjson
import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from app import clock, plain
from app.contact.lookup import guard
from app.handover.connectors.base import Account, Ambiguous, Over, Unsent
from app.shipments import normal

CONNECT, READ = 3.0, 8.0  # seconds
TOTAL = 12.0  # seconds for one request
_LARGEST = 1024 * 1024  # bytes of an answer
_USUAL_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)
_EARLY = timedelta(seconds=30)
"""A token that ends so soon is renewed, rather than let it end on its way."""
_LONGEST_WORDS = 200


class Reply(NamedTuple):
    """What the courier answered: below 500, and neither unauthorised nor too much at once."""

    status: int
    body: Any
    """Its JSON; None when it was none."""

    @property
    def ok(self) -> bool:
        """Whether the status speaks of success. It is none until the body says so, too."""
        return 200 <= self.status < 300

    def at(self, *path: str | int) -> Any:
        """What stands there in the body; None when there is no such place."""
        found = self.body
        for part in path:
            if isinstance(found, dict) and isinstance(part, str):
                found = found.get(part)
            elif (
                isinstance(found, list)
                and isinstance(part, int)
                and -len(found) <= part < len(found)
            ):
                found = found[part]
            else:
                return None
        return found

    def text(self, *path: str | int) -> str:
        """A text or number that stands there, as one short line; empty when there is none."""
        return words(self.at(*path))


class Granted(NamedTuple):
    """What a sign-in gave: the headers that show it, and for how long."""

    headers: Mapping[str, str]
    lasts: timedelta


def bearer(reply: Reply, name: str = "access_token", lasts: timedelta | None = None) -> Granted:
    """What an OAuth answer grants; it lasts as long as it says, unless the courier is known to err.

    Raises:
        Over: it grants nothing.
    """
    token, seconds = reply.at(name), reply.at("expires_in")
    if not (reply.ok and isinstance(token, str) and token):
        raise Over(Unsent("credentials"))
    if lasts is None:
        lasts = timedelta(seconds=float(seconds)) if _is_number(seconds) else timedelta(minutes=10)
    return Granted({"Authorization": f"Bearer {token}"}, lasts)


class _Token(NamedTuple):
    headers: Mapping[str, str]
    until: datetime  # machine time


_tokens: dict[tuple[int, str], _Token] = {}
_renewing: dict[tuple[int, str], threading.Lock] = {}
_of_thread = threading.local()


class Http:
    """Requests of one account. `sign_in` is asked for a token, which all threads share."""

    def __init__(
        self,
        account: Account,
        *,
        headers: Mapping[str, str] | None = None,
        sign_in: Callable[[Http], Granted] | None = None,
        limits: tuple[int, ...] = (429,),
        guarded: bool = False,
    ) -> None:
        """`limits` mean "too much at once"; `guarded` asks no private machine."""
        self._account = account
        self._headers = {"Accept": "application/json", "User-Agent": "Reknock", **(headers or {})}
        self._sign_in = sign_in
        self._limits = limits
        self._guarded = guarded

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Reply:
        """Read something; what fails did nothing."""
        return self.call("GET", path, reads=True, headers=headers, query=query)

    def call(
        self,
        method: str,
        path: str,
        *,
        reads: bool = False,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Make a request at the account's address, or at `path` when that is a whole address.

        `reads` says that it changes nothing at the courier, so that losing its answer is no harm.

        Raises:
            Over: with `Unsent` or `Ambiguous`.
        """
        body = raw if raw is not None else (None if json is None else orjson.dumps(json))
        kind = {"Content-Type": "application/json"} if json is not None else {}
        request = _Request(
            method=method,
            url=path if "://" in path else self._account.base + path,
            query=query or {},
            data=body if body is not None else form,
            headers={**self._headers, **kind, **(headers or {})},
            reads=reads,
        )
        shown = self._token(None)
        status, reply = self._once(request, shown)
        if status == 401 and self._sign_in is not None:
            # It was not acted on: once more with a new token, and then never again.
            status, reply = self._once(request, self._token(shown))
        if status in {401, 403}:
            raise Over(Unsent("credentials" if status == 401 else "forbidden"))
        return reply

    def _once(self, request: _Request, shown: Mapping[str, str]) -> tuple[int, Reply]:
        session = _session(guarded=self._guarded)
        try:
            with session.request(
                request.method,
                request.url,
                params=request.query,
                data=request.data,
                headers={**request.headers, **shown},
                timeout=(CONNECT, READ),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return answer.status_code, self._read(answer, request)
        except Over:
            raise
        except guard.PrivateTarget:
            raise Over(Unsent("private_address")) from None
        except requests.exceptions.SSLError:
            raise Over(Unsent("certificate")) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
            raise Over(Unsent("bad_address")) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if _never_left(error):
                raise Over(Unsent("connection")) from None
            raise Over(request.lost("no_answer")) from None

    def _read(self, answer: requests.Response, request: _Request) -> Reply:
        status = answer.status_code
        if status in self._limits:
            raise Over(Unsent("limited", _wait(answer.headers.get("Retry-After", ""))))
        if status >= 500 or status == 408:
            raise Over(request.lost(f"http_{status}"))
        if 300 <= status < 400:
            raise Over(Unsent("redirected"))
        body = _body(answer, request)
        try:
            return Reply(status, orjson.loads(body))
        except orjson.JSONDecodeError:
            return Reply(status, None)

    def _token(self, refused: Mapping[str, str] | None) -> Mapping[str, str]:
        """The headers of a valid token; `refused` are those that are not valid any more."""
        if self._sign_in is None:
            return {}
        key = (self._account.id, self._account.base)
        with _renewing.setdefault(key, threading.Lock()):
            token = _tokens.get(key)
            if token and token.headers != refused and clock.machine_now() < token.until:
                return token.headers
            _tokens.pop(key, None)
            granted = self._grant(self._sign_in)
            until = clock.machine_now() + granted.lasts - _EARLY
            _tokens[key] = _Token(granted.headers, until)
            return granted.headers

    def _grant(self, sign_in: Callable[[Http], Granted]) -> Granted:
        """Sign in; whatever goes wrong, the request that needs it was not sent."""
        plain = Http(self._account, limits=self._limits, guarded=self._guarded)
        try:
            return sign_in(plain)
        except Over as over:
            if isinstance(over.answer, Unsent):
                raise
            raise Over(Unsent("sign_in")) from None


class _Request(NamedTuple):
    method: str
    url: str
    query: Mapping[str, Any]
    data: bytes | Mapping[str, str] | None
    headers: Mapping[str, str]
    reads: bool

    def lost(self, why: str) -> Ambiguous | Unsent:
        """What it means that the request may have arrived and no answer came."""
        return Unsent(why) if self.reads else Ambiguous(why)


def forget_tokens() -> None:
    """Forget every token, for tests and after credentials were changed."""
    _tokens.clear()


def words(said: object) -> str:
    """A courier's words as one short line that people may read; empty when there are none."""
    if said is None or isinstance(said, (bool, dict, list)):
        return ""
    return plain.cut(normal.line(str(said)), _LONGEST_WORDS)


def _is_number(said: object) -> bool:
    return isinstance(said, (int, float)) and not isinstance(said, bool)


def _session(*, guarded: bool) -> requests.Session:
    """One session per thread and kind: connections stay open, and no cookie is kept."""
    name = "guarded" if guarded else "plain"
    made: requests.Session | None = getattr(_of_thread, name, None)
    if made is None:
        made = guard.session() if guarded else requests.Session()
        made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        setattr(_of_thread, name, made)
    return made


def _never_left(error: Exception) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    inner = error.args[0] if error.args else None
    return isinstance(getattr(inner, "reason", None), NewConnectionError)


def _body(answer: requests.Response, request: _Request) -> bytes:
    until = time.monotonic() + TOTAL
    body = b""
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > _LARGEST or time.monotonic() > until:
            raise Over(request.lost("too_long"))
    return body


def _wait(text: str) -> timedelta:
    """What `Retry-After` asks for: seconds or a date (RFC 9110, 10.2.3)."""
    if text.isdecimal():
        asked = timedelta(seconds=min(int(text), 86_400))
    else:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return _USUAL_WAIT
        asked = at.replace(tzinfo=at.tzinfo or UTC) - clock.machine_now()
    return min(max(asked, timedelta(seconds=1)), _LONGEST_WAIT)

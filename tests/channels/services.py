"""Slack, Telegram and PagerDuty at their HTTP edge: a server that checks what they publish.

- https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and `chat.postMessage`
- https://core.telegram.org/bots/api#sendmessage
- https://developer.pagerduty.com/docs/send-alert-event
- https://docs.opsgenie.com/docs/alert-api, and the same for Jira Service Management:
  https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events/
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from app.channels import hosts
from app.contact.lookup import guard
from app.contact.lookup.guard import Allowed

HOOK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
BOT = "slack://xoxb-1234-1234-abc124/#dispatch"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544"
PAGERDUTY = "pagerduty://R0123456789ABCDEF0123456789ABCDE@apikey123456789"
OPSGENIE = "opsgenie://0ps93n13-key/#Anaheim?region=eu"
JIRA = "jira://j1r4-key/#Anaheim"
_ALARMS = {
    "api.eu.opsgenie.com": "/v2/alerts",
    "api.atlassian.com": "/jsm/ops/integration/v2/alerts",
}
_SEVERITIES = {"critical", "error", "warning", "info"}


class Services:
    """What came in by host, and what is answered: each of `answers` once, then as usual.

    An answer is `(status, body)`, `"close"` (no answer) or `"hang"` (none until the end).
    """

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any] | str] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[str] = []
        self.alarms: set[str] = set()
        self.over = threading.Event()
        self.base = ""

    def of(self, host: str) -> list[dict[str, Any]]:
        """What this host heard."""
        return [body for at, body in self.heard if at == host]

    def answer(  # noqa: PLR0911 - one per service
        self, host: str, path: str, auth: str, body: dict[str, Any]
    ) -> Any:
        self.heard.append((host, body))
        if self.answers:
            return self.answers.pop(0)
        if host == "hooks.slack.com":
            return self._hook(path, body)
        if host == "slack.com":
            return self._slack(path, auth, body)
        if host == "api.telegram.org":
            return self._telegram(path, body)
        if host == "events.pagerduty.com":
            return self._pagerduty(path, body)
        if host in _ALARMS:
            return self._alarm(path.removeprefix(_ALARMS[host]), auth, body)
        return 200, {}

    def _wants(self, true: object, fault: str) -> None:
        if not true:
            self.faults.append(fault)

    def _hook(self, path: str, body: dict[str, Any]) -> Any:
        if path != urlsplit(HOOK).path:
            return 404, "no_service"
        said = body.get("text") or body.get("attachments") or body.get("blocks")
        self._wants(said, "no text, attachments or blocks")
        return (200, "ok") if said else (400, "invalid_payload")

    def _slack(self, path: str, auth: str, body: dict[str, Any]) -> Any:
        self._wants(path == "/api/chat.postMessage", path)
        self._wants(auth == "Bearer xoxb-1234-1234-abc124", "no bearer token")
        self._wants(body.get("channel"), "no channel")
        return 200, {"ok": True, "channel": body.get("channel"), "ts": "1.2"}

    def _telegram(self, path: str, body: dict[str, Any]) -> Any:
        self._wants(path == "/bot123456789:abcdefg_hijklmnop/sendMessage", path)
        self._wants(str(body.get("chat_id")) == "12315544", "no chat_id")
        self._wants(0 < len(body.get("text", "")) <= 4096, "no text")
        return 200, {"ok": True, "result": {"message_id": 7}}

    def _alarm(self, rest: str, auth: str, body: dict[str, Any]) -> Any:
        """One alarm of a name at a time; it is closed by that name."""
        self._wants(auth.startswith("GenieKey ") and auth.endswith("-key"), "GenieKey")
        if not rest:
            self._wants(0 < len(body.get("message", "")) <= 130, "message")
            self._wants(0 < len(body.get("alias", "")) <= 512, "alias")
            self.alarms.add(body["alias"])
            return 202, {"result": "Request will be processed", "requestId": "43a29c5c"}
        name, _, asked = rest.removeprefix("/").partition("/close")
        self._wants(asked == "?identifierType=alias", f"closed by {rest}")
        known = name in self.alarms
        self.alarms.discard(name)
        return (202 if known else 404), {"result": "Request will be processed"}

    def _pagerduty(self, path: str, body: dict[str, Any]) -> Any:
        self._wants(path == "/v2/enqueue", path)
        self._wants(len(body.get("routing_key", "")) == 32, "routing_key")
        self._wants(body.get("event_action") in {"trigger", "acknowledge", "resolve"}, "action")
        if body.get("event_action") == "trigger":
            payload = body.get("payload", {})
            self._wants(0 < len(payload.get("summary", "")) <= 1024, "summary")
            self._wants(payload.get("source"), "source")
            self._wants(payload.get("severity") in _SEVERITIES, "severity")
        self._wants(0 < len(body.get("dedup_key", "")) <= 255, "dedup_key")
        return 202, {"status": "success", "dedup_key": body.get("dedup_key")}


class _Handler(BaseHTTPRequestHandler):
    services: Services

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, host, rest = self.path.split("/", 2)
        auth = self.headers.get("Authorization", "")
        answer = self.services.answer(host, f"/{rest}", auth, json.loads(raw or b"{}"))
        if answer == "hang":
            self.services.over.wait(30)
        if isinstance(answer, str):
            self.close_connection = True
            return
        status, body = answer
        said = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        if status in {301, 302, 307}:
            self.send_header("Location", f"{self.services.base}/elsewhere.example/")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def open_services() -> Iterator[Services]:
    """Let them run."""
    services = Services()
    handler = type("Handler", (_Handler,), {"services": services})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        services.base = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield services
        services.over.set()
        server.shutdown()


class _ToServices(HTTPAdapter):
    """Whatever host is meant, its part is played here: the first part of the path names it."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        meant = urlsplit(str(request.url))
        query = f"?{meant.query}" if meant.query else ""
        request.url = f"{self._base}/{meant.netloc}{meant.path}{query}"
        return super().send(request, *args, **kwargs)


def session_to(services: Services, true: Callable[[], requests.Session]) -> requests.Session:
    """In place of `guard.session`, for hosts that stand fast in Apprise."""
    made = true()
    for scheme in ("http://", "https://"):
        made.mount(scheme, _ToServices(services.base))
    return made


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Every service, played here; hosts are not guarded, since all of them are this machine."""
    hosts.forget()
    monkeypatch.setattr(guard, "_allowed", Allowed(True, frozenset(), ()))
    with open_services() as found:
        monkeypatch.setattr(guard, "session", partial(session_to, found, guard.session))
        yield found
    hosts.forget()

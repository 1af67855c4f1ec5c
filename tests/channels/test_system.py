"""A depot's dispatch system: what is posted to it, who can check it, and what its answers mean."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from app import clock
from app.access import vault
from app.channels import hosts
from app.channels.providers.base import Ambiguous, Outgoing, Refused
from app.channels.providers.system import address
from app.channels.providers.system.address import Unusable
from app.channels.providers.system.sending import DispatchSystem
from app.contact.lookup import guard
from app.contact.lookup.guard import Allowed
from app.db.connection import transaction
from app.directory import endpoints_store
from app.directory.endpoints_store import Owner
from app.dispatch import documents
from app.settings import Settings
from tests.application import create_app
from tests.inline import advance, settle
from tests.pages.staff import make_key
from tests.play import Play, play

__all__ = ["play"]


class DispatchDesk:
    """Somebody's own system, which checks each signature with the published library."""

    def __init__(self) -> None:
        self.answers: list[int | str] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.tries = 0
        self.over = threading.Event()
        self.secret = ""
        self.url = ""

    def answer(self, headers: dict[str, str], raw: bytes) -> int | str:
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        Webhook(self.secret).verify(raw.decode(), headers)
        self.heard.append((headers["webhook-id"], json.loads(raw)))
        return 204


class _Handler(BaseHTTPRequestHandler):
    desk: DispatchDesk

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.desk.answer({k.lower(): v for k, v in self.headers.items()}, raw)
        if answer == "hang":
            self.desk.over.wait(30)
        if isinstance(answer, str):
            self.close_connection = True
            return
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serving() -> Iterator[DispatchDesk]:
    desk = DispatchDesk()
    handler = type("Handler", (_Handler,), {"desk": desk})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        desk.url = f"http://127.0.0.1:{server.server_address[1]}/calls"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield desk
        desk.over.set()
        server.shutdown()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[DispatchDesk]:
    hosts.forget()
    monkeypatch.setattr(guard, "_allowed", Allowed(True, frozenset(), ()))
    monkeypatch.setattr(hosts, "READ", 0.5)
    with _serving() as found:
        yield found
    hosts.forget()


def connect(desk: DispatchDesk, depot_id: int) -> str:
    """Let the depot's system be called; how messages name it."""
    system = address.make(desk.url, plain=True)
    desk.secret = system.secret
    with transaction() as conn:
        made = endpoints_store.add(
            conn,
            Owner(None, depot_id),
            "http",
            "system",
            "desk",
            vault.seal(address.kept(system)),
            clock.now(),
        )
    return f"system-{made}"


def outgoing(desk: DispatchDesk) -> Outgoing:
    system = address.make(desk.url, plain=True)
    desk.secret = system.secret
    return Outgoing(
        id=7,
        tries=1,
        channel="http",
        recipient="system-1",
        subject="",
        text='{"type":"test"}',
        html=None,
        calendar=None,
        request_id="r",
        address=address.kept(system),
    )


@pytest.mark.parametrize(
    ("answer", "kind", "why", "permanent"),
    [
        (429, Refused, "http_http_429", False),
        (404, Refused, "http_http_404", True),
        (301, Refused, "http_http_301", True),
        (503, Ambiguous, "http_http_503", None),
        ("hang", Ambiguous, "http_no_answer", None),
        ("close", Ambiguous, "http_no_answer", None),
    ],
)
def test_what_its_answers_mean(
    desk: DispatchDesk,
    answer: int | str,
    kind: type[Refused | Ambiguous],
    why: str,
    permanent: bool | None,
) -> None:
    desk.answers = [answer]
    message = outgoing(desk)
    with pytest.raises(kind) as caught:
        DispatchSystem().send(message)
    assert str(caught.value) == why
    assert getattr(caught.value, "permanent", None) is permanent
    assert DispatchSystem().send(message).state == "delivered"
    assert [name for name, _ in desk.heard] == ["msg_7"], "the same id however often it is tried"


def test_a_system_inside_our_walls_is_called_only_where_it_is_allowed(
    desk: DispatchDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_allowed", Allowed(False, frozenset(), ()))
    with pytest.raises(Refused) as caught:
        DispatchSystem().send(outgoing(desk))
    assert caught.value.why == "http_private_address"
    monkeypatch.setattr(guard, "_allowed", Allowed(False, frozenset({"127.0.0.1"}), ()))
    DispatchSystem().send(outgoing(desk))
    assert len(desk.heard) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tms.example",
        "http://tms.example",
        "https://",
        "https://a:b@tms.example/x",
        "https://tms.example/a b",
        "https://[::1",
        "file:///etc/passwd",
        "https://tms.example/#x",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Unusable):
        address.make(url)


def test_a_call_arrives_with_all_that_is_needed_and_is_taken_on_by_the_api(
    desk: DispatchDesk, play: Play, settings: Settings
) -> None:
    system = connect(desk, play.world.depot_id)
    case_id = play.courier()
    ((name, said),) = desk.heard
    task = play.task(case_id)
    (message,) = play.messages(case_id, recipient=system)
    assert name == f"msg_{message['id']}"
    assert message["state"] == "delivered"
    assert said["type"] == "dispatch_task.called"
    assert said["data"].keys() == json.loads(documents.example())["data"].keys(), "as in /docs"
    data = said["data"]
    assert (data["id"], data["kind"], data["case_id"]) == (task.id, "failure", case_id)
    assert data["reason"] == play.case(case_id).reason
    assert data["text"].endswith(data["link"])
    client: FlaskClient = create_app(settings).test_client()
    key = make_key("dispatcher", name="desk")
    took = client.post(
        f"/api/v1/dispatch-tasks/{data['id']}/acknowledge",
        json={},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert took.status_code == 200
    advance(hours=1)
    assert len(desk.heard) == 1, "whoever has it is not called again"


def test_many_parcels_within_minutes_are_one_call(desk: DispatchDesk, play: Play) -> None:
    connect(desk, play.world.depot_id)
    cases = []
    for number in range(5):
        cases.append(play.courier(parcel=f"V-{number}"))
        advance(seconds=5)
    play.acknowledge(cases[2], by="Ben")
    advance(minutes=6)
    (_, first), (_, rest) = desk.heard[:2]
    assert first["data"]["case_id"] == cases[0]
    assert rest["type"] == "dispatch_tasks.called"
    assert [one["case_id"] for one in rest["data"]["tasks"]] == [cases[1], *cases[3:]]
    assert "3 parcels" in rest["data"]["text"]


def test_a_system_that_is_away_is_tried_again_and_slows_no_text_message(
    desk: DispatchDesk, play: Play
) -> None:
    system = connect(desk, play.world.depot_id)
    desk.answers = [503, 503]
    case_id = play.courier()
    (text,) = play.messages(case_id, channel="sms")
    assert text["state"] == "delivered"
    advance(seconds=6)
    advance(seconds=21)
    settle()
    (message,) = play.messages(case_id, recipient=system)
    assert (message["state"], message["tries"], desk.tries) == ("delivered", 3, 3)

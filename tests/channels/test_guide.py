"""The guide "Add a channel provider": its files, in a folder of their own, are a provider."""

from __future__ import annotations

import hmac
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import clock, create_app, settings
from app.channels import providers
from app.channels.service import Route
from app.cli import doctor
from app.db.connection import connection, transaction
from app.dispatch import rules
from app.dispatch import store as tasks
from app.dispatch.states import TaskKind
from app.dispatch.store import Task
from app.settings import Settings, SettingsError
from tests.channels.world import (
    PHONE,
    SMS,
    close,
    enqueue,
    links,
    make_case,
    read,
    run,
    send_due,
    states,
    timeline,
)

GUIDE = Path(providers.__file__).parent / "README.md"
KEY = "key-of-a-test"


class Heron:
    """The company: keeps what it is sent, and posts what happens."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.url = ""
        self.web: FlaskClient | None = None

    def tell(self, secret: str = KEY, **event: Any) -> Any:
        assert self.web is not None
        body = json.dumps({"id": f"h-{len(self.sent)}"} | event).encode()
        signature = hmac.digest(secret.encode(), body, "sha256").hex()
        headers = {"Heron-Signature": signature}
        return self.web.post("/callbacks/heron/events", data=body, headers=headers)


@pytest.fixture
def company() -> Iterator[Heron]:
    heron = Heron()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heron.sent.append(body)
            answer = (202, {"id": f"h-{len(heron.sent)}"})
            self.answer(*(heron.answers.pop(0) if heron.answers else answer))

        def do_GET(self) -> None:
            self.answer(200, {"name": "a test"})

        def answer(self, status: int, body: dict[str, Any]) -> None:
            known = self.headers["Authorization"] == f"Bearer {KEY}"
            raw = json.dumps(body).encode()
            self.send_response(status if known else 401)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heron.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield heron
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The guide's files as a package, and the one line that registers it."""
    folder = tmp_path / "plug-ins" / "heron"
    folder.mkdir(parents=True)
    for name, code in files().items():
        (folder / name).write_text(code)
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setattr(providers, "REGISTERED", ("heron", *providers.REGISTERED))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "heron"]:
        del sys.modules[name]
    providers._part.cache_clear()


@pytest.fixture
def heron(
    registered: None, company: Heron, env: dict[str, str], settings: Settings
) -> Iterator[Heron]:
    company.web = create_app(with_heron(env, company)).test_client()
    yield company
    providers._chosen.clear()


def with_heron(env: dict[str, str], company: Heron) -> Settings:
    own = {"HERON_KEY": KEY, "HERON_FROM": "+15005550006", "HERON_API": company.url}
    return settings.load(env | own)


def files() -> dict[str, str]:
    """The guide's files by name: each is the first block after its name."""
    found = {}
    parts = GUIDE.read_text().split("`heron/")[1:]
    for part in parts:
        name = part.partition("`")[0]
        found[name] = part.split("```python\n")[1].partition("```")[0]
    return found


def test_the_guide_holds_four_files():
    assert list(files()) == ["__init__.py", "sending.py", "callbacks.py", "doctor.py"]


def test_it_sends_and_hears_what_became_of_a_message(heron: Heron):
    case = make_case()
    enqueue(case, SMS)
    assert send_due() == ["sent"]
    (sent,) = heron.sent
    assert (sent["kind"], sent["to"], sent["from"]) == ("text", PHONE, "+15005550006")
    assert heron.tell(type="arrived", reference=sent["reference"]).status_code == 200
    assert states(case) == [("sms", "delivered", None)]


def test_what_it_refuses_goes_another_way(heron: Heron):
    case = make_case()
    heron.answers = [(422, {"error": "no_such_number"}), (422, {"error": "unsubscribed"})]
    enqueue(case, SMS, Route("email", "kim@example.com"))
    assert send_due() == ["failed"]
    assert send_due() == ["delivered"]
    assert states(case)[0] == ("sms", "failed", "invalid_number")
    enqueue(case, SMS, idempotency_key="second")
    send_due()
    assert read("SELECT recipient FROM opt_outs") == [{"recipient": PHONE}]


def test_it_hears_replies_and_the_word_stop(heron: Heron):
    case = make_case()
    enqueue(case, SMS)
    send_due()
    for _ in range(2):
        heron.tell(type="reply", sender=PHONE, text="At my neighbour’s, please")
    ((kind, facts),) = timeline(case)
    assert (kind, facts["words"]) == ("customer_reply", "At my neighbour’s, please")
    heron.tell(type="reply", sender=PHONE, text="stop", id="another")
    assert read("SELECT channel FROM opt_outs") == [{"channel": "sms"}]


def call(heron: Heron) -> int:
    """Ana is called for a failed delivery; the case."""
    case = make_case()
    ana = read("SELECT id FROM people")[0]["id"]
    depot = read("SELECT id FROM depots")[0]["id"]
    with transaction() as conn:
        (task,) = tasks.ensure(conn, [tasks.Wanted(case, depot, TaskKind.FAILURE, 1)], clock.now())
        tasks.called(conn, [tasks.Rung(task.id, 1, 1)], clock.now())
    enqueue(
        case,
        Route("voice", "+4915112345678"),
        audience="dispatcher",
        topic=f"task-{task.id}",
        idempotency_key=rules.call_key(task.id, 1, 0, ana, 0),
    )
    assert send_due() == ["sent"]
    assert heron.sent[-1]["kind"] == "call"
    return case


def task_of(case: int) -> Task:
    return tasks.of_case(connection(), case)[0]


def press(heron: Heron, key: str) -> str:
    answer = heron.tell(type="key", reference=heron.sent[-1]["reference"], key=key)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_key_takes_a_dispatch_task_on(heron: Heron):
    case = call(heron)
    assert press(heron, "7").startswith("That key does nothing here. Press 1 to take it on")
    assert task_of(case).state == "open"
    assert press(heron, "1").startswith("You have taken it on.")
    assert (task_of(case).state, task_of(case).acknowledged_by) == ("acknowledged", "Ana")
    assert press(heron, "1").startswith("You have it, since ")


def test_another_key_passes_it_on_and_a_second_press_passes_nobody_over(heron: Heron):
    case = call(heron)
    assert press(heron, "2") == "It is passed on."
    assert links(case) == ["call_dispatcher"]
    with transaction() as conn:
        tasks.called(conn, [tasks.Rung(task_of(case).id, 2, 0)], clock.now())
    run("DELETE FROM steps")
    assert press(heron, "2") == "It has been passed on already."
    assert links(case) == []


def test_a_key_after_the_end_is_told_the_truth(heron: Heron):
    case = call(heron)
    close(case)
    assert press(heron, "1").startswith("It was closed at ")


def test_a_forged_event_says_nothing(heron: Heron):
    case = make_case()
    enqueue(case, SMS)
    send_due()
    event = {"type": "arrived", "reference": heron.sent[0]["reference"]}
    answer = heron.tell(secret=KEY + "x", **event)
    assert (answer.status_code, answer.json["code"]) == (403, "bad_signature")
    assert heron.tell(type="arrived", reference="soon").status_code == 422
    assert states(case) == [("sms", "sent", None)]


def test_a_word_on_a_message_that_another_provider_sent_says_nothing(heron: Heron):
    case = make_case()
    enqueue(case, Route("email", "kim@example.com"))
    send_due()
    message = read("SELECT id FROM messages")[0]["id"]
    heron.tell(type="lost", reference=message)
    assert states(case) == [("email", "delivered", None)]


def test_its_settings_are_checked_with_all_others(registered: None, env: dict[str, str]):
    wrong = env | {"HERON_KEY": KEY, "HERON_API": "ftp://heron", "PORT": "0"}
    with pytest.raises(SettingsError) as caught:
        settings.load(wrong)
    named = [fault.split()[0] for fault in str(caught.value).splitlines()]
    assert sorted(named) == ["HERON_API", "HERON_FROM", "PORT"]


def test_the_doctor_asks_it(registered: None, company: Heron, env: dict[str, str]):
    mine = with_heron(env, company)
    found = {(f.level, f.subject, f.text) for f in doctor.channels(mine)}
    assert ("ok", "text messages", "Heron knows the key") in found
    company.url = "http://127.0.0.1:1"
    failing = {(f.level, f.subject) for f in doctor.channels(with_heron(env, company))}
    assert ("fail", "text messages") in failing


def test_another_order_gives_the_channel_to_another(
    registered: None, company: Heron, env: dict[str, str]
):
    assert providers.choose(with_heron(env, company))["sms"].name == "heron"
    other = with_heron(env | {"REKNOCK_PROVIDERS": "playground"}, company)
    assert providers.choose(other)["sms"].name == "playground"

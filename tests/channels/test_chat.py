"""Chat and paging services: what they are told, what their answers are worth, who is not asked."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from app import clock
from app.access import secret, vault
from app.channels import endpoints, hosts, providers, voice
from app.channels.providers.apprise import addresses, way_out
from app.channels.providers.apprise.addresses import NotUsable
from app.channels.providers.apprise.sending import Apprise
from app.channels.providers.apprise.services import SERVICES
from app.channels.providers.base import Accepted, Ambiguous, Outgoing, Refused
from app.channels.service import Route, withdraw
from app.contact.lookup import guard
from app.contact.lookup.guard import Allowed
from app.db.connection import connection, transaction
from app.directory import endpoints_store
from app.directory.endpoints_store import Owner
from app.settings import Settings
from tests.channels.services import (
    BOT,
    HOOK,
    JIRA,
    OPSGENIE,
    PAGERDUTY,
    TELEGRAM,
    Services,
    services,
)
from tests.channels.world import enqueue, make_case, messages, read, send_due, states

__all__ = ["services"]

WORDS = "Delivery failed: 1Z9 (nobody <home>). Kim D., 5 Main St. Take it on: https://r.example/t/x"


def outgoing(address: str, about: str = "task-5") -> Outgoing:
    return Outgoing(
        id=1,
        tries=1,
        channel="chat",
        recipient="slack-1",
        subject="Delivery failed",
        text=WORDS,
        html=None,
        calendar=None,
        request_id="r",
        about=about,
        address=address,
    )


def send(address: str) -> Accepted:
    return Apprise().send(outgoing(address))


def test_each_service_is_told_in_its_own_manner(services: Services) -> None:
    for address in (HOOK, BOT, TELEGRAM, PAGERDUTY):
        assert isinstance(send(address), Accepted)
    assert services.faults == []
    (hook,), (bot,) = services.of("hooks.slack.com"), services.of("slack.com")
    said = hook["attachments"][0]["text"]
    assert said.startswith("Delivery failed: 1Z9 (nobody &lt;home&gt;)"), "escaped as Slack wants"
    assert bot["channel"] == "#dispatch"
    (message,) = services.of("api.telegram.org")
    assert "https://r.example/t/x" in message["text"]
    (alarm,) = services.of("events.pagerduty.com")
    assert alarm["payload"]["summary"] == WORDS
    assert "github" not in str(services.heard), "no pictures from other servers"


@pytest.mark.parametrize(
    ("answer", "kind", "why", "permanent"),
    [
        ((429, "rate_limited"), Refused, "slack_http_429", False),
        ((404, "no_service"), Refused, "slack_http_404", True),
        ((302, ""), Refused, "slack_http_302", True),
        ((500, "oops"), Ambiguous, "slack_http_500", None),
        ("close", Ambiguous, "slack_no_answer", None),
        ("hang", Ambiguous, "slack_no_answer", None),
    ],
)
def test_what_a_bad_answer_is_worth(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, str] | str,
    kind: type[Refused | Ambiguous],
    why: str,
    permanent: bool | None,
) -> None:
    services.answers = [answer]
    if answer == "hang":
        monkeypatch.setattr(hosts, "READ", 0.5)
    with pytest.raises(kind) as caught:
        send(HOOK)
    assert str(caught.value) == why
    assert getattr(caught.value, "permanent", None) is permanent
    assert len(services.heard) == 1, "nothing is repeated, and no redirect followed"


def test_a_service_that_says_ok_false_did_not_take_it(services: Services) -> None:
    services.answers = [(200, {"ok": False, "error": "channel_not_found"})]
    with pytest.raises(Refused) as caught:
        send(BOT)
    assert (caught.value.why, caught.value.permanent) == ("slack_channel_not_found", True)
    services.answers = [(200, {"ok": False, "error": f"no {WORDS}"})]
    with pytest.raises(Refused, match=r"^slack_refused$"):
        send(BOT)


def test_an_alarm_ends_when_somebody_takes_it_on(services: Services) -> None:
    raised = send(PAGERDUTY)
    assert Apprise().recall(raised.provider_id, PAGERDUTY)
    first, second = services.of("events.pagerduty.com")
    assert (first["event_action"], second["event_action"]) == ("trigger", "resolve")
    assert first["dedup_key"] == second["dedup_key"]
    assert services.faults == []
    services.answers = [(500, "")]
    assert not Apprise().recall(raised.provider_id, PAGERDUTY), "to be asked again"
    assert Apprise().send(outgoing(HOOK)).provider_id == "", "chat has nothing to end"


@pytest.mark.parametrize("address", [OPSGENIE, JIRA])
def test_an_alarm_at_atlassian_ends_by_the_name_that_we_gave_it(
    services: Services, address: str
) -> None:
    raised = send(address)
    other = send(address.replace("Anaheim", "Night"))
    assert len(services.alarms) == 2, "one of the same name would ring nobody"
    assert Apprise().recall(raised.provider_id, address)
    assert len(services.alarms) == 1
    assert Apprise().recall(raised.provider_id, address), "one that is closed is ended"
    assert Apprise().recall(other.provider_id, address.replace("Anaheim", "Night"))
    assert services.faults == []
    for answer in ((500, ""), "close"):
        services.answers = [answer]
        assert not Apprise().recall(raised.provider_id, address), "to be asked again"


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "syslog://",
        "dbus://",
        "windows://",
        "mailto://a:b@example.com",
        "twilio://AC1:token@+15005550006/+15005550007",
        "https://example.com/hook",
        "http://127.0.0.1/",
        "json://localhost/x?template=/etc/passwd",
        "mmosts://chat.example.com/token1234?template=http://127.0.0.1/",
        "jsons://h.example/x?verify=no",
        "jsons://h.example/x?redirect=yes",
        "jsons://h.example/x?retry=9",
        "ntfys://ntfy.example/topic?attach=http://169.254.169.254/",
        "tgram://123456789:abcdefg_hijklmnop",
        "slack://",
        "json://[::1",
        "json://h/a b",
        "x" * 2000,
        "",
    ],
)
def test_an_address_that_asks_for_more_than_words_is_refused(address: str) -> None:
    with pytest.raises(NotUsable):
        addresses.open_(address)


def test_every_service_reaches_the_network_by_one_way_only() -> None:
    for service in SERVICES:
        made = addresses._class(service)
        module = sys.modules[made.__module__]
        assert module.requests is way_out.GUARDED
        for other in ("socket", "smtplib", "subprocess", "urllib3", "urlopen", "httpx"):
            assert not hasattr(module, other), (service.name, other)
    assert not hasattr(way_out.GUARDED, "Session")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost:1", "169.254.169.254", "[::1]:1"])
def test_a_host_that_is_not_public_is_never_asked(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts.forget()
    monkeypatch.setattr(guard, "_allowed", Allowed(False, frozenset(), ()))
    for address in (f"json://{host}/x", f"form://{host}/x", f"ntfy://{host}/topic"):
        with pytest.raises(Refused) as caught:
            send(address)
        assert caught.value.why.endswith("_private_address")
        assert caught.value.permanent


def test_nothing_secret_is_logged(
    services: Services, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    services.answers = [(404, "no_service"), (200, "ok")]
    with pytest.raises(Refused):
        send(HOOK)
    send(HOOK)
    said = caplog.text + "".join(capsys.readouterr())
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in said
    assert "Kim" not in said
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in repr(outgoing(HOOK))


def test_a_host_that_fails_again_and_again_is_left_alone_and_the_others_are_not(
    services: Services,
) -> None:
    services.answers = [(503, "")] * 5
    for _ in range(5):
        with pytest.raises(Ambiguous):
            send(HOOK)
    with pytest.raises(Refused) as caught:
        send(HOOK)
    assert (caught.value.why, caught.value.permanent) == ("slack_away", False)
    assert len(services.heard) == 5
    send(TELEGRAM)


def test_apprise_loads_only_what_is_used() -> None:
    """None of its other plug-ins, and nothing before somebody has such an address."""
    code = (
        "import sys\n"
        "from app.channels import providers\nproviders.registered()\n"
        "assert 'apprise' not in sys.modules\n"
        "from app.channels.providers.apprise import addresses\n"
        f"addresses.open_({TELEGRAM!r})\n"
        "print([m for m in sys.modules if m.startswith('apprise.plugins.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "['apprise.plugins.base', 'apprise.plugins.telegram']"


def _endpoint(case: int, address: str, service: str, *, depot: bool = False) -> str:
    person = read("SELECT catch_all_id AS id FROM depots")[0]["id"]
    place = read("SELECT id FROM depots")[0]["id"]
    owner = Owner(None, place) if depot else Owner(person, None)
    with transaction() as conn:
        made = endpoints_store.add(
            conn, owner, "chat", service, "x", vault.seal(address), clock.now()
        )
    return f"{service}-{made}"


def test_a_message_goes_through_the_outbox_like_any_other(
    settings: Settings, services: Services
) -> None:
    """`endpoints_of` names them; the address is read when the message is taken."""
    secret.configure("a-test")
    providers.configure(settings)
    case = make_case()
    slack, alarm = _endpoint(case, HOOK, "slack"), _endpoint(case, PAGERDUTY, "pagerduty")
    kept = read("SELECT endpoints_of((SELECT catch_all_id FROM depots), NULL) AS them")[0]["them"]
    assert kept == [f"chat {slack}", f"chat {alarm}"]
    for recipient in (slack, alarm):
        enqueue(
            case,
            Route("chat", recipient),
            audience="dispatcher",
            topic="task-5",
            idempotency_key=recipient,
            text=WORDS,
        )
    assert send_due() == ["sent", "sent"]
    assert [row["recipient"] for row in messages(case)] == [slack, alarm]
    assert endpoints.words(slack) == "Slack"
    with transaction() as conn:
        withdraw(conn, case, "task-5", "acknowledged", clock.now())
    for call in voice.to_recall():
        voice.recall(call)
    assert [one["event_action"] for one in services.of("events.pagerduty.com")] == [
        "trigger",
        "resolve",
    ]
    assert len(services.of("hooks.slack.com")) == 1


def test_what_was_removed_meanwhile_is_not_written_to(
    settings: Settings, services: Services
) -> None:
    secret.configure("a-test")
    providers.configure(settings)
    case = make_case()
    slack = _endpoint(case, HOOK, "slack")
    enqueue(case, Route("chat", slack), audience="dispatcher", idempotency_key="gone")
    endpoints_store.remove(connection(), int(slack.partition("-")[2]))
    assert send_due() == ["suppressed"]
    assert states(case) == [("chat", "suppressed", "endpoint_gone")]
    assert services.heard == []


def test_a_host_that_hangs_has_few_calls_at_a_time_and_slows_no_other(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "READ", 30.0)
    services.answers = ["hang"] * 20
    refused: list[str] = []

    def call() -> None:
        with pytest.raises((Refused, Ambiguous)) as caught:
            send(HOOK)
        refused.append(str(caught.value))

    calls = [threading.Thread(target=call) for _ in range(20)]
    for one in calls:
        one.start()
    deadline = time.monotonic() + 10
    while len(services.heard) < 8 and time.monotonic() < deadline:
        time.sleep(0.01)
    services.answers = []
    send(TELEGRAM)
    assert "slack_no_answer" not in refused, "nobody waited for the other one to be given up"
    services.over.set()
    for one in calls:
        one.join()
    assert len(services.of("hooks.slack.com")) == 8
    assert Counter(refused) == {"slack_busy": 12, "slack_no_answer": 8}

"""What is counted: by all processes together, once each, and in Prometheus's own conventions."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from app import clock
from app.counted import counting, families
from app.db.connection import connection
from tests import courier
from tests.inline import advance, settle
from tests.web import Web, eventually, web

__all__ = ["web"]

OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}


@pytest.fixture(autouse=True)
def from_zero(web: Web) -> Iterator[None]:
    counting.publish(web.servers.redis.url)
    counting.flush()
    web.servers.empty_redis()
    yield
    counting.publish("")


def counted(web: Web) -> dict[tuple[str, ...], float]:
    """What `/metrics` says now: by name and values of the labels."""
    counting.flush()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in plain(web.client.get("/metrics").text)
        for sample in family.samples
    }


def test_a_webhook_and_what_follows_is_counted(web: Web):
    said = courier.said("failed", "counted-1")
    web.post(said)
    web.post(said)
    web.post(b"{}", headers={})
    web.client.post("/webhooks/nobody-knows-me", data=b"{}")
    settle()
    found = counted(web)
    slug = web.play.world.accounts["standard_webhooks"].slug
    of = {key[1:]: value for key, value in found.items() if key[0] == "reknock_webhooks_total"}
    assert of == {
        (slug, "standard_webhooks", "accepted"): 1,
        (slug, "standard_webhooks", "duplicate"): 1,
        (slug, "standard_webhooks", "refused"): 1,
        ("", "", "refused"): 1,
    }
    asked = ("reknock_http_request_seconds_count", "/webhooks/<account>", "POST")
    assert (found[*asked, "2xx"], found[*asked, "4xx"]) == (2, 2)
    steps = [key[1] for key in found if key[0] == "reknock_step_seconds_count"]
    assert steps
    assert all(found["reknock_step_seconds_bucket", link, "+Inf"] >= 1 for link in steps)


def test_requests_are_counted_by_the_address_as_it_is_declared(web: Web):
    web.api("GET", "/cases/1")
    web.api("GET", "/cases/2")
    web.api("GET", "/cases", "")
    web.client.get("/this/is/nowhere")
    web.client.open("/cases", method="BREW")
    name = "reknock_http_request_seconds_count"
    found = {key[1:]: value for key, value in counted(web).items() if key[0] == name}
    assert sum(value for key, value in found.items() if key[0].startswith("/api/v1/cases/<")) == 2
    assert found["/api/v1/cases", "GET", "4xx"] == 1
    assert found["", "GET", "4xx"] == 1
    assert found["", "other", "4xx"] == 1


def test_promises_are_counted_as_they_are_settled(web: Web):
    web.post(courier.said("failed", "counted-2"))
    settle()
    advance(hours=30)
    found = counted(web)
    states = {key[2] for key in found if key[0] == "reknock_promises_total"}
    assert states & {"kept", "broken"}


def test_all_processes_count_together_and_one_that_dies_leaves_nothing_behind(web: Web):
    told = "from app.counted import counting, families; import os, signal, sys\n"
    told += "counting.publish(sys.argv[1])\n"
    told += "for _ in range(7): families.WEBHOOKS.add('a', 'dhl', 'accepted')\n"
    told += "counting.flush(); families.WEBHOOKS.add('a', 'dhl', 'lost')\n"
    told += "os.kill(os.getpid(), signal.SIGKILL)\n"
    for _ in range(2):
        died = subprocess.run([sys.executable, "-c", told, web.servers.redis.url], check=False)
        assert died.returncode == -signal.SIGKILL
    families.WEBHOOKS.add("a", "dhl", "accepted")
    found = counted(web)
    assert found["reknock_webhooks_total", "a", "dhl", "accepted"] == 15
    assert ("reknock_webhooks_total", "a", "dhl", "lost") not in found
    with redis.Redis.from_url(web.servers.redis.url) as client:
        lasting = [key for key in client.keys("reknock:counted*") if client.ttl(key) < 0]
        assert lasting == [counting.COUNTS.encode()]


def test_a_process_that_ends_adds_what_it_has_and_one_that_works_adds_it_by_itself(web: Web):
    told = "from app.counted import counting, families; import sys\n"
    told += "counting.publish(sys.argv[1]); families.WEBHOOKS.add('a', 'dhl', 'accepted')\n"
    subprocess.run([sys.executable, "-c", told, web.servers.redis.url], check=True)
    assert counted(web)["reknock_webhooks_total", "a", "dhl", "accepted"] == 1
    families.WEBHOOKS.add("a", "dhl", "quarantined")
    name = 'reknock_webhooks_total{account="a",courier="dhl",outcome="quarantined"} 1'
    eventually(lambda: name in web.client.get("/metrics").text)


def test_while_redis_is_away_nothing_is_lost_and_no_answer_fails(web: Web):
    counting.publish("redis://127.0.0.1:1/0")
    families.WEBHOOKS.add("a", "dhl", "accepted")
    counting.flush()
    families.WEBHOOKS.add("a", "dhl", "accepted")
    counting.flush()
    counting.publish(web.servers.redis.url)
    counting.flush()  # what could not be added
    assert counted(web)["reknock_webhooks_total", "a", "dhl", "accepted"] == 2


def test_a_batch_whose_answer_got_lost_is_not_added_twice(web: Web, monkeypatch):
    families.WEBHOOKS.add("a", "dhl", "accepted")
    add = redis.Redis.eval

    def lost(*args):
        add(*args)
        raise redis.TimeoutError

    with monkeypatch.context() as broken:
        broken.setattr(redis.Redis, "eval", lost)
        counting.flush()
    counting.flush()
    assert counted(web)["reknock_webhooks_total", "a", "dhl", "accepted"] == 1


def test_buckets_hold_what_took_as_long_and_an_example_leads_to_the_log(web: Web):
    for seconds in (0.0, 0.05, 0.0500001, 7.0, 400.0):
        families.CALLS.observe(seconds, "twilio", "sms", "accepted", request_id=f"id-{seconds}")
    counting.flush()
    answer = web.client.get("/metrics", headers=OPENMETRICS)
    assert answer.content_type.startswith("application/openmetrics-text")
    (calls,) = [f for f in openmetrics(answer.text) if f.name == "reknock_provider_call_seconds"]
    buckets = {s.labels["le"]: s for s in calls.samples if s.name.endswith("_bucket")}
    assert [buckets[end].value for end in ("0.05", "0.1", "5.0", "10.0", "30.0", "+Inf")] == [
        *(2, 3, 3, 4, 4, 5)
    ]
    shown = {end: s.exemplar.labels["request_id"] for end, s in buckets.items() if s.exemplar}
    assert shown == {"0.05": "id-0.05", "0.1": "id-0.0500001", "10.0": "id-7.0", "+Inf": "id-400.0"}
    (total,) = [s.value for s in calls.samples if s.name.endswith("_sum")]
    assert total == pytest.approx(407.1000001)


def test_a_webhook_s_request_id_is_an_example(web: Web):
    web.post(courier.said("failed", "counted-3"), request_id="request-of-counted-3")
    counting.flush()
    text = web.client.get("/metrics", headers=OPENMETRICS).text
    examples = [
        sample.exemplar.labels["request_id"]
        for family in openmetrics(text)
        for sample in family.samples
        if sample.exemplar
    ]
    assert "request-of-counted-3" in examples


def test_what_this_version_does_not_know_is_left_out(web: Web):
    with redis.Redis.from_url(web.servers.redis.url) as client:
        client.hset(counting.COUNTS, "reknock_of_tomorrow\x1fa", 3)
        client.hset(counting.COUNTS, "reknock_webhooks\x1fone-label-only", 3)
    assert not any(key[0] == "reknock_webhooks_total" for key in counted(web))


def test_odd_names_are_quoted(web: Web):
    families.WEBHOOKS.add('sla\\sh"quote', "dhl", "accepted")
    assert counted(web)["reknock_webhooks_total", 'sla\\sh"quote', "dhl", "accepted"] == 1


def test_without_redis_the_rest_is_told(web: Web, monkeypatch):
    monkeypatch.setattr(
        "app.insight.metrics._redis", lambda _: redis.Redis.from_url("redis://127.0.0.1:1")
    )
    found = counted(web)
    assert found["reknock_broker_up",] == 0
    assert found["reknock_disk_free_bytes",] > 0
    assert not any(key[0] == "reknock_webhooks_total" for key in found)


def test_the_oldest_of_each_queue_that_is_due(web: Web):
    case_id = web.post(courier.said("failed", "counted-4")).get_json()["case_id"]
    settle()
    connection().execute(
        """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                  due_at, created_at, request_id)
           SELECT %(case)s, 'customer', 'news', 'waits-' || channel || age, channel, '+17145550000',
                  %(now)s - make_interval(secs => age), %(now)s, 'r'
             FROM (VALUES ('sms', 90), ('sms', 30), ('sms', 4000), ('email', -60)) m(channel, age)
           """,
        {"case": case_id, "now": clock.now()},
    )
    found = counted(web)
    assert found["reknock_queue_oldest_seconds", "sms"] == pytest.approx(4000, abs=30)
    assert ("reknock_queue_oldest_seconds", "email") not in found
    connection().execute("DELETE FROM messages WHERE idempotency_key LIKE 'waits-%'")


def test_promtool_has_nothing_to_say(web: Web, promtool: str):
    web.post(courier.said("failed", "counted-5"))
    settle()
    families.HANDOVERS.add("ups", "push", "confirmed")
    families.HOOKS.observe(0.2, "taken")
    families.MESSAGES.add("twilio", "sms", "delivered")
    families.CALLS.observe(0.2, "twilio", "sms", "accepted")
    counting.flush()
    text = web.client.get("/metrics").text
    assert all(family.name in text for family in families.ALL)
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=text, text=True, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")

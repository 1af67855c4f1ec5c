"""Nobody took it on: the console shows it first, and the customer's page tells the truth."""

from __future__ import annotations

import pytest

from app.access import links
from app.db.connection import transaction
from app.dispatch import queue_counts_store
from app.insight import store as gauges
from tests.inline import advance
from tests.links import page_of
from tests.pages.reading import poll, text
from tests.pages.staff import make_key, sign_in


@pytest.fixture
def cleo(client, play):
    """Cleo, who is in charge, at a browser."""
    sign_in(client, make_key("dispatcher", person_id=play.world.people["Cleo"]))
    return client


def folded() -> float:
    with transaction() as conn:
        return float(gauges.gauges(conn, "exhausted_tasks")["exhausted_tasks"][0]["value"])


def test_from_the_first_call_to_the_one_who_comes_at_last(cleo, play):
    case_id = play.courier(parcel="OLD")
    customer = page_of(case_id)
    said = text(cleo.get(customer).text)
    assert "and nobody has responded yet" in said
    assert "looking after it" not in said
    assert cleo.get("/readyz").json["exhausted_tasks"] == 0
    assert "Nobody answered" not in text(cleo.get("/console").text)

    advance(hours=2)
    play.courier(parcel="NEW")
    html = cleo.get("/console").text
    said = text(html)
    assert said.index("ORD-OLD") < said.index("ORD-NEW")
    assert "Nobody answered 1 Open 2 Taken on 0 Done 0" in said
    assert "nobody has taken it on since" in said
    assert "called again" in said
    assert "called again" in text(poll(cleo, html).text)
    alone = text(cleo.get("/console?tab=nobody").text)
    assert "ORD-OLD" in alone
    assert "ORD-NEW" not in alone
    said = text(cleo.get(customer).text)
    assert "Nobody there has responded yet. We’ve called them 7 times since today at" in said
    assert ", and we’ll keep calling until somebody does." in said
    task = f"/t/{links.make('task', play.task(case_id).id, play.world.people['Cleo'])}"
    assert "Nobody has taken it on. Everybody was called," in text(cleo.get(task).text)
    assert cleo.get("/readyz").json["exhausted_tasks"] == 1
    assert 'reknock_dispatch_tasks{state="open"} 2.0' in cleo.get("/metrics").text
    assert "reknock_exhausted_tasks 1.0" in cleo.get("/metrics").text
    with transaction() as conn:
        queue_counts_store.fold_counts(conn, play.case(case_id).opened_at)
    assert folded() == 1

    play.acknowledge(case_id, "Cleo")
    said = text(cleo.get(customer).text)
    assert "A person there is looking after it." in said
    assert "taken it on yet" not in said
    assert cleo.get("/readyz").json["exhausted_tasks"] == 0
    assert "Nobody answered" not in text(cleo.get("/console").text)
    empty = text(cleo.get("/console?tab=nobody").text)
    assert "Somebody answers for everything" in empty


def test_an_unhappy_customer_is_told_that_a_person_looks_into_it_once_one_does(client, play):
    case_id = play.courier()
    play.courier("delivered")
    advance(hours=2)
    play.rate(case_id, 2)
    customer = page_of(case_id)
    assert "we are calling the depot, so that somebody looks" in text(client.get(customer).text)
    play.acknowledge(case_id, "Ben")
    assert "a person at the depot is looking into it" in text(client.get(customer).text)

"""The main job inside one process: every link, in order, with time moved."""

from __future__ import annotations

import pytest
from app import clock, configure
from app.cases import service as cases
from app.channels import service as channels
from app.chain import store as steps
from app.customer import service as customer
from app.booking import service as booking
from app.db.connection import connection, transaction
from app.dispatch import service as dispatch
from app.dispatch import store as tasks
from app.intake import samples, service
from app.intake.event import Incoming
from tests import seed
from tests.inline import advance, settle


@pytest.fixture
def world(settings):
    configure(settings)
    return seed.world(clock.now())


def post(world, courier="onfleet", kind="failure", **how):
    account = world.accounts[courier]
    raw, headers = getattr(samples, kind)(account, clock.now(), **how)
    return service.receive(
        account,
        Incoming(headers=headers, query={}, raw=raw, received_at=clock.now()),
        "request-1",
    )


def said(case_id, audience):
    return [
        m["topic"]
        for m in channels.for_case(connection(), case_id)
        if m["audience"] == audience and m["state"] == "delivered"
    ]


def case(case_id):
    return cases.by_ids(connection(), [case_id])[case_id]


def test_from_failure_to_thanks(world):
    taken = post(world, shipment="a")
    assert taken.outcome == "accepted"
    settle()
    assert case(taken.case_id).contact_phone == "+17145554231"
    assert said(taken.case_id, "dispatcher") == ["task-1"]
    assert said(taken.case_id, "customer") == []
    task = tasks.of_case(connection(), taken.case_id)[0]
    assert dispatch.acknowledge(task.id, "Ana", "on it", "deliver_again", clock.now()).fresh
    settle()
    assert said(taken.case_id, "customer") == ["failure"]
    with transaction() as conn:
        options = booking.options(conn, cases.lock(conn, taken.case_id), clock.now())
    customer.choose(taken.case_id, options.slots[0].choice, clock.now())
    settle()
    assert said(taken.case_id, "customer") == ["failure", "booking"]
    assert [s["link"] for s in steps.waiting(connection(), taken.case_id)] == ["keep_promise"]
    assert post(world, kind="delivered", shipment="a", event="b").case_id == taken.case_id
    settle()
    assert case(taken.case_id).resolution == "delivered"
    advance(hours=2)
    assert said(taken.case_id, "customer") == ["failure", "booking", "survey"]
    customer.rate(taken.case_id, 5, "quick!", clock.now())
    settle()
    assert said(taken.case_id, "customer")[-1] == "thanks"
    assert steps.waiting(connection(), taken.case_id) == []

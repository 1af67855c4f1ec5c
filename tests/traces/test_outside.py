"""What couriers' and shippers' systems are told is in the trace of the webhook that led to it."""

from __future__ import annotations

import threading

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from app import clock
from app.db.connection import connection, transaction
from app.handover import acts_store
from app.traces import spans
from tasks.handing import Handing
from tests.handover.conftest import heron
from tests.handover.edge import Edge
from tests.inline import settle
from tests.outbound.conftest import Shop, receiver, shop
from tests.play import Play, play
from tests.web import web

__all__ = ["heron", "play", "receiver", "shop", "web"]


def called(told: InMemorySpanExporter, case_id: int) -> list[ReadableSpan]:
    """The calls of this case's trace, each below its webhook."""
    row = connection().execute("SELECT request_id FROM cases WHERE id = %s", [case_id]).fetchone()
    trace, first = spans.ids(row["request_id"] if row else "")
    found = [span for span in told.get_finished_spans() if span.kind is SpanKind.CLIENT]
    assert [span.context.trace_id for span in found if span.context] == [trace] * len(found)
    assert [span.parent.span_id for span in found if span.parent] == [first] * len(found)
    return found


def test_a_shipper_s_webhook_taken_or_not(shop: Shop, told: InMemorySpanExporter) -> None:
    endpoint = shop.endpoint("/traced", "courier_failed")
    shop.receiver.answers["/traced"] = [500]
    case_id = shop.web.play.courier(parcel="traced")
    shop.told()
    shop.later(minutes=30)
    first, second = called(told, case_id)
    assert first.name == "shipper's webhook"
    assert [one.status.status_code for one in (first, second)] == [
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]
    assert dict(second.attributes or {}) | {"reknock.request_id": ""} == {
        "reknock.request_id": "",
        "reknock.event": "courier_failed",
        "reknock.outcome": "taken",
        "reknock.case_id": case_id,
        "reknock.endpoint_id": endpoint,
    }


def test_a_call_to_a_courier(play: Play, heron: Edge, told: InMemorySpanExporter) -> None:
    case_id = play.courier()
    settle()
    woken = threading.Event()
    handing = Handing(woken)
    with transaction() as conn:
        acts_store.ask_days(conn, [case_id], ["heron"], clock.now())
    handing.turn()
    assert woken.wait(20)
    assert handing.record()
    handing.close()
    (span,) = called(told, case_id)
    assert (span.name, span.status.status_code) == ("heron", StatusCode.UNSET)
    assert span.attributes is not None
    assert span.attributes["reknock.act"] == "can"
    assert span.attributes["reknock.outcome"] == "can"

"""Spans as the SDK takes them, and nothing of it where no collector is named."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from app.traces import exporting, spans
from tests import courier
from tests.inline import settle
from tests.web import Web, web

__all__ = ["web"]

ASKED = "collector-1-request"


def of_one(told: InMemorySpanExporter) -> tuple[ReadableSpan, list[ReadableSpan]]:
    """The first span of the only trace, and those below it."""
    found = told.get_finished_spans()
    assert {span.context.trace_id for span in found if span.context} == {spans.ids(ASKED)[0]}
    (first,) = [span for span in found if span.parent is None]
    return first, [span for span in found if span.parent is not None]


def test_a_webhook_and_the_steps_it_leads_to_are_one_trace(web: Web, told: InMemorySpanExporter):
    web.post(courier.said("failed", "traced-1"), request_id=ASKED)
    settle()
    first, below = of_one(told)
    assert (first.name, first.kind) == ("POST /webhooks/<account>", SpanKind.SERVER)
    assert first.attributes is not None
    assert first.attributes["reknock.outcome"] == "accepted"
    assert first.attributes["reknock.request_id"] == ASKED
    assert {span.kind for span in below} == {SpanKind.INTERNAL}
    assert {span.parent.span_id for span in below if span.parent} == {spans.ids(ASKED)[1]}
    assert len({span.context.span_id for span in below if span.context}) == len(below) > 1
    assert all(span.attributes and span.attributes["reknock.case_id"] for span in below)
    assert all(0 < span.start_time <= span.end_time for span in below)  # type: ignore[operator]


def test_what_fails_says_so_and_nothing_of_a_person_is_told(
    web: Web, told: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.intake.service.receive", lambda *_: 1 / 0)
    web.post(courier.said("failed", "traced-2"), request_id=ASKED)
    first, _ = of_one(told)
    assert first.status.status_code is StatusCode.ERROR
    assert set(first.attributes or ()) == {
        f"reknock.{name}" for name in ("request_id", "status", "account", "courier", "outcome")
    }


def test_a_sampled_trace_is_whole_or_not_there(
    told: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    spans._export = exporting.through(SimpleSpanProcessor(told))
    for number in range(40):
        for kind in spans.Kind:
            spans.ended(kind, "x", f"request-{number}", 0.1)
    found = [span.context.trace_id for span in told.get_finished_spans() if span.context]
    assert 0 < len(set(found)) < 40
    assert all(found.count(one) == len(spans.Kind) for one in found)


def test_what_belongs_to_no_request_is_in_no_trace(told: InMemorySpanExporter):
    spans.ended(spans.Kind.STEP, "x", "", 0.1)
    assert not told.get_finished_spans()


_STARTS = """
import sys
sys.modules["opentelemetry"] = None  # as where the extra is not installed
from app import create_app, settings
create_app(settings.load())
"""


def test_without_the_extra_everything_else_works(env: dict[str, str]):
    subprocess.run([sys.executable, "-c", _STARTS], env=env, check=True)


def test_whoever_names_a_collector_is_told_of_the_extra(env: dict[str, str]):
    env["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4318"
    asked = subprocess.run(
        [sys.executable, "-c", _STARTS], env=env, check=False, capture_output=True, text=True
    )
    assert "SettingsError: OTEL_EXPORTER_OTLP_ENDPOINT is set, and the extra" in asked.stderr

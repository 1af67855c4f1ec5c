"""Spans as OpenTelemetry's SDK sends them. Importing this needs the extra `otel`.

The SDK reads the rest of its settings itself: `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`,
`OTEL_EXPORTER_OTLP_HEADERS` and so on. It sends in a thread of its own, and what a collector that
is away does not take is dropped.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import TypeAlias

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from app.traces import spans
from app.traces.spans import Kind, Span

_Export: TypeAlias = Callable[[Span], None]
_KINDS = {
    Kind.WEBHOOK: SpanKind.SERVER,
    Kind.STEP: SpanKind.INTERNAL,
    Kind.CALL: SpanKind.CLIENT,
}
_SCOPE = InstrumentationScope("reknock")


def to(traces_to: str) -> _Export:
    """What sends spans to the collector at this address, in batches, and the rest at the end."""
    processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{traces_to}/v1/traces"))
    atexit.register(processor.shutdown)
    return through(processor)


def through(processor: SpanProcessor) -> _Export:
    """What hands spans to this processor.

    Whether a trace is kept is decided by its id alone, so all processes decide alike.
    """
    sampler = TracerProvider(shutdown_on_exit=False).sampler
    resource = Resource.create({"service.name": "reknock"}).merge(OTELResourceDetector().detect())
    new_id = RandomIdGenerator().generate_span_id

    def export(span: Span) -> None:
        trace_id, first = spans.ids(span.request_id)
        decision = sampler.should_sample(None, trace_id, span.name).decision
        kept = decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if kept else TraceFlags.DEFAULT)
        webhook = SpanContext(trace_id, first, is_remote=True, trace_flags=flags)
        own = SpanContext(trace_id, new_id(), is_remote=False, trace_flags=flags)
        attributes = {"request_id": span.request_id, **span.attributes}
        is_first = span.kind is Kind.WEBHOOK
        processor.on_end(
            ReadableSpan(
                span.name,
                context=webhook if is_first else own,
                parent=None if is_first else webhook,
                resource=resource,
                attributes={f"reknock.{key}": value for key, value in attributes.items()},
                kind=_KINDS[span.kind],
                status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
                start_time=span.ended_ns - round(span.seconds * 1e9),
                end_time=span.ended_ns,
                instrumentation_scope=_SCOPE,
            )
        )

    return export

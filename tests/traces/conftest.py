"""Spans kept in memory as the SDK takes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.traces import exporting, spans


@pytest.fixture
def told() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    spans._export = exporting.through(SimpleSpanProcessor(exporter))
    yield exporter
    spans._export = None

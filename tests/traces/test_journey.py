"""One trace through every process, as a collector receives it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app.traces import spans
from tests.servers import TestServers
from tests.stories.house import open_house

pytestmark = pytest.mark.slow


class _Collector(ThreadingHTTPServer):
    """What speaks OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.spans: list[Span] = []


class _Takes(BaseHTTPRequestHandler):
    server: _Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collecting() -> Iterator[_Collector]:
    with _Collector() as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


def test_a_webhook_its_steps_and_the_calls_to_providers_are_one_trace(
    servers: TestServers, tmp_path_factory: pytest.TempPathFactory
):
    with collecting() as collector:
        env = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        with open_house(servers, tmp_path_factory.mktemp("traced"), **env) as house:
            case_id = house.hear()
            ids = spans.ids(house.case(case_id)["request_id"])
            trace, first = ids[0].to_bytes(16), ids[1].to_bytes(8)

            def kinds() -> set[int]:
                return {span.kind for span in collector.spans if span.trace_id == trace}

            wanted = {Span.SPAN_KIND_SERVER, Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_CLIENT}
            house.eventually(lambda: kinds() == wanted)
        mine = [span for span in collector.spans if span.trace_id == trace]
        assert [span.parent_span_id for span in mine if span.span_id == first] == [b""]
        assert {span.parent_span_id for span in mine if span.span_id != first} == {first}

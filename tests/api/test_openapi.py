"""The API against its own description, by schemathesis: what it says is what it does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from app.access import limits
from app.db import connection as db
from tests import courier
from tests.inline import settle
from tests.web import Web, rows, web

__all__ = ["web"]

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")


@pytest.fixture
def address(web: Web) -> Iterator[str]:
    """The app behind a real socket."""
    server = make_server("127.0.0.1", 0, web.app)

    def serve() -> None:
        try:
            server.serve_forever()
        finally:
            db.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["shipper", "admin"])
def test_the_api_does_what_its_description_says(web: Web, address: str, role: str, tmp_path: Path):
    limits.configure(web.servers.redis.url, 1_000_000)
    parcel = f"described-{role}"
    case_id = web.post(courier.said("failed", parcel)).get_json()["case_id"]
    settle()
    task_id = rows("SELECT id FROM dispatch_tasks WHERE case_id = %s", case_id)[0]["id"]
    known = {"case_id": case_id, "task_id": task_id, "tracking_number": parcel}
    known["account"] = "standard-webhooks"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIG),
            *("run", f"{address}/openapi.json", "--checks", "all"),
            *("--header", f"Authorization: Bearer {web.keys[role]}"),
            *("--phases", "examples,coverage,fuzzing", "--no-color", "--warnings", "off"),
            *("--suppress-health-check", "all"),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"KNOWN_ROWS": json.dumps(known), "SCHEMATHESIS_HOOKS": str(HOOKS)},
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]

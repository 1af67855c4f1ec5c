"""What `make run` shows a newcomer, with every real process."""

from __future__ import annotations

import json
import re
import signal

import pytest
import requests

from tests.cli.copies import copies, eventually


@pytest.mark.slow
def test_a_newcomer_gets_a_running_story_and_no_leftovers():
    with copies(1) as (copy,):
        copy.start("--demo")
        base = f"http://127.0.0.1:{copy.port}"

        demo = copy.home / "demo.json"
        assert demo.stat().st_mode & 0o777 == 0o600
        given = json.loads(demo.read_text())
        assert given["base_url"] == f"http://localhost:{copy.port}"
        assert set(given["api_keys"]) == {"shipper", "dispatcher", "admin"}

        case = re.search(r"failed delivery: case (\d+)", "\n".join(copy.lines))
        assert case
        story = copy.reknock("why", case[1])
        said, complaint = story.communicate()
        assert (story.returncode, complaint) == (0, "")
        assert said
        for path in ("/healthz", "/readyz", "/playground", "/docs"):
            assert requests.get(base + path, timeout=20).status_code == 200, path

        # A web worker that is killed is replaced; meanwhile others answer.
        leader, *workers = sorted(copy.pids("granian"))
        assert workers
        copy.kill(workers[0])
        eventually(lambda: len(set(copy.pids("granian")) - {leader, workers[0]}) == len(workers))
        assert requests.get(base + "/healthz", timeout=20).status_code == 200

        # A second start keeps what there is and finds it quickly.
        assert copy.ends(signal.SIGTERM) == 0
        assert copy.left() == []
        copy.start("--demo")
        assert json.loads(demo.read_text())["base_url"] == given["base_url"]
        copy.ends(signal.SIGKILL)
        eventually(lambda: not copy.left())

from __future__ import annotations

import itertools
import json
from datetime import timedelta

from click.testing import CliRunner

from app.chain.policy import STANDARD, Policy
from app.cli.simulate import _SILENCE, command, walk


def test_a_silent_customer_is_never_left_longer_than_the_policy_says():
    ran = walk(Policy(0, STANDARD), _SILENCE, timedelta(days=20))
    words = {"notify_customer", "remind_customer", "give_news", "keep_promise"}
    spoke = [at for at, link, _ in ran if link in words | {"schedule_redelivery"}]
    gaps = [later - earlier for earlier, later in itertools.pairwise(spoke)]
    assert max(gaps) <= timedelta(days=1, hours=1)


def test_an_acknowledgement_tells_the_customer_at_once():
    outcomes = _SILENCE | {"call_dispatcher": "acknowledged"}
    ran = walk(Policy(0, STANDARD), outcomes, timedelta(hours=1))
    assert (timedelta(), "notify_customer", "told") in ran


def test_a_file_that_is_no_policy_is_refused_by_name(tmp_path):
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({**STANDARD, "default": "teleport"}))
    answer = CliRunner().invoke(command, [str(file)], standalone_mode=False)
    assert answer.exit_code != 0
    assert "default" in str(answer.exception)

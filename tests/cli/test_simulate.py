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


def test_every_fault_of_a_policy_is_named_by_its_place_on_a_line_of_its_own(tmp_path):
    file = tmp_path / "bad.json"
    wrong = {"choose": {"pickup": [{"arm": "nothing"}]}, "clouse": {}}
    file.write_text(json.dumps({**STANDARD, "after": STANDARD["after"] | wrong}))
    answer = CliRunner().invoke(command, [str(file)], standalone_mode=False)
    _, *lines = str(answer.exception).splitlines()
    places = [line.strip().split(": ")[0] for line in lines]
    assert sorted(places) == ["after.choose.pickup.0.arm", "after.clouse"]


def test_an_outcome_that_a_step_has_not_is_refused():
    chosen = ["standard", "--when", "validate_contact=reachabel"]
    answer = CliRunner().invoke(command, chosen, standalone_mode=False)
    assert "validate_contact ends in reachable, email_only" in str(answer.exception)

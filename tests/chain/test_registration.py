"""A step type is one declaration and one registration, as the guide beside the chain says."""

from __future__ import annotations

import copy
import importlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from marshmallow import ValidationError

from app import clock
from app.chain import policy, registry
from app.chain.standard import STANDARD
from app.chain.step import Plain, StepType
from app.cli.simulate import _SILENCE, walk
from app.db.connection import transaction
from tasks import steps
from tasks.app import celery
from tests.inline import advance
from tests.play import Play

GUIDE = Path(policy.__file__).with_name("README.md")


@pytest.fixture
def knitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StepType[Plain]:
    """A folder beside the app's own, and the one registration."""
    (tmp_path / "knitting").mkdir()
    (source,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "knitting" / "steps.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_sources", dict(registry.sources()))
    module = importlib.import_module("knitting.steps")
    registry.register(*module.DECLARED)
    step_type: StepType[Plain] = module.DECLARED[0]
    return step_type


def test_a_new_step_is_checked_labelled_made_a_task_and_run(play: Play, knitting: StepType[Plain]):
    body = copy.deepcopy(STANDARD)
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    for name, follows in json.loads(shown)["after"].items():
        body["after"][name] = body["after"].get(name, {}) | follows
    body["after"]["knit_hat"]["cold"] = []
    with pytest.raises(ValidationError, match="it has warm"):
        policy.check(body)
    del body["after"]["knit_hat"]["cold"]
    with transaction() as conn:
        policy_id = policy.create(conn, "warm", body, clock.now())
        conn.execute("UPDATE shippers SET policy_id = %s", [policy_id])
    case_id = play.courier()
    play.acknowledge(case_id)
    assert "knit_hat" in play.waiting(case_id)
    assert registry.label("knit_hat") == "knit a hat"
    advance(hours=2)
    assert "knit_hat" not in play.waiting(case_id)
    advance(hours=2)  # a reminder comes no sooner after another word
    assert play.topics(case_id)[-1] == "reminder"

    steps.make(knitting)
    assert "knit_hat" in celery.tasks
    outcomes = _SILENCE | {"call_dispatcher": "acknowledged", "knit_hat": "warm"}
    ran = walk(policy.Policy(0, body), outcomes, timedelta(hours=1))
    assert (timedelta(), "knit_hat", "warm") in ran


def test_every_step_type_is_a_task():
    assert set(registry.step_types()) <= set(celery.tasks)


def test_two_declarations_of_one_name_are_refused():
    known = registry.step_types()["thank"]
    other = StepType(name="thank", handler=known.handler, outcomes=Plain, label="other")
    with pytest.raises(ValueError, match="two declarations of 'thank'"):
        registry.register(other)

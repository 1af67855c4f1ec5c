"""Alert rules and the dashboard: sound by Prometheus's own tools, and about what there is."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app.counted import families
from app.counted.counting import Histogram
from tests.web import Web, web

__all__ = ["web"]

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "docker" / "prometheus"
RULES = PROMETHEUS / "alerts.yml"
PLAYED = Path(__file__).with_name("alerts.yml")
DASHBOARD = json.loads((ROOT / "docker" / "grafana" / "reknock.json").read_text())
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
]
SHOWN: list[str] = [
    target["expr"].replace("$__rate_interval", "1m")
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
]
_SELECTOR = re.compile(r"(reknock_\w+)(?:\{([^}]*)\})?")


def promtool_says(promtool: str, *command: str) -> str:
    done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rules_and_the_example_are_sound(promtool: str):
    assert f"SUCCESS: {len(ALERTS)} rules" in promtool_says(promtool, "check", "rules", str(RULES))
    config = str(PROMETHEUS / "prometheus.yml")
    promtool_says(promtool, "check", "config", "--syntax-only", config)


def test_compose_starts_prometheus_and_grafana_with_what_they_read(promtool: str, tmp_path: Path):
    compose = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())
    configs = compose["configs"]
    for name in ("prometheus", "grafana"):
        service = compose["services"][name]
        assert service["profiles"] == ["metrics"]
        for one in service["configs"]:
            said = configs[one["source"]]
            text = said.get("content") or (ROOT / "docker" / said["file"]).read_text()
            file = tmp_path / one["target"].lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    promtool_says(promtool, "check", "config", str(tmp_path / "etc/prometheus/prometheus.yml"))
    provisioned = tmp_path / "etc" / "grafana" / "provisioning"
    sources = yaml.safe_load((provisioned / "datasources" / "prometheus.yml").read_text())
    assert sources["datasources"][0]["type"] == "prometheus"
    assert json.loads((tmp_path / "etc/dashboards/reknock.json").read_text())["uid"] == "reknock"


def test_rules_wake_somebody_when_they_should_and_only_then(promtool: str):
    promtool_says(promtool, "test", "rules", str(PLAYED))
    played = PLAYED.read_text()
    assert [rule["alert"] for rule in ALERTS if rule["alert"] not in played] == []


def test_what_the_dashboard_asks_can_be_asked(promtool: str, tmp_path: Path):
    asked = [{"record": f"shown:{number}", "expr": expr} for number, expr in enumerate(SHOWN)]
    file = tmp_path / "shown.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": asked}]}))
    promtool_says(promtool, "check", "rules", str(file))


def test_all_that_is_asked_for_is_in_metrics_with_these_labels(web: Web):
    told = {f.name: f for f in text_string_to_metric_families(web.client.get("/metrics").text)}
    labels = {f"{family.name}_total": set(family.labels) for family in families.ALL}
    for family in families.ALL:
        if isinstance(family, Histogram):
            labels[f"{family.name}_bucket"] = {*family.labels, "le"}
            labels[f"{family.name}_count"] = labels[f"{family.name}_sum"] = set(family.labels)
    labels |= {"reknock_queue_oldest_seconds": {"queue"}, "reknock_alerts": {"kind"}}
    labels |= {"reknock_process_silent_seconds": {"process"}}
    exprs = [*SHOWN, *(rule["expr"] for rule in ALERTS)]
    asked = [found for expr in exprs for found in _SELECTOR.findall(expr)]
    assert len(asked) > 40
    for name, selected in asked:
        assert re.sub("_(total|bucket|count|sum)$", "", name) in told, name
        chosen = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selected))
        assert chosen <= labels.get(name, set()), name


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_whoever_is_woken_reads_what_to_do(rule: dict[str, Any], web: Web):
    told = rule["annotations"]
    assert len(told["action"]) > 40
    assert told["runbook_url"].endswith(f"/docs/runbook#{rule['alert']}")
    assert f'id="{rule["alert"]}"' in web.client.get("/docs/runbook").text


def test_the_runbook_is_about_alerts_that_there_are(web: Web):
    page = web.client.get("/docs/runbook").text
    assert set(re.findall(r'id="(Reknock\w+)"', page)) == {rule["alert"] for rule in ALERTS}
    assert 'href="/docs/runbook"' in web.client.get("/docs").text

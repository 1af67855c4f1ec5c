"""The README's tables of the benchmarks: each names the parts that stand in it."""

from __future__ import annotations

import re

from tests.bench.report import Figure, into_readme
from tests.bench.stage import ROOT

TEXT = """Before
<!-- bench claims held -->
old
<!-- /bench -->
between
<!-- bench burst -->
old
<!-- /bench -->
after"""


def test_a_table_is_made_anew_when_all_of_its_parts_were_run():
    run = {name: [Figure(f"about {name}", "s", [1.0])] for name in ("claims", "burst")}
    said = into_readme(TEXT, run)
    assert "<!-- bench claims held -->\nold\n<!-- /bench -->\nbetween" in said
    assert "| about burst | 1 s |" in said
    assert said.startswith("Before\n")
    assert said.endswith("<!-- /bench -->\nafter")
    assert into_readme(said, {"held": [], **run}).count("| about claims |") == 1


def test_the_readme_names_parts_that_there_are():
    named = re.findall(r"<!-- bench (.+?) -->", (ROOT / "README.md").read_text())
    assert named
    files = {file.stem for file in (ROOT / "tests" / "bench").glob("*.py")}
    assert {part for parts in named for part in parts.split()} <= files

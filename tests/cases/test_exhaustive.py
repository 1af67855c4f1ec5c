"""The type checker finds a kind that somebody who shows the timeline has forgotten."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN_BY = [
    "app/cases/timeline/audience.py",
    "app/customer/story/lines.py",
    "app/dispatch/story.py",
    "app/insight/story.py",
]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_kind_that_is_not_shown_is_a_type_error(tmp_path):
    facts = ROOT / "app/cases/timeline/facts.py"
    declared = facts.read_text()
    more = declared.replace("\nFacts = (\n", f"{_HATCHED}\nFacts = (\n    Hatched\n    | ")
    assert more.count("Hatched") == 2
    (tmp_path / "facts.py").write_text(more)
    if (ROOT / ".mypy_cache").exists():  # saves most of the time
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / "cache")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache")]
    command += ["--shadow-file", str(facts), str(tmp_path / "facts.py"), *SHOWN_BY]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for name in SHOWN_BY:
        assert f"{name}:" in told
    assert told.count('"assert_never" has incompatible type "Hatched"') == len(SHOWN_BY)


_HATCHED = '''
@dataclass(frozen=True, slots=True, kw_only=True)
class Hatched:
    """A kind that nobody shows yet."""

'''

"""`python -m tests.lint`: the rules of this house; exits with 1 when one is broken."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.lint import cases, columns, languages, rules, words

if __name__ == "__main__":
    root = Path.cwd()
    checks = (rules.check, words.check, languages.check, columns.check)
    findings = [str(finding) for check in checks for finding in check(root)]
    findings += cases.problems(root)
    for finding in findings:
        print(finding)
    sys.exit(bool(findings))

from pathlib import Path

import pytest

from tests.lint.cases import problems

_HOUSE = Path(__file__).parents[2]


def test_nobody_but_cases_writes_a_case():
    assert problems(_HOUSE) == []


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("app/booking/store.py", 'conn.execute("UPDATE cases SET state = %s", [state])'),
        ("app/booking/store.py", 'conn.execute("""update  ONLY\n cases c set round = 2""")'),
        ("app/booking/store.py", 'conn.execute(f"UPDATE cases SET {column} = 1")'),
        ("app/playground/store.py", 'conn.execute("INSERT INTO cases (id) VALUES (1)")'),
        ("app/chain/store.py", 'conn.execute("DELETE FROM cases WHERE id = 1")'),
        ("app/chain/store.py", 'conn.execute("WITH x AS (INSERT INTO timeline SELECT 1) SELECT")'),
        ("tasks/clock.py", 'SQL = "UPDATE cases SET state = 1"'),
        ("app/customer/steps.py", "later = replace(case, round=2)"),
        ("app/customer/steps.py", "later = dataclasses.replace(step.case, round=2)"),
        ("app/customer/steps.py", "made = model.Case(1, 2)"),
    ],
)
def test_a_case_written_elsewhere_is_named_with_its_place(tmp_path: Path, where: str, line: str):
    path = tmp_path / where
    path.parent.mkdir(parents=True)
    path.write_text(f"import x\n{line}\n")
    assert [found.split(": ")[0] for found in problems(tmp_path)] == [f"{where}:2"]


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("app/cases/store.py", 'conn.execute("UPDATE cases SET state = 1")'),
        ("app/cases/timeline/rows.py", 'conn.execute("INSERT INTO timeline SELECT 1")'),
        ("app/booking/store.py", 'conn.execute("SELECT 1 FROM cases FOR UPDATE")'),
        ("app/booking/store.py", 'conn.execute("UPDATE cases_of_beer SET state = 1")'),
        ("app/booking/service.py", "later = replace(held, round=2)"),
    ],
)
def test_what_is_no_write_of_a_case_is_left_alone(tmp_path: Path, where: str, line: str):
    path = tmp_path / where
    path.parent.mkdir(parents=True)
    path.write_text(f"import x\n{line}\n")
    assert problems(tmp_path) == []

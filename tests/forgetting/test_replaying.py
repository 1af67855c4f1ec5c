"""A backup is restored, and whoever was forgotten since is forgotten again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import erase as cli
from app.cli.errors import CommandError
from app.db.connection import connection, transaction
from app.directory.changes import ITSELF
from app.forgetting import proofs_store, replaying, rules, service
from app.forgetting.service import Asked
from tests import courier
from tests.play import Play, play
from tests.web import rows

__all__ = ["play"]

KIM, LEE = "+17145554231", "+17145554232"


def backup() -> dict[str, list[dict[str, Any]]]:
    """What a backup has of a parcel, for a database that is set back to it."""
    return {"shipments": rows("SELECT id, name, courier_name, courier_phone FROM shipments")}


def restore(kept: dict[str, list[dict[str, Any]]]) -> None:
    """The database is as it was: it knows the names again, and of no erasure."""
    with transaction() as conn:
        conn.execute("DELETE FROM erasures")
        conn.execute("UPDATE shipments SET forgotten_at = NULL")
        for row in kept["shipments"]:
            conn.execute(
                """UPDATE shipments SET name = %(name)s, courier_name = %(courier_name)s,
                          courier_phone = %(courier_phone)s WHERE id = %(id)s""",
                row,
            )


def names() -> list[str | None]:
    return [row["courier_name"] for row in rows("SELECT courier_name FROM shipments ORDER BY id")]


@pytest.fixture
def restored(play: Play) -> list[proofs_store.Proof]:
    """Two customers; one is forgotten after the backup, and the backup is restored."""
    play.courier(parcel="P1", phone=KIM)
    play.courier(parcel="P2", phone=LEE, recipient={"name": "Lee Moe", "phone": LEE})
    kept = backup()
    clock.advance(timedelta(hours=1))
    service.forget(Asked(recipient=KIM), ITSELF, clock.now())
    proofs = list(proofs_store.every(connection()))
    assert names() == [None, "Lee Moe"]
    clock.advance(timedelta(hours=1))
    restore(kept)
    assert names() == ["Kim Doe", "Lee Moe"]
    return proofs


def test_the_clock_finds_in_the_file_store_what_the_database_lost(
    restored: list[proofs_store.Proof],
) -> None:
    assert replaying.look() is False
    assert names() == [None, "Lee Moe"]
    assert [one.hash for one in proofs_store.every(connection())] == [restored[0].hash]
    assert replaying.catch_up() == 0


def test_a_list_that_was_kept_elsewhere_does_the_same(
    restored: list[proofs_store.Proof], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.environment.attach", lambda: None)
    run = CliRunner()
    listed = tmp_path / "erasures.ndjson"
    listed.write_bytes(b"\n".join(map(replaying.line, restored)) + b"\n")
    assert KIM.encode() not in listed.read_bytes()
    done = run.invoke(cli.command, ["--replay", str(listed)])
    assert done.output == "1 erasures were done again.\n"
    assert names() == [None, "Lee Moe"]
    again = run.invoke(cli.command, ["--replay"])
    assert again.output == "Everything was done already.\n"
    printed = run.invoke(cli.command, ["--list"]).output.encode()
    assert replaying.read(printed.splitlines()[0]).hash == restored[0].hash
    proof = run.invoke(cli.command, ["--recipient", LEE]).output
    assert f"Hash: {list(proofs_store.every(connection()))[-1].hash}" in proof
    assert "Lee" not in proof
    assert names() == [None, None]
    for wrong in ([], ["--list", "--replay"], ["--tracking", "P1", "--recipient", KIM]):
        assert isinstance(run.invoke(cli.command, wrong).exception, CommandError)


def test_what_was_ordered_since_is_not_forgotten(
    restored: list[proofs_store.Proof], play: Play
) -> None:
    """A person who was forgotten may order again."""
    play.hear(courier.said(parcel="P3", phone=KIM))
    replaying.catch_up()
    assert names() == [None, "Lee Moe", "Kim Doe"]


def test_a_proof_that_was_changed_is_seen(restored: list[proofs_store.Proof]) -> None:
    (one,) = restored
    said = service.said(one)
    assert rules.digest(one.former, said) == one.hash
    assert rules.digest(one.former, said | {"cases": 7}) != one.hash

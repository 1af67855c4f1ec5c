"""Logs tie a story together and keep quiet about people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import psycopg
import pytest
import structlog
from structlog.contextvars import bound_contextvars

from app import logs
from app.db.connection import connection
from app.settings import Settings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_line_carries_the_bound_ids(capsys):
    logs.configure("json")
    with bound_contextvars(request_id="r1"):
        structlog.get_logger().info("case_opened", case_id=7)
        logging.getLogger("celery").warning("from %s", "outside")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["case_id"], ours["request_id"]) == ("case_opened", 7, "r1")
    assert str(ours["at"]).endswith("Z")
    assert (theirs["event"], theirs["logger"], theirs["request_id"]) == (
        "from outside",
        "celery",
        "r1",
    )


def test_personal_data_and_secrets_are_left_out_at_any_depth(capsys):
    logs.configure("json")
    structlog.get_logger().info(
        "sent",
        phone="+4930123456",
        access_token="t",
        parcel={"recipient_name": "Ana", "weight": 2, "to": [{"Email": "a@example.com"}]},
    )
    (line,) = lines(capsys)
    assert line["parcel"] == {"weight": 2, "to": [{}]}
    assert not {"phone", "access_token"} & set(line)


def test_an_exception_shows_where_but_not_with_what(capsys):
    logs.configure("json")
    phone = "+4930123456"
    try:
        int(phone[0])
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "ValueError: invalid literal" in str(line["exception"])
    assert phone not in str(line)


@pytest.mark.parametrize("odd", ["\ud800", 10**30, {("a", 1): object()}, b"\xff", float("nan")])
def test_nothing_is_too_odd_to_be_logged(capsys, odd):
    logs.configure("json")
    structlog.get_logger().info("quarantined", fault=odd)
    (line,) = lines(capsys)
    assert line["event"] == "quarantined"


def test_a_console_is_for_reading(capsys):
    logs.configure("console")
    structlog.get_logger().info("case_opened", case_id=7)
    said = capsys.readouterr().err
    assert "case_opened" in said
    assert "case_id=7" in said


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_error_of_the_database_does_not_quote_the_row(
    form: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(form)
    log = structlog.get_logger()
    row = "('Kim Olsen', '+4915112345678', NULL)"
    with pytest.raises(psycopg.Error) as caught:
        connection().execute(f"INSERT INTO people (name, phone, created_at) VALUES {row}")
    error, later = caught.value, RuntimeError("and then")
    later.__cause__ = error
    log.warning("batch_failed", error=repr(error))
    log.warning("step_failed", error=str(error))
    log.error("step_failed", exc_info=error)
    log.error("request_failed", exc_info=later)
    logging.getLogger("celery").error("task failed", exc_info=later)
    said = capsys.readouterr().err
    assert said.count("NotNullViolation") >= 3
    assert "and then" in said
    assert "Kim" not in said
    assert "+49151" not in said

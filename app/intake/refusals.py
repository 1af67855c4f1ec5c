"""Why a webhook was not taken: said to the courier, and counted by account.

Of a webhook that is not believed only the count is kept, and the count is cheap.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
import structlog
from werkzeug.exceptions import HTTPException, InternalServerError

from app import clock, errors
from app.db.connection import transaction
from app.errors import Problem
from app.intake import store
from app.intake.event import KeysUnavailable, SignatureRefused
from app.intake.tally import Tally

log = structlog.get_logger(__name__)

AGAIN = {"Retry-After": "5"}


def explained(error: Exception, account: str, request_id: str) -> Problem:
    """What is answered to a courier whose webhook ended in this error; counted and logged."""
    problem = _problem(error, account, request_id)
    if problem.code == "unknown_account":
        account = ""  # whoever invents accounts fills no table
    count(account, problem.code)
    if problem.status < 500:
        log.warning("webhook_refused", request_id=request_id, account=account, code=problem.code)
    return problem


def _problem(error: Exception, account: str, request_id: str) -> Problem:
    match error:
        case Problem():
            return error
        case KeysUnavailable():
            return Problem(503, error.code, error.detail, headers=AGAIN)
        case SignatureRefused():
            return Problem(401, error.code, error.detail)
        case psycopg.OperationalError():
            log.warning("database_away", request_id=request_id, error=str(error))
            detail = "Nothing was kept. Please send this again."
            return Problem(503, "database_away", detail, headers=AGAIN)
        case HTTPException():
            return errors.problem_of(error)
        case _:
            log.error("webhook_failed", request_id=request_id, account=account, exc_info=error)
            return errors.problem_of(InternalServerError())


def _write(counts: Mapping[tuple[str, str], int]) -> None:
    rows = [(account, code, number) for (account, code), number in counts.items()]
    with transaction() as conn:
        store.count_refusals(conn, rows, clock.now().date())


_tally: Tally[tuple[str, str]] = Tally("refusals", _write, lambda key: ("", key[1]))


def count(account: str, code: str) -> None:
    """One more webhook refused, for `account`, because of `code`."""
    _tally.count((account, code))

"""The gauges of /metrics: kept as rows change, and always what the rows themselves say.

These are also the tests of the function in SQL, count_case.
"""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.db.connection import connection, transaction
from app.dispatch import service
from app.errors import Problem
from app.insight import store
from tests import courier
from tests.inline import advance, settle
from tests.play import Play

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["hear", "acknowledge", "deliver", "wait", "fold"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=ACTS)
def test_whatever_happens_the_gauges_are_right(play: Play, acts: list[tuple[str, int]]) -> None:
    for act, which in acts:
        match act:
            case "hear":
                play.hear(courier.said("failed", f"P{which}"))
            case "deliver":
                play.hear(courier.said("delivered", f"P{which}"))
            case "acknowledge":
                acknowledge(which)
            case "wait":
                advance(minutes=20)
            case "fold":
                with transaction() as conn:
                    store.fold_gauges(conn)
        settle()
        assert store.wrong_gauges(connection()) == []
    assert store.wrong_gauges(connection()) == []


def acknowledge(which: int) -> None:
    row = (
        connection()
        .execute("SELECT id FROM dispatch_tasks ORDER BY id DESC OFFSET %s LIMIT 1", [which])
        .fetchone()
    )
    try:
        service.acknowledge(row["id"] if row else 0, "Ana", "", "", clock.now())
    except Problem:
        return


def test_an_audit_of_the_gauges_sees_what_is_wrong(play: Play) -> None:
    play.courier()
    with transaction() as conn:
        store.fold_gauges(conn)
    connection().execute("UPDATE gauge_counts SET value = value + 1 WHERE gauge = 'cases'")
    (wrong,) = store.wrong_gauges(connection())
    assert (wrong["kept"], wrong["real"]) == (2, 1)


def test_many_messages_that_wait_are_counted_by_the_clock(client, play: Play) -> None:
    """What is asked for often must not count them each time."""
    case_id = play.courier()
    connection().execute(
        """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
                  due_at, created_at, request_id)
           SELECT %s, 'customer', 'news', 'many-' || n, 'sms', '+17145550000', now(), now(), 'r'
             FROM generate_series(1, 2500) n""",
        [case_id],
    )
    assert gauges(client)["reknock_messages_queued"] == 2000
    with transaction() as conn:
        store.fold_gauges(conn)
    assert gauges(client)["reknock_messages_queued"] == 2500
    connection().execute("DELETE FROM messages WHERE idempotency_key LIKE 'many-%'")
    assert gauges(client)["reknock_messages_queued"] == 0


def test_metrics_say_what_there_is(client, play: Play) -> None:
    case_id = play.courier(parcel="A")
    advance(minutes=6)  # so that nobody waits to be called for both together
    play.courier(parcel="B")
    play.acknowledge(case_id)
    connection().execute("UPDATE courier_events SET outcome = 'quarantined' WHERE id = 1")
    expected = {
        'reknock_cases{state="open"}': 1,
        'reknock_cases{state="informed"}': 1,
        'reknock_dispatch_tasks{state="open"}': 1,
        'reknock_dispatch_tasks{state="acknowledged"}': 1,
        "reknock_quarantined": 1,
        "reknock_messages_queued": 0,
        "reknock_exhausted_tasks": 0,
    }
    assert gauges(client) == expected
    with transaction() as conn:
        store.fold_gauges(conn)
    assert gauges(client) == expected
    play.courier("delivered", parcel="A")
    del expected['reknock_cases{state="informed"}']
    del expected['reknock_dispatch_tasks{state="acknowledged"}']
    found = gauges(client)
    assert found == expected | {"reknock_messages_queued": found["reknock_messages_queued"]}


def gauges(client) -> dict[str, float]:
    lines = re.findall(
        r"^(reknock_(?:cases|dispatch_tasks|exhausted_tasks|quarantined|messages_queued).*) (\S+)$",
        client.get("/metrics").text,
        re.MULTILINE,
    )
    return {name: float(value) for name, value in lines}

"""Stories of messages that leave, through a real HTTP provider and a real database."""

import threading
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app import clock
from app.cases import service as cases
from app.channels import outbox, refusals, routing, service
from app.channels.providers import _chosen
from app.channels.providers.base import Accepted, Outgoing
from app.channels.routing import DeliveryUpdate
from app.channels.rules import Allowance
from app.channels.service import Route
from app.db import connection as db
from app.db.connection import connection, transaction
from app.settings import Settings
from tests.channels.exchange import FROM, Exchange
from tests.channels.world import (
    EMAIL,
    MAIL,
    PHONE,
    SMS,
    advance,
    carried_by,
    close,
    deliver,
    enqueue,
    finish,
    interrupt,
    links,
    make_case,
    messages,
    read,
    refused,
    run,
    send_due,
    settle_stale,
    states,
    take,
    timeline,
)
from tests.locks import PLANS, oldest_first


def test_a_message_goes_by_its_first_way(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, MAIL)
    assert send_due() == ["sent"]
    (form,) = exchange.sent
    (row,) = messages(case)
    assert (form["To"], form["From"]) == (PHONE, FROM)
    assert form["Body"] == row["text"]
    assert form["StatusCallback"] == (
        f"https://parcels.example.com/callbacks/twilio/status?m={row['id']}#rc=3&rp=all"
    )
    assert (row["state"], row["provider"], row["tries"]) == ("sent", "twilio", 1)
    assert row["provider_id"] == exchange.listed[0]["sid"]
    assert row["done_at"] is not None
    assert send_due() == []


def test_saying_it_twice_is_saying_it_once(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS)
    enqueue(case, SMS, text="the same again")
    send_due()
    enqueue(case, SMS)
    send_due()
    assert len(exchange.sent) == 1


@pytest.mark.usefixtures("case")
def test_one_who_refuses_twice_at_once_is_not_refused_by_a_deadlock() -> None:
    """By a text and on a call: each holds for all channels, and is written in one order."""
    american = "+17145554266"

    def refuse(channel: str) -> None:
        with transaction() as conn:
            refusals.refuse(
                conn, refusals.Said(channel=channel, recipient=american, why="reply"), clock.now()
            )

    refuse("sms")
    known = read("SELECT id, channel FROM opt_outs ORDER BY channel")
    assert [row["channel"] for row in known] == ["sms", "voice", "whatsapp"]
    ids = known[0]["id"], known[1]["id"]
    assert oldest_first(lambda: refuse("voice"), PLANS[0], "opt_outs", ids)


@pytest.mark.parametrize("plan", PLANS)
def test_what_was_accepted_is_recorded_oldest_first(
    case: int, exchange: Exchange, plan: str
) -> None:
    """As whoever takes back what a case wrote goes through it: none waits for the other."""
    enqueue(case, SMS)
    enqueue(case, SMS, idempotency_key="another")
    answers = [(call, outbox.call(call)) for call in take()]
    first, second = (call.message.id for call, _ in answers)
    assert oldest_first(lambda: outbox.record(answers[::-1]), plan, "messages", (first, second))
    assert states(case) == [("sms", "sent", None)] * 2


def test_a_message_says_by_which_request_it_came(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS)
    enqueue(case, SMS, idempotency_key="another", request_id="r-2")
    kept = read("SELECT request_id FROM messages ORDER BY id")
    assert [row["request_id"] for row in kept] == ["", "r-2"], "its case's is not written again"
    assert [one["request_id"] for one in messages(case)] == ["r-1", "r-2"]
    assert [call.message.request_id for call in take()] == ["r-1", "r-2"]


def test_nobody_to_write_to_is_a_row_with_its_reason(case: int) -> None:
    enqueue(case)
    assert states(case) == [("none", "suppressed", "no_address")]
    assert send_due() == []


@pytest.mark.parametrize(("number", "commits"), [(30, 1), (60, 2)])
def test_of_many_every_other_is_recorded_at_once(
    case: int, exchange: Exchange, number: int, commits: int
) -> None:
    for one in range(number):
        enqueue(case, SMS, idempotency_key=f"many-{one}")
    assert send_due() == ["sent"] * number
    kept = read(
        """SELECT xmin::text AS by, array_agg(DISTINCT id %% 2) AS rest FROM messages
            GROUP BY xmin::text"""
    )
    assert len(kept) == commits
    assert all(len(row["rest"]) == 2 // commits for row in kept)


def test_two_senders_never_take_the_same_message(case: int, exchange: Exchange) -> None:
    for number in range(40):
        enqueue(case, SMS, idempotency_key=f"k{number}")
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def race() -> None:
        start.wait()
        while calls := take(room=5):
            outcomes.extend(finish(call) for call in calls)
        db.close()

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes + send_due() == ["sent"] * 40
    assert len(exchange.sent) == 40


def test_a_message_waits_for_its_time(case: int, exchange: Exchange) -> None:
    due = clock.now() + timedelta(hours=2)
    enqueue(case, SMS, due_at=due)
    assert send_due() == []
    assert outbox.next_due(connection()) == due
    advance(hours=2)
    assert send_due() == ["sent"]
    assert outbox.next_due(connection()) is None


def test_delivered_meanwhile(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, MAIL)
    deliver(case)
    assert send_due() == ["suppressed"]
    assert states(case) == [("sms", "suppressed", "delivered")]
    assert exchange.sent == []


def test_closed_meanwhile_but_a_survey_needs_that(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS)
    enqueue(case, SMS, topic="survey", idempotency_key="survey", needs_case="closed")
    enqueue(case, SMS, topic="recovery", idempotency_key="recovery", needs_case="any")
    close(case)
    assert send_due() == ["suppressed", "sent", "sent"]
    assert states(case)[0] == ("sms", "suppressed", "case_closed")


def test_too_late_to_be_useful(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, not_after=clock.now() + timedelta(minutes=5))
    advance(minutes=6)
    assert send_due() == ["suppressed"]
    assert states(case) == [("sms", "suppressed", "too_late")]


def test_withdrawn_before_it_left(case: int, exchange: Exchange) -> None:
    for number in (1, 2):
        enqueue(
            case, SMS, audience="dispatcher", topic=f"task-{number}", idempotency_key=f"t{number}"
        )
    enqueue(case, SMS, topic="survey", idempotency_key="survey", needs_case="any")
    with transaction() as conn:
        assert service.withdraw(conn, case, "task-1", "acknowledged", clock.now()) == 1
        assert service.withdraw(conn, case, None, "over", clock.now(), needs_case="open") == 1
    assert send_due() == ["sent"]
    assert states(case) == [
        ("sms", "suppressed", "acknowledged"),
        ("sms", "suppressed", "over"),
        ("sms", "sent", None),
    ]


def test_withdrawn_after_it_left_goes_no_other_way(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, MAIL)
    interrupt(case)
    with transaction() as conn:
        assert service.withdraw(conn, case, "failure", "chosen", clock.now()) == 0
    settle_stale()
    assert states(case) == [("sms", "unknown", "interrupted")]
    assert timeline(case) == []


@pytest.mark.parametrize(
    ("answer", "became"),
    [
        ((503, {}), ("sms", "suppressed", "acknowledged")),
        ((500, {}), ("sms", "unknown", "twilio_http_500")),
        ((400, {"code": 30003}), ("sms", "failed", "twilio_30003")),
        ((201, {"sid": "SM-1"}), ("sms", "sent", None)),
    ],
)
def test_acknowledged_while_the_provider_is_called(
    case: int, exchange: Exchange, answer: Any, became: tuple[str, str, str | None]
) -> None:
    exchange.answers, exchange.accepts = [answer], False
    enqueue(case, SMS, MAIL, audience="dispatcher", topic="task-1")
    provider = _chosen["sms"]

    class Meanwhile:
        ask = provider.carrier.ask

        def send(self, message: Outgoing) -> Accepted:
            with transaction() as conn:
                service.withdraw(conn, case, "task-1", "acknowledged", clock.now())
            return provider.carrier.send(message)

    _chosen["sms"] = provider._replace(carrier=Meanwhile())
    send_due()
    advance(hours=1)
    assert send_due() == []
    assert states(case) == [became]


def test_who_opted_out_is_written_to_another_way(case: int, exchange: Exchange) -> None:
    with transaction() as conn:
        refused(conn, "sms", PHONE, "reply")
        refused(conn, "email", EMAIL.upper(), "page")
        refusals.lift(conn, "email", EMAIL, "page", clock.now())
    enqueue(case, SMS, MAIL)
    assert send_due() == ["suppressed"]
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "suppressed", "opted_out"), ("email", "delivered", None)]
    assert exchange.sent == []


def test_what_leaves_by_another_way_alone_counts_as_heard(case: int, exchange: Exchange) -> None:
    with transaction() as conn:
        refused(conn, "sms", PHONE, "reply")
    enqueue(case, SMS, MAIL, weight=service.Weight.NEEDED)
    send_due()
    send_due()
    heard = service.unasked(connection(), [case], clock.now())[case]
    assert len(heard) == 1


def test_what_leaves_by_two_ways_counts_once(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21211})]
    enqueue(case, SMS, MAIL, weight=service.Weight.NEEDED)
    send_due()
    assert send_due() == ["delivered"]
    assert len(service.unasked(connection(), [case], clock.now())[case]) == 1


def test_how_a_booking_stood_is_not_told_by_another_way_once_it_stands_otherwise(
    case: int, exchange: Exchange
) -> None:
    exchange.answers = [(400, {"code": 21211})] * 2
    enqueue(case, SMS, MAIL, topic="booking", idempotency_key="asked")
    calls = take()
    enqueue(case, SMS, MAIL, topic="booking", idempotency_key="confirmed")
    for call in [*calls, *take()]:
        finish(call)
    send_due()
    went = [("sms", "failed", "invalid_number")] * 2
    assert states(case) == [*went, ("email", "delivered", None)]


def test_how_a_booking_stood_is_not_told_late_once_it_stands_otherwise(
    case: int, exchange: Exchange
) -> None:
    other = make_case("T2")
    for about, key in ((case, "late"), (case, "confirmed"), (case, "confirmed"), (other, "asked")):
        enqueue(about, SMS, topic="booking", idempotency_key=key)
    enqueue(case, SMS, topic="news", idempotency_key="news")
    sent = [("sms", "suppressed", "superseded"), ("sms", "queued", None), ("sms", "queued", None)]
    assert states(case) == sent
    assert states(other) == [("sms", "queued", None)]


def test_whoever_was_written_to_for_a_former_case_has_heard_of_this_parcel(
    case: int, exchange: Exchange
) -> None:
    enqueue(case, SMS, weight=service.Weight.NEEDED)
    send_due()
    close(case)
    run(
        """INSERT INTO cases (shipment_id, shipper_id, account_id, depot_id, policy_id, kind,
                  reason, fault, words, opened_at, updated_at, request_id)
           SELECT shipment_id, shipper_id, account_id, depot_id, policy_id, 'lost', reason, fault,
                  words, now(), now(), 'r-2' FROM cases WHERE id = %s""",
        case,
    )
    (again,) = read("SELECT max(id) AS id FROM cases")
    heard = service.unasked(connection(), [again["id"], case], clock.now())
    assert [len(heard[again["id"]]), len(heard[case])] == [1, 1]


def test_what_may_be_left_out_leaves_room_for_what_was_promised(
    case: int, exchange: Exchange
) -> None:
    most = Allowance(a_day=3, a_week=9)
    began = clock.now()
    for key in ("first", "second"):
        enqueue(case, SMS, idempotency_key=key, weight=service.Weight.NEEDED)
        advance(hours=4)
    spare = {"weight": service.Weight.SPARE, "allowance": most}
    enqueue(case, SMS, **spare, idempotency_key="third", room_at=began + timedelta(hours=20))
    assert messages(case)[-1]["why"] == "enough"
    enqueue(case, SMS, **spare, idempotency_key="fourth", room_at=began + timedelta(hours=25))
    assert messages(case)[-1]["state"] == "queued", "by then one of the two is a day old"


def test_two_spellings_of_a_mailbox_are_one(case: int, exchange: Exchange) -> None:
    with transaction() as conn:
        refused(conn, "email", EMAIL, "page")
    enqueue(case, Route("email", EMAIL.title()))
    assert send_due() == ["suppressed"]


def test_nobody_is_looked_for_elsewhere_who_opted_out_of_everything(
    case: int, exchange: Exchange
) -> None:
    with transaction() as conn:
        refused(conn, "sms", PHONE, "reply")
    enqueue(case, SMS)
    send_due()
    assert states(case) == [("sms", "suppressed", "opted_out")]
    assert "request_contact" not in links(case)


def test_a_refusal_is_kept_for_each_shipper_and_for_all_who_wrote(exchange: Exchange) -> None:
    """Who wrote to that number is meant by a STOP; whoever comes later is not."""
    ours, theirs, later = make_case("A1"), make_case("B1"), make_case("C1")
    enqueue(ours, SMS)
    enqueue(theirs, SMS)
    with transaction() as conn:
        said = refusals.Said(channel="sms", recipient=PHONE, why="reply", words="STOP")
        refusals.refuse(conn, said, clock.now())
    enqueue(later, SMS)
    send_due()
    assert [states(one) for one in (ours, theirs)] == [[("sms", "suppressed", "opted_out")]] * 2
    assert states(later) == [("sms", "sent", None)]
    with transaction() as conn:  # said to one of them
        (shipper,) = read("SELECT shipper_id FROM cases WHERE id = %s", ours)
        refusals.lift(
            conn, "sms", PHONE, "page", clock.now(), shipper_id=shipper["shipper_id"], by="Kim"
        )
    enqueue(ours, SMS, idempotency_key="again-a")
    enqueue(theirs, SMS, idempotency_key="again-b")
    send_due()
    assert states(ours)[-1] == ("sms", "sent", None)
    assert states(theirs)[-1] == ("sms", "suppressed", "opted_out")
    (proof,) = read("SELECT words, lifted_why, lifted_by FROM opt_outs WHERE lifted_at IS NOT NULL")
    assert tuple(proof.values()) == ("STOP", "page", "Kim")


def test_in_the_united_states_a_refusal_by_text_ends_calls_too(exchange: Exchange) -> None:
    american, german = "+12125550123", PHONE
    with transaction() as conn:
        for number in (american, german):
            refused(conn, "sms", number, "reply")
    found = read("SELECT recipient, channel FROM opt_outs ORDER BY 1, 2")
    assert [(row["recipient"], row["channel"]) for row in found] == [
        *((american, channel) for channel in ("sms", "voice", "whatsapp")),
        (german, "sms"),
    ]


def test_quiet_hours_move_a_message_to_their_end(case: int, exchange: Exchange) -> None:
    now = clock.now()
    quiet = {
        "from": f"{now - timedelta(hours=1):%H:%M}",
        "to": f"{now + timedelta(hours=3):%H:%M}",
        "zone": "UTC",
    }
    enqueue(case, SMS, quiet_hours=quiet)
    assert send_due() == ["quiet"]
    assert send_due() == []
    (row,) = messages(case)
    assert (row["state"], row["why"]) == ("queued", "quiet")
    assert f"{row['due_at']:%H:%M}" == quiet["to"]
    assert timedelta(hours=2) < row["due_at"] - now <= timedelta(hours=3)
    assert send_due() == []
    advance(hours=3, minutes=1)
    assert send_due() == ["sent"]
    assert messages(case)[0]["why"] is None


def test_unreadable_quiet_hours_silence_nobody(case: int, exchange: Exchange) -> None:
    for number, quiet in enumerate(({"from": "x"}, {"from": "00:00", "to": "23:59", "zone": "?"})):
        enqueue(case, SMS, idempotency_key=f"k{number}", quiet_hours=quiet)
    assert send_due() == ["sent", "sent"]


def test_no_provider_is_a_reason_and_not_a_silence(case: int, exchange: Exchange) -> None:
    del _chosen["sms"]
    enqueue(case, SMS, MAIL)
    assert send_due() == ["failed"]
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "failed", "no_provider"), ("email", "delivered", None)]


def test_turned_away_is_tried_again_and_then_another_way(case: int, exchange: Exchange) -> None:
    exchange.answers = [(429, {"code": 20429}), (503, {}), *[(429, {})] * 3]
    enqueue(case, SMS, MAIL)
    for seconds in (5, 30, 120, 600):
        assert send_due() == ["again"]
        assert send_due() == []
        advance(seconds=seconds)
    assert messages(case)[0]["why"] == "twilio_http_429"
    assert send_due() == ["failed"]
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "failed", "twilio_http_429"), ("email", "delivered", None)]
    assert len(exchange.sent) == 5


def test_a_retry_that_succeeds_leaves_no_trace_of_a_fault(case: int, exchange: Exchange) -> None:
    exchange.answers = [(429, {"code": 20429})]
    enqueue(case, SMS, MAIL)
    send_due()
    assert messages(case)[0]["why"] == "twilio_20429"
    advance(seconds=5)
    assert send_due() == ["sent"]
    assert states(case) == [("sms", "sent", None)]


def test_acknowledged_while_a_retry_waits(case: int, exchange: Exchange) -> None:
    exchange.answers = [(503, {})]
    enqueue(case, SMS, audience="dispatcher", topic="task-1")
    send_due()
    with transaction() as conn:
        service.withdraw(conn, case, "task-1", "acknowledged", clock.now())
    advance(minutes=1)
    assert send_due() == []
    assert states(case) == [("sms", "suppressed", "acknowledged")]


def test_refused_for_good_goes_another_way_at_once(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21211})]
    enqueue(case, SMS, MAIL)
    assert send_due() == ["failed"]
    assert send_due() == ["delivered"]
    first, second = messages(case)
    assert (first["why"], second["route"]) == ("invalid_number", 2)
    assert read("SELECT idempotency_key FROM messages ORDER BY id")[1]["idempotency_key"].endswith(
        ":failure:2"
    )


def test_twilio_knows_of_an_opt_out(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21610})]
    enqueue(case, SMS)
    assert send_due() == ["failed"]
    assert read("SELECT channel, recipient, why FROM opt_outs") == [
        {"channel": "sms", "recipient": PHONE, "why": "provider"}
    ]
    enqueue(case, SMS, idempotency_key="another")
    assert send_due() == ["suppressed"]
    assert len(exchange.sent) == 1


def test_the_last_way_failed_and_the_chain_takes_over(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21211})]
    enqueue(case, SMS)
    send_due()
    ((kind, facts),) = timeline(case)
    assert kind == "message_undeliverable"
    assert facts["why"] == "invalid_number"
    assert facts["message_id"] == messages(case)[0]["id"]
    assert links(case) == ["request_contact"]


def test_no_other_number_is_looked_for_when_the_case_is_over(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21211})]
    close(case)
    before = links(case)
    enqueue(case, SMS, topic="decision", needs_case="any")
    assert send_due() == ["failed"]
    assert links(case) == [*before, "tell_shipper_of_untold_end"]
    assert "message_undeliverable" not in [kind for kind, _ in timeline(case)]


def test_a_dispatchers_last_way_is_left_to_the_ladder(case: int, exchange: Exchange) -> None:
    exchange.answers = [(400, {"code": 21211})]
    enqueue(case, SMS, audience="dispatcher")
    assert send_due() == ["failed"]
    assert (links(case), timeline(case)) == ([], [])


def test_no_answer_and_not_found_is_never_repeated_to_a_customer(
    case: int, exchange: Exchange
) -> None:
    exchange.answers, exchange.accepts = ["hang"], False
    enqueue(case, SMS, MAIL)
    assert send_due() == ["unknown"]
    assert send_due() == []  # a receipt has a moment to settle it
    advance(seconds=20)
    assert send_due() == ["delivered"]
    advance(days=1)
    assert send_due() == []
    assert states(case) == [("sms", "unknown", "twilio_no_answer"), ("email", "delivered", None)]
    assert len(exchange.sent) == 1


def test_no_answer_but_twilio_has_it(case: int, exchange: Exchange) -> None:
    exchange.answers = ["close"]
    enqueue(case, SMS, MAIL)
    assert send_due() == ["sent"]
    (row,) = messages(case)
    assert (row["state"], row["provider_id"]) == ("sent", exchange.listed[0]["sid"])


def test_the_same_words_of_yesterday_prove_nothing(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, MAIL)
    send_due()
    exchange.listed[0]["date_created"] = "Thu, 30 Jul 2015 20:12:31 +0000"
    exchange.answers, exchange.accepts = [(500, {})], False
    enqueue(case, SMS, MAIL, idempotency_key="second")
    assert send_due() == ["unknown"]


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_customer_is_rung_again_however_early_it_is_heard_that_nobody_answered(
    case: int, exchange: Exchange, state: str
) -> None:
    enqueue(case, Route("voice", SMS.recipient))
    (call,) = messages(case)
    with transaction() as conn:
        conn.execute(
            "UPDATE messages SET state = %s, tries = 1, provider = 'twilio' WHERE id = %s",
            [state, call["id"]],
        )
        heard = DeliveryUpdate(state="failed", why="no_answer", provider="twilio")
        assert routing.settle(conn, call["id"], heard, clock.now()) == "again"
    assert states(case) == [("voice", "queued", "no_answer")]


def test_a_dispatcher_is_called_again_when_nobody_knows(case: int, exchange: Exchange) -> None:
    exchange.answers, exchange.accepts = [(500, {}), (502, {}), (504, {})], False
    enqueue(case, SMS, MAIL, audience="dispatcher")
    assert send_due() == ["again"]
    advance(seconds=5)
    assert send_due() == ["again"]
    advance(seconds=20)
    assert send_due() == ["unknown"]
    advance(seconds=20)
    assert send_due() == ["delivered"]
    assert len(exchange.sent) == 3


def test_killed_in_the_middle_a_customer_is_told_another_way(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, MAIL)
    interrupt(case, timedelta(seconds=59))
    assert settle_stale() == 0
    interrupt_age(case, 61)
    assert settle_stale() == 1
    assert settle_stale() == 0
    advance(seconds=20)
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "unknown", "interrupted"), ("email", "delivered", None)]
    assert exchange.sent == []


@pytest.mark.parametrize("minutes", [0, 2])
@pytest.mark.parametrize(("topic", "ways"), [("reminder", 1), ("failure", 2)])
def test_what_may_be_left_out_and_may_have_come_is_not_said_again_in_the_morning(
    case: int, exchange: Exchange, topic: str, ways: int, minutes: int
) -> None:
    begins = clock.now() + timedelta(minutes=minutes)
    ends = begins + timedelta(hours=9)
    night = {"from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}", "zone": "UTC"}
    enqueue(case, SMS, MAIL, topic=topic, quiet_hours=night)
    interrupt(case)  # it was on its way in the evening
    assert settle_stale() == 1
    assert len(messages(case)) == ways


def test_killed_in_the_middle_a_dispatcher_is_called_again(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS, audience="dispatcher")
    interrupt(case)
    assert settle_stale() == 1
    advance(seconds=5)
    assert send_due() == ["sent"]
    assert messages(case)[0]["tries"] == 2


def test_killed_in_the_middle_the_playground_loses_nothing(case: int, playground: None) -> None:
    enqueue(case, SMS)
    interrupt(case)
    connection().execute("UPDATE messages SET provider = 'playground'")
    settle_stale()
    advance(seconds=5)
    assert send_due() == ["delivered"]
    assert states(case) == [("sms", "delivered", None)]


def test_moved_time_does_not_age_a_call(case: int, exchange: Exchange) -> None:
    enqueue(case, SMS)
    interrupt(case, timedelta(seconds=1))
    advance(days=7)
    assert settle_stale() == 0


def test_a_record_that_comes_late_is_heeded(case: int, exchange: Exchange) -> None:
    """The sender was slow, not dead: its message was given up, and then the answer came."""
    enqueue(case, SMS, MAIL)
    given_up = threading.Event()
    provider = _chosen["sms"]

    class Slow:
        def send(self, message: object) -> object:
            interrupt_age(case, 61)
            settle_stale()
            given_up.set()
            return provider.carrier.send(message)  # type: ignore[arg-type]

    _chosen["sms"] = provider._replace(carrier=Slow())  # type: ignore[arg-type]
    assert [finish(call) for call in take()] == ["sent"]
    assert given_up.is_set()
    assert states(case) == [
        ("sms", "sent", None),
        ("email", "suppressed", "went_another_way"),
    ]


def test_a_fault_in_a_provider_is_a_doubt_not_a_crash(case: int, exchange: Exchange) -> None:
    class Broken:
        def send(self, _message: object) -> object:
            raise KeyError(PHONE)

        def ask(self, _message: object, _since: object) -> object:
            raise KeyError(PHONE)

    _chosen["sms"] = carried_by("sms", Broken())  # type: ignore[arg-type]
    enqueue(case, SMS, MAIL)
    assert send_due() == ["unknown"]
    assert send_due() == ["delivered"]
    assert states(case)[0] == ("sms", "unknown", "provider_error")


def test_a_lost_connection_to_the_database_does_not_lose_the_record(
    case: int, exchange: Exchange, settings: Settings
) -> None:
    enqueue(case, SMS, MAIL)
    provider = _chosen["sms"]

    class Cut:
        def send(self, message: object) -> object:
            answer = provider.carrier.send(message)  # type: ignore[arg-type]
            kill(settings, connection().info.backend_pid)
            return answer

    _chosen["sms"] = provider._replace(carrier=Cut())  # type: ignore[arg-type]
    assert [finish(call) for call in take()] == ["sent"]
    assert states(case) == [("sms", "sent", None)]
    assert len(exchange.sent) == 1


def test_sending_and_withdrawing_at_the_same_time_never_blocks(
    case: int, exchange: Exchange
) -> None:
    exchange.answers = [*[(400, {"code": 30003})] * 12, *[(500, {})] * 12]
    exchange.accepts = False
    for number in range(24):
        enqueue(case, SMS, MAIL, topic=f"t{number % 3}", idempotency_key=f"k{number}")
    faults: list[BaseException] = []

    def sender() -> None:
        try:
            while calls := take(room=2):
                for call in calls:
                    finish(call)
        except BaseException as error:  # noqa: BLE001 - told by the assertion
            faults.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for topic in ("t0", "t1"):
        with transaction() as conn:
            assert cases.lock(conn, case) is not None
            service.withdraw(conn, case, topic, "acknowledged", clock.now())
    for thread in threads:
        thread.join()
    advance(minutes=1)
    send_due()
    assert faults == []
    assert {state for _, state, _ in states(case)} <= {
        "failed",
        "unknown",
        "suppressed",
        "delivered",
    }


def test_what_is_logged_names_nobody(case: int, exchange: Exchange, capsys: object) -> None:
    from app import logs

    logs.configure("json")
    exchange.answers = [(400, {"code": 21211, "message": f"{PHONE} is not valid"})]
    enqueue(case, SMS, MAIL)
    send_due()
    send_due()
    written = capsys.readouterr().err  # type: ignore[attr-defined]
    assert '"message_id"' in written
    for private in (PHONE, PHONE[1:], EMAIL, "tok-1", "Nobody was there"):
        assert private not in written


def test_settling_what_is_stale_is_one_look_into_an_index(case: int) -> None:
    connection().execute(
        """INSERT INTO messages (case_id, audience, topic, idempotency_key, channel, recipient,
               state, due_at, created_at, request_id)
           SELECT 1, 'customer', 't', 'k' || n, 'sms', '+1', 'queued', now(), now(), 'r'
             FROM generate_series(1, 20000) n"""
    )
    connection().execute("ANALYZE messages, message_queue")
    plan = read(
        """EXPLAIN SELECT m.id, m.tries FROM message_queue q JOIN messages m USING (id)
            WHERE q.state = 'sending' AND q.sending_since < now()
            ORDER BY q.sending_since LIMIT 100"""
    )
    assert any("message_queue_sending" in str(row) for row in plan)


def interrupt_age(case_id: int, seconds: int) -> None:
    connection().execute(
        "UPDATE messages SET sending_since = %s WHERE case_id = %s AND state = 'sending'",
        [clock.machine_now() - timedelta(seconds=seconds), case_id],
    )


def kill(settings: Settings, pid: int) -> None:
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

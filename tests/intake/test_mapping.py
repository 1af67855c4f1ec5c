"""A courier without code: paths, the form of a mapping, what it reads, how it is signed."""

from __future__ import annotations

import copy
import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from app.errors import Problem
from app.intake import mapping, samples
from app.intake.couriers import custom
from app.intake.event import KINDS, Account, Event, Incoming, SignatureRefused, Unreadable
from app.intake.mapping import paths, trial
from app.intake.mapping.paths import PathError, Place

NOW = datetime(2026, 3, 2, 14, 6, tzinfo=UTC)
SECRET = "3031"  # is text, hex and base64 at once

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(
    LEAVES | st.sampled_from(["\ud800", "\x00", "2026-13-45T99:99", 10**400, "at", "é" * 3000]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "at", "0", "odd.name", "type"]), inner)
    ),
    max_leaves=12,
)


def account(config: dict[str, Any], **changes: Any) -> Account:
    made = Account(1, "custom", "custom", 1, 1, (SECRET,), {}, config, "UTC")
    return replace(made, **changes)


def incoming(
    raw: bytes = b"{}", headers: dict[str, str] | None = None, at: datetime = NOW
) -> Incoming:
    return Incoming(headers=Headers(headers or {}), query={}, raw=raw, received_at=at)  # type: ignore[arg-type]


def example(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(mapping.EXAMPLE) | changes


def small(**changes: Any) -> dict[str, Any]:
    """The least that a mapping can be."""
    made = {
        "signature": {"scheme": "token", "header": "X-Token"},
        "kind": {"from": "what", "table": {"NO": "failed", "YES": "delivered"}},
        "fields": {"tracking_number": "nr"},
    }
    return made | changes


def sample() -> Any:
    return json.loads(samples.failure(account(example()), NOW)[0])


def read(config: dict[str, Any], body: Any, **how: Any) -> list[Event]:
    return custom.translate(body, account(config), incoming(json.dumps(body).encode(), **how))


def one(config: dict[str, Any], body: Any, **how: Any) -> Event:
    [event] = read(config, body, **how)
    return event


def faults(config: Any) -> set[tuple[str, str]]:
    with pytest.raises(Problem) as refused:
        mapping.load(config)
    assert refused.value.status == 422
    assert all(fault["detail"] for fault in refused.value.errors or [])
    return {(fault["field"], fault["code"]) for fault in refused.value.errors or []}


# Paths

BODY = {
    "data": {"items": [{"status": "a"}, {"status": "b"}], "odd.name": 1, "0": "zero"},
    "scans": [
        {"at": "2026-03-02T10:00:00Z", "code": "x"},
        {"at": "2026-03-02T12:00:00Z", "code": "y"},
        {"at": "never", "code": "z"},
        "no object",
    ],
    "refs": [{"type": "id", "value": 7}, {"type": "order", "value": "ORD-7"}, {"type": "order"}],
    "deep": [[1, [2]]],
    "flag": True,
}


def find(path: str, body: Any = BODY, item: Any = None) -> Any:
    place = Place(
        body if item is None else item,
        body,
        Headers({"X-Event": "e1"}),  # type: ignore[arg-type]
        lambda value: datetime.fromisoformat(value) if str(value)[:4] == "2026" else None,
        {},
    )
    return paths.parse(path).find(place)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.items[0].status", "a"),
        ("data.items[-1].status", "b"),
        ("data.items.1.status", "b"),
        ("data.items[2].status", None),
        ("data.items[-3]", None),
        ('data["odd.name"]', 1),
        ("data.0", "zero"),
        ("scans[latest:at].code", "y"),
        ("scans[latest:nowhere].code", None),
        ("refs[type=order].value", "ORD-7"),
        ("refs[value=7].type", "id"),
        ("refs[type=none].value", None),
        ("deep[0][1][0]", 2),
        ("header:x-event", "e1"),
        ("header:X-Other", None),
        ("flag.inside", None),
        ("data.items.status", None),
        ("$.flag", True),
        ("$", BODY),
    ],
)
def test_a_path_names_one_place(path, found):
    assert find(path) == found


def test_a_path_starts_at_the_entry_and_a_dollar_at_the_top():
    item = {"flag": "inner"}
    assert find("flag", item=item) == "inner"
    assert find("$.flag", item=item) is True


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("jmespath:refs[?type=='order' && value].value | [0]", "ORD-7"),
        ("jmespath:refs[?value==`7`] | [0].type", "id"),
        ("jmespath:data.nothing || data.items[-1].status", "b"),
        ('jmespath:data."odd.name"', 1),
        ("jmespath:max_by(scans[?code != 'z'], &at).code", None),  # an entry is no object
        ("jmespath:max_by(scans[?code], &at).code", "z"),
        ("jmespath:length(scans)", 4),
        ("jmespath:data.items[?status < `1`] | [0]", None),
        ("jmespath:sort_by(deep, &@)", None),
        ("jmespath:deep[::0]", None),
    ],
)
def test_an_expression_chooses_where_a_path_cannot(path, found):
    assert find(path) == found


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("a[", "Incomplete"),
        ("a b", "Unexpected token: b: Parse error at column 2"),
        *[(one, "not build") for one in ("[a, b]", "{a: b}", "a[*].[b]")],
        *[(one, "is none of") for one in ("join('', a)", "to_string(@)", "map(&a, b)", "x(@)")],
        *[(one, "is none of") for one in ("length()", "contains(a)")],
        ("a[*].b[*].c[*].d[*].e[*]", "more than 4"),
        ("a[] | [] | [] | [] | []", "more than 4"),
        ("!" * 100 + "a", "too"),
        (" || ".join("a" * 39), "too long"),
        ("a" * 200, "characters"),
    ],
)
def test_what_an_expression_could_cost_is_bounded_before_it_is_used(expression, why):
    with pytest.raises(PathError, match=why):
        paths.parse(f"jmespath:{expression}")


@given(body=JSON, expression=st.text(alphabet="ab.[]*?=|&!@<'01:() ", max_size=30))
def test_no_expression_ever_fails_on_any_body(body, expression):
    with suppress(PathError):
        paths.parse(f"jmespath:{expression}").find(Place(body, body, {}, lambda _: NOW, {}))


def test_the_dearest_expression_on_the_largest_body_is_over_soon():
    body = {"a": [{"b": 1}] * 20_000 + [1] * 60_000}
    path = paths.parse("jmespath:a[?b || !b] | [?@ == @] | [?contains('x', 'y')]")
    started = time.process_time()
    path.find(Place(body, body, {}, lambda _: NOW, {}))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a]", "a b", "a[0", "a.[0]", "a[0]b"),
        *("a[latest:]", "a[latest:b..c]", "a[=x]", 'a[""]', "header:", "header:a b", "a" * 201),
        *(".".join("a" * 21), "a[12345]", "a[*]", "a[?b]", "__import__('os').x y"),
    ],
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(PathError):
        paths.parse(path)


@given(body=JSON, path=st.text(alphabet='ab.[]"0-1latest:=$header', max_size=20))
def test_no_path_ever_fails_on_any_body(body, path):
    try:
        parsed = paths.parse(path)
    except PathError:
        return
    parsed.find(Place(body, body, {}, lambda _: NOW, {}))
    assert paths.parse(parsed.text) == parsed


# The form


def test_the_example_and_the_smallest_can_be_used():
    mapping.load(example())
    mapping.load(small())


@pytest.mark.parametrize("config", [None, [], "x", 1, [{}], True])
def test_what_is_no_object_is_refused(config):
    assert faults(config) == {("", "wrong_type")}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"typo": 1}, ("typo", "unknown_field")),
        ({"signature": {}}, ("signature.scheme", "missing")),
        ({"signature": {"scheme": "hope"}}, ("signature.scheme", "not_a_choice")),
        ({"signature": {"scheme": "hmac"}}, ("signature.header", "missing")),
        ({"signature": {"scheme": "basic"}}, ("signature.user", "missing")),
        ({"signature": {"scheme": "token", "header": "a b"}}, ("signature.header", "bad_header")),
        (
            {"signature": {"scheme": "token", "header": "a", "algorithm": "sha1"}},
            ("signature.algorithm", "not_for_this_scheme"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "algorithm": "md5"}},
            ("signature.algorithm", "not_a_choice"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "signed": "{query}{body}"}},
            ("signature.signed", "bad_template"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "signed": "always the same"}},
            ("signature.signed", "bad_template"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "timestamp": "X-Time"}},
            ("signature.timestamp", "timestamp_not_signed"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "signed": "{timestamp}{body}"}},
            ("signature.timestamp", "timestamp_not_signed"),
        ),
        (
            {"signature": {"scheme": "hmac", "header": "a", "prefix": "ü"}},
            ("signature.prefix", "bad_prefix"),
        ),
        ({"signature": {"scheme": "basic", "user": "a:b"}}, ("signature.user", "bad_user")),
        ({"kind": {"from": "a", "table": {"x": "flew"}}}, ("kind.table.x", "unknown_kind")),
        ({"kind": {"from": "a", "table": {}}}, ("kind.table", "wrong_type")),
        (
            {"kind": {"from": "a", "table": {"x": "failed", "X ": "failed"}}},
            ("kind.table.X ", "same_row"),
        ),
        ({"kind": {"from": "a", "table": {" ": "failed"}}}, ("kind.table. ", "empty_row")),
        (
            {"reason": [{"from": "a", "table": {"x": "rain"}}]},
            ("reason[0].table.x", "unknown_reason"),
        ),
        ({"reason": {"table": {"x": "lost"}}}, ("reason.from", "missing")),
        ({"reason": []}, ("reason", "wrong_count")),
        ({"reason_from_words": "yes"}, ("reason_from_words", "wrong_type")),
        ({"key": "a["}, ("key", "bad_path")),
        ({"key": {"join": []}}, ("key", "wrong_count")),
        ({"key": {"join": ["a"], "by": "-"}}, ("key", "wrong_type")),
        ({"key": 7}, ("key", "wrong_type")),
        ({"key": "header:x-token"}, ("", "secret_header")),
        ({"key": "header:Authorization"}, ("", "secret_header")),
        ({"each": ["a"]}, ("each", "wrong_type")),
        ({"time": {"from": "t", "zone": "Mars/Olympus"}}, ("time.zone", "unknown_zone")),
        ({"time": {"from": "t", "zone": "../etc/passwd"}}, ("time.zone", "unknown_zone")),
        ({"time": {"from": "t", "format": "%H:%M"}}, ("time.format", "bad_format")),
        ({"time": {"from": "t", "format": "%"}}, ("time.format", "bad_format")),
        ({"fields": {"phone": "a"}}, ("fields.tracking_number", "missing")),
        ({"fields": {"tracking_number": "a", "fax": "b"}}, ("fields.fax", "unknown_field")),
        ({"fields": []}, ("fields", "wrong_type")),
        ({"defaults": {"country": "Narnia"}}, ("defaults.country", "unknown_country")),
        ({"defaults": {"kind": "odd"}}, ("defaults.kind", "unknown_kind")),
        ({"defaults": {"phone": "+1"}}, ("defaults.phone", "unknown_field")),
        ({"only": {"from": "a", "values": []}}, ("only.values", "wrong_type")),
        ({"note": "x" * 2001}, ("note", "too_long")),
    ],
)
def test_each_fault_is_named_with_its_field_and_a_code(change, fault):
    assert faults(small(**change)) == {fault}


def test_all_faults_are_named_at_once():
    config = small(key="a..b", each=7, typo=1)
    del config["kind"]
    assert faults(config) == {
        ("key", "bad_path"),
        ("each", "wrong_type"),
        ("typo", "unknown_field"),
    }
    del config["key"], config["each"], config["typo"]
    assert faults(config) == {("kind", "missing")}


@given(document=JSON)
def test_any_json_is_a_mapping_or_refused(document):
    for config in (document, small(kind=document), small(signature=document), small(key=document)):
        with suppress(Problem):
            mapping.load(config)


# Reading


def test_the_example_reads_its_sample():
    assert one(example(), sample()) == Event(
        key="tp-00917:42",
        kind="failed",
        tracking_number="TP500600700GB",
        courier_ref="tp-00917",
        order_ref="ORD-1017",
        reason="recipient_unavailable",
        code="CARDED",
        words="Rang twice, left a card",
        attempt=1,
        occurred_at=datetime(2026, 3, 2, 14, 4, 30, tzinfo=UTC),
        raw_time="02/03/2026 14:04:30",
        name="Test User Seventeen",
        phone="+1 714 555 0117",
        email="test.user17@example.com",
        language="en",
        address={
            "line1": "17 Test Street",
            "line2": None,
            "city": "London",
            "region": None,
            "postcode": "EC1A 1BB",
            "country": "GB",
        },
        tracking_url="https://track.example.com/TP500600700GB",
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("CARDED", ("failed", "recipient_unavailable")),
        ("carded ", ("failed", "recipient_unavailable")),
        ("REFUSED", ("refused", "refused")),
        ("LOST", ("lost", "lost")),
        ("DELAY", ("warning", "delayed")),
        ("OUT", ("progress", "on_the_way")),
        ("POD", ("delivered", "delivered")),
        ("EATEN BY DOG", ("progress", "unknown")),
    ],
)
def test_a_code_becomes_kind_and_reason(code, expected):
    body = sample()
    body["scans"][1]["code"] = code
    event = one(example(), body)
    assert (event.kind, event.reason) == expected
    assert event.code == " ".join(code.split())


def test_only_the_latest_scan_counts_wherever_it_stands():
    body = sample()
    body["scans"].reverse()
    assert one(example(), body).code == "CARDED"
    body["scans"][0]["at"] = "01/03/2026 23:59:59"  # now the failure is the older one
    assert one(example(), body).kind == "progress"


def test_what_is_not_about_a_parcel_is_nothing():
    assert read(example(), sample() | {"topic": "invoice"}) == []
    assert len(read(example(), sample() | {"topic": "Parcel"})) == 1


def test_without_a_parcel_or_a_kind_it_is_unreadable_and_says_where():
    with pytest.raises(Unreadable, match=r"tracking_number: .*\bnr\b"):
        read(small(), {"what": "NO"})
    with pytest.raises(Unreadable, match=r"kind: .*\bwhat\b"):
        read(small(), {"nr": "1", "what": []})
    with pytest.raises(Unreadable):
        read(small(), {"nr": "1" * 129, "what": "NO"})  # cut short it would be another parcel


def test_the_first_table_with_a_row_decides():
    config = small(
        kind=[
            {"from": "sub", "table": {"tried": "failed"}},
            {"from": "what", "table": {"moving": "progress", "back": "returned"}},
        ]
    )
    assert one(config, {"nr": "1", "what": "moving", "sub": "tried"}).kind == "failed"
    assert one(config, {"nr": "1", "what": "back", "sub": "new"}).kind == "returned"
    event = one(config, {"nr": "1", "what": "odd", "sub": "new"})
    assert (event.kind, event.reason, event.code) == ("progress", "unknown", "new")


def test_a_value_without_a_row_takes_what_is_otherwise():
    config = small(kind={"from": "what", "table": {"YES": "delivered"}, "otherwise": "failed"})
    assert one(config, {"nr": 1, "what": "odd"}).kind == "failed"


def test_a_reason_can_make_a_failure_a_loss():
    config = small(reason={"from": "why", "table": {"17": "lost"}})
    event = one(config, {"nr": "1", "what": "NO", "why": 17})
    assert (event.kind, event.reason, event.code) == ("lost", "lost", "NO/17")
    event = one(config, {"nr": "1", "what": "NO", "why": 18})
    assert (event.kind, event.reason) == ("failed", "unknown")
    event = one(config, {"nr": "1", "what": "NO"})
    assert (event.kind, event.reason) == ("failed", "attempt_failed")


def test_a_reason_is_found_in_the_words_when_asked():
    config = small(reason_from_words=True)
    config["fields"]["words"] = "text"
    event = one(config, {"nr": "1", "what": "NO", "text": "Nobody at the door"})
    assert event.reason == "recipient_unavailable"
    assert one(config, {"nr": "1", "what": "NO", "text": "hm"}).reason == "attempt_failed"


def test_a_courier_that_only_tells_failures_needs_no_table():
    config = small(defaults={"kind": "failed", "reason": "business_closed", "words": "Closed"})
    del config["kind"]
    event = one(config, {"nr": "1"})
    assert (event.kind, event.reason, event.words) == ("failed", "business_closed", "Closed")


def test_truth_values_can_be_rows():
    config = small(kind={"from": "done", "table": {"true": "delivered", "false": "failed"}})
    assert one(config, {"nr": "1", "done": True}).kind == "delivered"
    assert one(config, {"nr": "1", "done": False}).kind == "failed"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"format": "%d.%m.%y %H.%M", "zone": "Europe/Vienna"}, "02.03.26 15.05"),
        ({"format": "%Y%m%d%H%M"}, 202603021405),
        ({"format": "%Y-%m-%d %H:%M %z"}, "2026-03-02 15:05 +0100"),
        ({}, 1772460300),
        ({}, 1772460300000.0),
        ({"zone": "America/New_York"}, "2026-03-02T09:05:00"),
        ({"zone": "America/New_York", "z_is_local": True}, "2026-03-02T09:05:00Z"),
    ],
)
def test_times_are_read_as_the_mapping_says(rule, value):
    event = one(small(time={"from": "t"} | rule), {"nr": "1", "what": "NO", "t": value})
    assert event.occurred_at == datetime(2026, 3, 2, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize("value", ["tomorrow", "32.13.2026 25:61", "", [], None, True, "9" * 50])
def test_a_time_that_is_none_hides_no_failure(value):
    config = small(time={"from": "t", "format": "%d.%m.%Y %H:%M"})
    event = one(config, {"nr": "1", "what": "NO", "t": value})
    assert (event.kind, event.occurred_at) == ("failed", None)


def test_each_entry_of_a_list_is_an_event():
    config = small(each="parcels", key={"join": ["$.batch", "nr"], "with": "-"})
    body = {"batch": "b1", "parcels": [{"nr": 1, "what": "NO"}, {"nr": 2, "what": "YES"}]}
    assert [(e.key, e.kind) for e in read(config, body)] == [
        ("b1-1", "failed"),
        ("b1-2", "delivered"),
    ]
    assert read(config, {"parcels": []}) == []
    bodies: tuple[Any, ...] = ({}, {"parcels": {}}, {"parcels": [{"nr": 1, "what": "NO"}, 7]})
    for bad in bodies:
        with pytest.raises(Unreadable, match="each"):
            read(config, bad)
    with pytest.raises(Unreadable, match="tracking_number"):  # one bad entry: none is lost
        read(config, {"parcels": [{"nr": 1, "what": "NO"}, {"what": "NO"}]})
    assert len(read(small(each="$"), [{"nr": 1, "what": "NO"}])) == 1


def test_events_of_one_body_never_share_a_key():
    body = {"parcels": [{"nr": 1, "what": "NO"}, {"nr": 2, "what": "NO"}]}
    for key in ({}, {"key": "header:X-Id"}, {"key": "what"}):
        config = small(each="parcels", **key)
        events = read(config, body, headers={"X-Id": "7"})
        assert len({event.key for event in events}) == 2
        again = read(config, body, headers={"X-Id": "7"})
        assert [event.key for event in events] == [event.key for event in again]


def test_a_key_with_a_missing_part_is_the_body_instead():
    config = small(key={"join": ["id", "no"], "with": ":"})
    whole = {"nr": "1", "what": "NO", "id": "a", "no": 7}
    assert one(config, whole).key == "a:7"
    keys = {one(config, {"nr": str(n), "what": "NO", "id": "a"}).key for n in range(3)}
    assert len(keys) == 3
    assert all(key.startswith("body:") for key in keys)
    assert one(small(), whole).key.startswith("body:")
    long = one(small(key="id"), {"nr": "1", "what": "NO", "id": "x" * 5000}).key
    assert len(long) < 200


def test_headers_that_paths_read_are_named_for_a_replay():
    config = small(key="header:X-Id", kind={"from": "header:X-What", "table": {"NO": "failed"}})
    assert custom.headers_read(account(config)) == {"x-id", "x-what"}
    assert custom.headers_read(account({})) == frozenset()
    assert one(config, {"nr": "1"}, headers={"X-Id": "7", "X-What": "NO"}).key == "7"


def test_an_account_without_a_usable_mapping_loses_nothing():
    for config in ({}, {"kind": 7}):
        with pytest.raises(Unreadable):
            custom.translate({}, account(config), incoming())
        with pytest.raises(SignatureRefused) as refused:
            custom.verify(account(config), incoming())
        assert refused.value.code == "bad_mapping"


@given(body=JSON)
def test_any_body_is_events_or_unreadable(body):
    busy = small(
        each="$",
        key={"join": ["a", "b[latest:at].b"]},
        time={"from": ["at", "b[latest:at].at"], "format": "%Y-%m-%d"},
        kind=[{"from": "type", "table": {"x": "failed"}, "otherwise": "refused"}],
        fields={name: ["a", "b.a", 'b["odd.name"]'] for name in ("phone", "line1", "country")}
        | {"tracking_number": {"join": ["a", "b"]}, "attempt": "a", "tracking_url": "b"},
    )
    for config in (example(), small(), busy, busy | {"each": "a"}):
        try:
            events = custom.translate(body, account(config), incoming())
        except Unreadable:
            continue
        for event in events:
            assert event.kind in KINDS
            for text in (event.key, event.tracking_number, event.code, event.words, event.phone):
                assert text is None or ("\x00" not in text and text.encode() is not None)
            assert event.occurred_at is None or event.occurred_at.tzinfo is UTC
            assert len(event.key) <= 300


# Signatures

SCHEMES = [
    {"scheme": "hmac", "header": "X-Sig", "algorithm": algorithm, "encoding": encoding}
    | {"prefix": prefix, "secret_form": form}
    for algorithm in ("sha1", "sha256", "sha512")
    for encoding in ("hex", "base64")
    for prefix, form in (("", "text"), ("sha=", "hex"), ("v1 ", "base64"))
] + [
    {"scheme": "hmac", "header": "X-Sig", "signed": "{timestamp}.{body}", "timestamp": "X-Time"},
    {"scheme": "hmac", "header": "X-Sig", "signed": "{header:X-Id}\n{body}!"},
    {"scheme": "token", "header": "X-Token"},
    {"scheme": "token", "header": "Authorization", "prefix": "Bearer "},
    {"scheme": "basic", "user": "courier"},
]
RAW = b'{"nr": "1", "what": "NO"}'


@pytest.mark.parametrize("rule", SCHEMES, ids=str)
def test_genuine_is_believed_and_one_bit_less_is_not(rule):
    sender = account(small(signature=rule))
    headers = custom.sign(sender, RAW, NOW)
    custom.verify(sender, incoming(RAW, headers))
    for name, value in headers.items():
        for index in range(len(value)):
            changed = value[:index] + chr(ord(value[index]) ^ 1) + value[index + 1 :]
            with pytest.raises(SignatureRefused):
                custom.verify(sender, incoming(RAW, headers | {name: changed}))
        without = {other: text for other, text in headers.items() if other != name}
        with pytest.raises(SignatureRefused):
            custom.verify(sender, incoming(RAW, without))
    other = replace(sender, secrets=("4041",))
    with pytest.raises(SignatureRefused):
        custom.verify(other, incoming(RAW, headers))
    for secrets in ((), ("",)):
        with pytest.raises(SignatureRefused):
            custom.verify(replace(sender, secrets=secrets), incoming(RAW, headers))
    both = replace(sender, secrets=("4041", SECRET))
    custom.verify(both, incoming(RAW, headers))
    if rule["scheme"] == "hmac":
        for index in range(len(RAW)):
            forged = bytearray(RAW)
            forged[index] ^= 1
            with pytest.raises(SignatureRefused):
                custom.verify(sender, incoming(bytes(forged), headers))


def test_a_signature_known_from_elsewhere():
    # RFC 4231, test case 2
    rule = {"scheme": "hmac", "header": "X-Sig", "algorithm": "sha256"}
    known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    jefe = account(small(signature=rule), secrets=("Jefe",))
    raw = b"what do ya want for nothing?"
    custom.verify(jefe, incoming(raw, {"x-sig": known}))
    with pytest.raises(SignatureRefused):
        custom.verify(jefe, incoming(raw, {"x-sig": known.upper()}))


def test_a_signed_time_must_be_near():
    rule = SCHEMES[-5]
    sender = account(small(signature=rule))
    headers = custom.sign(sender, RAW, NOW)
    for minutes in (-4, 4):
        custom.verify(sender, incoming(RAW, headers, at=NOW + timedelta(minutes=minutes)))
    for minutes in (-6, 6):
        with pytest.raises(SignatureRefused) as refused:
            custom.verify(sender, incoming(RAW, headers, at=NOW + timedelta(minutes=minutes)))
        assert refused.value.code == "stale_timestamp"


def test_a_secret_in_another_form_is_noticed_when_it_is_set():
    for form in ("hex", "base64"):
        rule = {"scheme": "hmac", "header": "X-Sig", "secret_form": form}
        sender = account(small(signature=rule), secrets=("not so!",))
        with pytest.raises(ValueError, match=form):
            custom.sign(sender, RAW, NOW)
        with pytest.raises(SignatureRefused):
            custom.verify(sender, incoming(RAW, {"x-sig": "00"}))


# Trying


def tried(config: dict[str, Any], body: Any, **how: Any) -> trial.Trial:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return trial.run(account(config), raw, how.pop("headers", {}), NOW, believe=True, **how)


def test_a_trial_says_what_each_field_became_and_from_where():
    told = tried(example(), sample())
    assert told.verdict == "accepted"
    [event] = told.events
    lines = {line.field: line for line in event.lines}
    assert lines["kind"].note == "CARDED → failed"
    assert lines["kind"].where == "scans[latest:at].code"
    assert lines["occurred_at"].became == "2026-03-02T14:04:30+00:00"
    assert lines["occurred_at"].stood == "02/03/2026 14:04:30"
    assert lines["name"].where == "parcel.to.first + parcel.to.last"
    assert lines["country"].note == "default"
    assert told.unmapped == ["line2", "region"]
    body = sample()
    del body["parcel"]["to"]
    body["parcel"]["link"] = "javascript:alert(1)"
    lines = {line.field: line for line in tried(example(), body).events[0].lines}
    assert lines["phone"].note == "nothing at parcel.to.mobile or parcel.to.landline"
    assert lines["tracking_url"].note == "what stands there cannot be used"


@pytest.mark.parametrize(
    ("body", "verdict", "why"),
    [
        ({"nr": "1", "what": "NO"}, "accepted", "opens a case"),
        ({"nr": "1", "what": "YES"}, "accepted", "delivered"),
        ({"nr": "1", "what": "odd"}, "ignored", "no failure"),
        ({"what": "NO"}, "quarantined", "tracking_number"),
        (b"<xml/>", "refused", "not JSON"),
    ],
)
def test_a_trial_says_what_a_webhook_would(body, verdict, why):
    told = tried(small(), body)
    assert told.verdict == verdict
    assert why in told.why


def test_a_trial_checks_the_sender_when_asked():
    sender = account(example())
    raw, headers = samples.failure(sender, NOW)
    assert trial.run(sender, raw, headers, NOW, believe=False).signature == "genuine"
    told = trial.run(sender, raw + b" ", headers, NOW, believe=False)
    assert (told.verdict, told.events) == ("refused", [])
    assert "wrong_signature" in told.signature


def test_a_trial_reads_couriers_with_code_too():
    code = Account(1, "o", "onfleet", 1, 1, ("00",), {}, {}, "UTC")
    raw, _ = samples.failure(code, NOW)
    told = trial.run(code, raw, {}, NOW, believe=True)
    assert told.verdict == "accepted"
    assert ("reason", "unable_to_locate") in {(x.field, x.became) for x in told.events[0].lines}
    assert trial.run(code, b'{"taskId": 1}', {}, NOW, believe=True).verdict == "quarantined"
    assert trial.run(code, b"{}", {}, NOW, believe=True).verdict == "ignored"


@pytest.mark.parametrize("rule", SCHEMES, ids=str)
def test_how_it_is_signed_can_be_said_in_a_line(rule):
    said = trial.describe(mapping.load(small(signature=rule)).signature)
    assert rule.get("user", rule.get("header", "")).lower() in said.lower()
    assert "\n" not in said

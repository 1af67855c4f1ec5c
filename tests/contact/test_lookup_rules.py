"""What is called, when again, and which machines may be asked."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import settings
from app.contact.lookup import guard, rules
from app.contact.lookup.guard import Allowed
from app.contact.lookup.rules import BadAddress, Circuit

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASE = "https://shop.example.com/"
NOTHING = Allowed(everything=False, hosts=frozenset(), networks=())


@pytest.mark.parametrize(
    "address",
    [
        BASE + "contacts/{tracking_number}",
        BASE + "c?order={order_ref}&parcel={tracking_number}",
        "http://10.0.0.1:8080/{order_ref}.json",
    ],
)
def test_good_addresses(address):
    rules.check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.example.com/{order_ref}",
        "ftp://shop.example.com/{order_ref}",
        "file:///etc/{order_ref}",
        "https:///{order_ref}",
        BASE + "contacts",
        BASE + "#{order_ref}",
        BASE + "{order_ref}#x",
        BASE + "{order_ref}/{name}",
        "https://{order_ref}.example.com/{tracking_number}",
        "https://me:secret@shop.example.com/{order_ref}",
        "https://shop.example.com:99999/{order_ref}",
        "https://[::1/{order_ref}",
        BASE + "{order_ref}\n",
        BASE + "é/{order_ref}",
    ],
)
def test_addresses_that_can_never_be_called(address):
    with pytest.raises(BadAddress):
        rules.check_address(address)


def test_an_address_is_filled_with_what_there_is():
    fill = rules.fill
    assert fill(BASE + "{order_ref}/{tracking_number}", "RK 1", "A/7") == BASE + "A%2F7/RK%201"
    assert fill(BASE + "?o={order_ref}&t={tracking_number}", "RK1", None) == BASE + "?o=&t=RK1"
    with pytest.raises(BadAddress):
        fill(BASE + "{order_ref}", "RK1", None)
    with pytest.raises(BadAddress):
        fill(BASE + "{tracking_number}", "..", None)


@given(st.text(min_size=1), st.text(min_size=1))
def test_what_is_filled_in_stays_where_it_stands(tracking, order):
    template = BASE + "a/{tracking_number}/b?order={order_ref}"
    try:
        tracking.encode(), order.encode()
        filled = rules.fill(template, tracking, order)
    except (BadAddress, UnicodeEncodeError):
        return
    parts = urlsplit(filled)
    assert (parts.scheme, parts.netloc) == ("https", "shop.example.com")
    assert parts.path.count("/") == 3
    assert parts.path.startswith("/a/")
    assert parts.path.endswith("/b")
    assert parts.query.startswith("order=")
    assert not {"&", "#"} & set(parts.query)
    assert parts.fragment == ""


def test_a_circuit_opens_after_failures_in_a_row_for_longer_each_time():
    circuit, opened = rules.CLOSED, []
    for _ in range(12):
        circuit = rules.failed(circuit, NOW)
        if circuit.open_until:
            opened.append((circuit.open_until - NOW) / timedelta(minutes=1))
    assert opened == [1, 2, 4, 8, 15, 15, 15, 15]


def test_an_open_circuit_lets_one_call_find_out():
    until = NOW + timedelta(minutes=1)
    circuit = Circuit(5, until, None)
    assert rules.wait(circuit, NOW) == until
    assert rules.wait(circuit, until) is None
    probing = rules.probing(circuit, until)
    assert rules.wait(probing, until) == until + rules.PROBE
    assert rules.wait(probing, until + rules.PROBE) is None
    assert rules.wait(rules.CLOSED, NOW) is None
    assert rules.probing(rules.CLOSED, NOW) == rules.CLOSED


@given(st.integers(0, 10_000))
def test_a_failure_never_lets_more_through(failures):
    before = Circuit(failures, None, None)
    after = rules.failed(before, NOW)
    assert after.failures == failures + 1
    assert (after.open_until is None) == (after.failures < rules.OPENS_AFTER)
    assert after.open_until is None or NOW < after.open_until <= NOW + timedelta(minutes=15)


def test_tries_are_further_and_further_apart_and_end_in_time():
    end = NOW + rules.GIVE_UP
    assert [rules.again_at(n, NOW, end) for n in (1, 2, 3, 4)] == [
        NOW + timedelta(seconds=30),
        NOW + timedelta(minutes=2),
        NOW + timedelta(minutes=10),
        None,
    ]
    assert rules.again_at(3, NOW, NOW + timedelta(minutes=10)) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "168.63.129.16",
        "::ffff:168.63.129.16",
        "192.0.0.192",
        "fec0::1",
        "::ffff:0:10.0.0.1",
        "::ffff:0:169.254.169.254",
        "::10.0.0.1",
        "192.88.99.1",
        "3fff::1",
        "5f00::1",
        "2002:7f00:1::",
    ],
)
def test_private_machines_are_not_asked(address):
    assert not guard.may_ask("shop.example.com", ipaddress.ip_address(address), NOTHING)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_public_machines_are_asked(address):
    assert guard.may_ask("shop.example.com", ipaddress.ip_address(address), NOTHING)


def test_what_is_allowed_by_name_or_network_is_asked():
    inside = ipaddress.ip_address("10.2.3.4")
    by_name = NOTHING._replace(hosts=frozenset({"orders.internal"}))
    assert guard.may_ask("Orders.Internal.", inside, by_name)
    assert not guard.may_ask("other.internal", inside, by_name)
    by_network = NOTHING._replace(networks=(ipaddress.ip_network("10.2.0.0/16"),))
    assert guard.may_ask("x", inside, by_network)
    assert guard.may_ask("x", ipaddress.ip_address("::ffff:10.2.3.4"), by_network)
    assert not guard.may_ask("x", ipaddress.ip_address("10.3.0.1"), by_network)
    assert guard.may_ask("x", inside, NOTHING._replace(everything=True))


def test_the_allow_list_is_checked_at_start(tmp_path):
    env = {
        "REKNOCK_HOME": str(tmp_path),
        "REKNOCK_LOOKUP_ALLOW": "orders.internal, 10.2.0.0/16,::1",
    }
    assert settings.load(env).lookup_allow == ("orders.internal", "10.2.0.0/16", "::1")
    for wrong in ("10.2.0.0/99", "http://orders.internal", "a b"):
        with pytest.raises(settings.SettingsError, match="REKNOCK_LOOKUP_ALLOW"):
            settings.load(env | {"REKNOCK_LOOKUP_ALLOW": wrong})

"""What is counted, by name.

Labels hold words of our own and names from the set-up, so that their number is bounded; what
couriers, customers and programs write never stands in them.
"""

from __future__ import annotations

from app.counted.counting import Counter, Histogram

_QUICK = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_CALLS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_WAITS = (0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0)

WEBHOOKS = Counter(
    "reknock_webhooks",
    "What became of couriers' webhooks; refused and failed ones as well.",
    ("account", "courier", "outcome"),
)
HTTP = Histogram(
    "reknock_http_request_seconds",
    "Requests by their address as it is declared, from the first byte for the app to its answer.",
    ("route", "method", "status"),
    _QUICK,
)
STEPS = Histogram(
    "reknock_step_seconds",
    "Steps of the chain, from the time they were due until they were done.",
    ("link",),
    _WAITS,
)
CALLS = Histogram(
    "reknock_provider_call_seconds",
    "Calls that hand a message to its provider.",
    ("provider", "channel", "outcome"),
    _CALLS,
)
MESSAGES = Counter(
    "reknock_message_updates",
    "What providers told of messages later, or what became of them without a call.",
    ("provider", "channel", "outcome"),
)
HANDOVERS = Counter(
    "reknock_handovers",
    "What couriers' own systems answered when they were told of a booking or a correction.",
    ("connector", "act", "outcome"),
)
PROMISES = Counter(
    "reknock_promises",
    "Hours that somebody was told, as they were kept, broken or released.",
    ("kind", "state"),
)
GROUPS_LOST = Counter(
    "reknock_webhook_groups_lost",
    "Connections thrown away while webhooks waited on them, which were then taken one by one.",
    ("why",),
)
HOOKS = Histogram(
    "reknock_outbound_webhook_seconds",
    "Webhooks to shippers' systems: taken, refused, or not answered.",
    ("outcome",),
    _CALLS,
)


def status_class(status: int) -> str:
    """`2xx` for 200, and so on."""
    return f"{status // 100}xx"


ALL = (WEBHOOKS, HTTP, STEPS, CALLS, MESSAGES, HANDOVERS, PROMISES, GROUPS_LOST, HOOKS)

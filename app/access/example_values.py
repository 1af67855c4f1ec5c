"""Values in examples: of fields by name, and of bodies whose fields must fit each other."""

from __future__ import annotations

from typing import Any

NAMED: dict[str, str | float] = {
    "tracking_number": "1Z999AA10123456784",
    "order_ref": "ORD-1001",
    "phone": "+491712345678",
    "email": "anna@example.com",
    "name": "Anna Weber",
    "line1": "Hauptstraße 5",
    "line2": "2nd floor",
    "city": "Berlin",
    "region": "BE",
    "postcode": "10115",
    "country": "DE",
    "latitude": 52.52,
    "longitude": 13.405,
    "language": "de",
    "timezone": "Europe/Berlin",
    "text": "Please ring twice.",
    "note": "Called the customer.",
    "directions": "The second door on the left.",
    "why": "The bell is broken.",
    "channel": "phone",
    "account": "my-courier",
    "check": "hello",
    "depot": "berlin",
    "courier": "dhl",
    "shipper": "my-shop",
    "type": "/docs/errors/invalid",
    "texts_between": "10:00-19:00",
    "order_value": "49.90",
    "currency": "EUR",
    "customer_ref": "C-1001",
    "choice": "slot:1",
    "day": "2026-11-24",
    "first": "2026-11-24",
    "last": "2026-11-30",
    "expires_on": "2027-11-24",
    "url": "https://shop.example/hooks/reknock",
    "reply_to": "help@shop.example",
    "variables": "name",
    "price": "4.90",
    "hours": "Mon-Sat 8:00-20:00",
}

BODIES: dict[str, Any] = {
    "booking_book": {"choice": "slot:1"},
    "dispatch_snooze": {"minutes": 60},
    "oncall_put_ladder": {
        "levels": [{"people": [1], "wait_seconds": 300}, {"everyone": True, "wait_seconds": 600}],
        "last": 1,
    },
    "oncall_put": {
        "name": "Early and late",
        "depot": "berlin",
        "timezone": "Europe/Berlin",
        "handover": {"first": "2026-11-23", "at": "06:00", "days": 7},
        "shifts": [
            {"weekdays": [1, 2, 3, 4, 5], "starts": "06:00", "ends": "14:00", "people": [1]},
        ],
    },
    "depots_put": {
        "hours": [{"weekday": 1, "opens": "08:00", "closes": "18:00"}],
        "closed_on_holidays": True,
    },
    "brands_put": {"name": "My Shop", "colour": "#0d5c4c", "reply_to": "help@shop.example"},
    "webhook_endpoints_change": {"kinds": ["booking_confirmed", "closed"], "state": "active"},
    "erasures_forget": {"tracking_number": "1Z999AA10123456784"},
    "access_requests_gather": {"recipient": "+491712345678"},
    "gesture_rules_put": {
        "kind": "voucher",
        "currency": "EUR",
        "granted_by": "codes",
        "first": "5.00",
        "regular": "5.00",
        "share": 15,
        "month": "500.00",
    },
}
"""By the name of the operation."""

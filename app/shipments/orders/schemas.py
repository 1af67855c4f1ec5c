"""The JSON of the order gate. Messages of the schemas are stable codes, not sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from babel.numbers import is_currency
from marshmallow import EXCLUDE, Schema, ValidationError, fields, missing
from typing_extensions import override

from app.access.openapi import Answer, FaultOut
from app.locality import quiet
from app.shipments import normal, reachable
from app.shipments.normal import LONGEST_ID

_LONGEST = 200
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,3})?", re.ASCII)
CONSENTS = ("given", "exemption", "unknown")
"""On what ground somebody is written to; see `app/contact/refusal/law.toml`."""


class Line(fields.String):
    """One clean line of text, or a whole number as text; empty is missing."""

    takes: Sequence[str] = ("string", "integer")

    def __init__(
        self,
        limit: int = _LONGEST,
        *,
        required: bool = False,
        text: str = "",
        enum: Sequence[str] = (),
    ) -> None:
        said = {
            "type": list(self.takes),
            "maxLength": limit,
            "description": text,
            "enum": list(enum),
        }
        super().__init__(
            required=required,
            allow_none=not required,
            metadata={name: value for name, value in said.items() if value},
        )
        self.limit = limit

    is_name = False

    @override
    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_: Any) -> Any:
        # Without validators and hooks there is no use for marshmallow's own, which looks for
        # them in every field of ten thousand orders.
        if value is missing or value is None:
            if self.required:
                raise ValidationError("missing")
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError("not_text")
        found = normal.line(value)
        if not self.is_name and normal.nothing(found):
            found = ""
        if not found and self.required:
            raise ValidationError("missing")
        if len(found) > self.limit:
            raise ValidationError("too_long")
        return self.usable(found) if found else None

    def usable(self, text: str) -> str:
        """The text in its proper form.

        Raises:
            ValidationError: with a code, when it has none.
        """
        return text


class Name(Line):
    """A person's name: whatever it is, somebody is called so."""

    is_name = True


class Country(Line):
    """An ISO 3166-1 alpha-2 code; English names are understood."""

    @override
    def usable(self, text: str) -> str:
        found = normal.country(text)
        if found is None:
            raise ValidationError("unknown_country")
        return found


class Language(Line):
    """A BCP 47 tag."""

    @override
    def usable(self, text: str) -> str:
        found = normal.language(text)
        if found is None:
            raise ValidationError("unknown_language")
        return found


class Consent(Line):
    """On what ground the recipient is written to."""

    @override
    def usable(self, text: str) -> str:
        if text not in CONSENTS:
            raise ValidationError("unknown_consent")
        return text


class Between(Line):
    """Hours of one day, `10:00-19:00`."""

    @override
    def usable(self, text: str) -> str:
        found = quiet.between(text)
        if found is None:
            raise ValidationError("not_between")
        return found


class Amount(Line):
    """An amount of money, as a number or as text."""

    takes = ("string", "integer", "number")

    @override
    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_: Any) -> Any:
        return super().deserialize(str(value) if isinstance(value, float) else value)

    @override
    def usable(self, text: str) -> str:
        if not _AMOUNT.fullmatch(text):
            raise ValidationError("not_an_amount")
        return text


class Currency(Line):
    """An ISO 4217 code."""

    @override
    def usable(self, text: str) -> str:
        if not is_currency(text.upper()):
            raise ValidationError("unknown_currency")
        return text.upper()


class YesNo(fields.Boolean):
    """True or false, and nothing that only looks like it."""

    @override
    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_: Any) -> Any:
        if value is missing or value is None or isinstance(value, bool):
            return value
        raise ValidationError("not_yes_or_no")


class Email(Line):
    """An e-mail address."""

    @override
    def usable(self, text: str) -> str:
        found = reachable.check_email(text)
        if found is None:
            beyond = reachable.local_part_beyond_ascii(text)
            raise ValidationError("local_part_not_ascii" if beyond else "not_an_address")
        return found


class Degrees(fields.Field[float]):
    """Where something is on earth, in degrees; without the other half it is not used."""

    def __init__(self, most: int) -> None:
        super().__init__(
            allow_none=True,
            metadata={"type": ["number", "string"], "minimum": -most, "maximum": most},
        )
        self.most = most

    @override
    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **_: Any) -> Any:
        if value is missing or value is None or value == "":
            return missing if value == "" else value
        try:
            number = float(value) if not isinstance(value, bool) else None
        except (TypeError, ValueError):
            number = None
        if number is None or not -self.most <= number <= self.most:
            raise ValidationError("not_degrees")
        return number


class _Coded(Schema):
    error_messages = {"type": "not_an_object"}  # noqa: RUF012 - marshmallow reads it

    class Meta:
        """Fields we do not know are not refused."""

        unknown = EXCLUDE


class AddressIn(_Coded):
    """Where the parcel goes."""

    line1 = Line(required=True)
    line2 = Line()
    city = Line(required=True)
    region = Line()
    postcode = Line(20)
    country = Country(required=True, text="ISO 3166-1 alpha-2")
    latitude = Degrees(90)
    longitude = Degrees(180)


class OrderIn(_Coded):
    """One order."""

    tracking_number = Line(LONGEST_ID, required=True)
    order_ref = Line(LONGEST_ID)
    name = Name(required=True)
    phone = Line(
        64, required=True, text="A number that text messages reach, or one with an extension"
    )
    email = Email(254)
    language = Language(35, text="BCP 47, such as de or pt-BR")
    consent = Consent(
        text="On what ground they are written to: given, exemption (of package deliveries in the "
        "United States: then one message a parcel) or unknown",
        enum=CONSENTS,
    )
    texts_between = Between(
        30, text="Between which hours of their day they want to be written to, such as 10:00-19:00"
    )
    order_value = Amount(20, text="What the parcel is worth, such as 49.90; caps a gesture")
    currency = Currency(3, text="Of that, ISO 4217")
    first_order = YesNo(allow_none=True, metadata={"description": "Whether it is their first one"})
    customer_ref = Line(
        LONGEST_ID,
        text="Your own name for the customer: only a keyed digest of it is kept, by which nobody "
        "gets a gesture too often",
    )
    survey_consent = YesNo(
        allow_none=True,
        metadata={
            "description": "Whether they agreed to be asked how it went, which counts as "
            "advertising in Germany and Austria"
        },
    )
    address = fields.Nested(
        AddressIn, required=True, error_messages={"required": "missing", "null": "missing"}
    )


class OrderOut(Answer):
    """What became of one order: created, updated, or refused with a fault per field.

    `failed` stands only in streams that the database left in the middle: send it again.
    """

    tracking_number = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": ["created", "updated", "refused", "failed"]})
    errors = fields.List(fields.Nested(FaultOut), metadata={"sometimes": True})


class OrdersOut(Answer):
    """Results in the order in which the orders were sent."""

    items = fields.List(fields.Nested(OrderOut))


class HeldOut(Answer):
    """The batch waits for an operator, because so many of its numbers cannot be used."""

    status = fields.String(metadata={"enum": ["held"]})
    batch_id = fields.Integer()
    orders = fields.Integer()
    invalid_numbers = fields.Integer()

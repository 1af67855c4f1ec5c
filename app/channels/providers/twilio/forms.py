"""What providers post to us. Only what is used is read; they may add fields at any time."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate


class TwilioStatus(Schema):
    """A status callback: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status."""

    class Meta:
        """Unknown fields are Twilio's business."""

        unknown = EXCLUDE

    sid = fields.String(
        required=True, data_key="MessageSid", validate=validate.Length(min=1, max=64)
    )
    status = fields.String(required=True, data_key="MessageStatus")
    error = fields.String(load_default="", data_key="ErrorCode")


class TwilioReply(Schema):
    """An incoming message: https://www.twilio.com/docs/messaging/guides/webhook-request."""

    class Meta:
        """Unknown fields are Twilio's business."""

        unknown = EXCLUDE

    sid = fields.String(
        required=True, data_key="MessageSid", validate=validate.Length(min=1, max=64)
    )
    sender = fields.String(required=True, data_key="From", validate=validate.Length(min=1, max=64))
    words = fields.String(load_default="", data_key="Body")
    # what a button of ours stands for, when one was pressed
    pressed = fields.String(load_default="", data_key="ButtonPayload")
    button = fields.String(load_default="", data_key="ButtonText")
    # the same of a row of a list
    picked = fields.String(load_default="", data_key="ListId")
    # which message of ours was answered, where WhatsApp says so
    answers = fields.String(load_default="", data_key="OriginalRepliedMessageSid")
    # STOP, START or HELP, when the account has keywords of its own (Advanced Opt-Out)
    keyword = fields.String(load_default="", data_key="OptOutType")


class TwilioCall(Schema):
    """A request of a call: https://www.twilio.com/docs/voice/twiml#request-parameters."""

    class Meta:
        """Unknown fields are Twilio's business."""

        unknown = EXCLUDE

    sid = fields.String(required=True, data_key="CallSid", validate=validate.Length(min=1, max=64))
    status = fields.String(required=True, data_key="CallStatus")
    sip = fields.String(load_default="", data_key="SipResponseCode")
    digits = fields.String(load_default="", data_key="Digits", validate=validate.Length(max=20))
    caller = fields.String(load_default="", data_key="From", validate=validate.Length(max=64))
    # of whoever was dialled during the call
    dialled = fields.String(load_default="", data_key="DialCallStatus")
    seconds = fields.Integer(load_default=0, data_key="DialCallDuration")

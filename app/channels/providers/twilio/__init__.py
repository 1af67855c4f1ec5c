"""Twilio: text messages, their receipts, and replies."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="twilio",
    package=__name__,
    channels=("sms",),
    receipts=True,
    turned_on_by="TWILIO_ACCOUNT_SID",
    settings=(
        Setting("TWILIO_ACCOUNT_SID", needs=("TWILIO_AUTH_TOKEN", "TWILIO_FROM")),
        Setting("TWILIO_AUTH_TOKEN"),
        Setting("TWILIO_FROM"),
        Setting("TWILIO_API_BASE", "https://api.twilio.com", schemes=("http", "https")),
    ),
)

"""Vonage: text messages, what became of them and what they cost, and replies."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="vonage",
    package=__name__,
    channels=("sms",),
    receipts=True,
    turned_on_by="VONAGE_API_KEY",
    settings=(
        Setting(
            "VONAGE_API_KEY",
            needs=("VONAGE_API_SECRET", "VONAGE_SIGNATURE_SECRET", "VONAGE_FROM"),
        ),
        Setting("VONAGE_API_SECRET"),
        Setting("VONAGE_SIGNATURE_SECRET"),
        Setting("VONAGE_APPLICATION_ID", needs=("VONAGE_API_KEY", "VONAGE_PRIVATE_KEY")),
        Setting("VONAGE_PRIVATE_KEY"),
        Setting("VONAGE_FROM"),
        Setting("VONAGE_API_BASE", "https://api.nexmo.com", schemes=("http", "https")),
    ),
)

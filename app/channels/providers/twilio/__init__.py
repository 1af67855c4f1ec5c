"""Twilio: text messages, WhatsApp and calls, what became of them, replies and keys."""

from app.channels.providers.base import Provider
from app.settings import Setting

PROVIDER = Provider(
    name="twilio",
    package=__name__,
    channels=("sms", "whatsapp", "voice"),
    needs={"whatsapp": "TWILIO_WHATSAPP_FROM"},
    prepared=("whatsapp",),
    receipts=True,
    turned_on_by="TWILIO_ACCOUNT_SID",
    settings=(
        Setting("TWILIO_ACCOUNT_SID", needs=("TWILIO_AUTH_TOKEN", "TWILIO_FROM")),
        Setting("TWILIO_AUTH_TOKEN"),
        Setting("TWILIO_OTHER_AUTH_TOKEN"),
        Setting("TWILIO_FROM"),
        Setting("TWILIO_VOICE_FROM"),
        Setting("TWILIO_WHATSAPP_FROM", needs=("TWILIO_ACCOUNT_SID",)),
        Setting("TWILIO_QUICK_REPLIES", needs=("TWILIO_WHATSAPP_FROM",)),
        Setting("TWILIO_LISTS", needs=("TWILIO_WHATSAPP_FROM",)),
        Setting("TWILIO_UNDO", needs=("TWILIO_WHATSAPP_FROM",)),
        Setting("TWILIO_API_BASE", "https://api.twilio.com", schemes=("http", "https")),
    ),
)

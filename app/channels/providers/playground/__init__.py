"""The demo's phones and mailbox: every channel, delivered at once, answered by the visitor."""

from datetime import timedelta

from app.channels.providers.base import Provider

PROVIDER = Provider(
    name="playground",
    package=__name__,
    channels=("sms", "whatsapp", "voice", "email", "chat", "push", "http"),
    repeatable=True,
    calls_end=timedelta(seconds=25),  # as long as a telephone rings
)

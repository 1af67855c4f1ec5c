"""The demo's phones and mailbox: every channel, delivered at once, answered by the visitor."""

from app.channels.providers.base import Provider

PROVIDER = Provider(
    name="playground",
    package=__name__,
    channels=("sms", "voice", "email"),
    repeatable=True,
)

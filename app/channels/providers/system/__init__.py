"""A depot's own dispatch system: tasks as JSON, posted to it and signed (Standard Webhooks)."""

from app.channels.providers.base import Provider

PROVIDER = Provider(
    name="system", package=__name__, channels=("http",), many_hosts=True, repeatable=True
)

"""Messages to the browsers of people at depots: Web Push, without any service in between.

RFC 8030 says how a push service is spoken to, 8291 how a message is encrypted, 8292 who sends it.
"""

from app.channels.providers.base import Provider

PROVIDER = Provider(name="webpush", package=__name__, channels=("push",), many_hosts=True)

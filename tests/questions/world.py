"""The small world, whose customers and dispatchers write to us."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from app import clock
from app.channels import heard
from app.channels import service as channels
from app.db.connection import connection, transaction
from app.dispatch import conversation
from app.promises import service as promises
from app.questions import service as questions
from app.questions.service import Question
from tests.courier import PHONE
from tests.inline import settle
from tests.messages import said
from tests.play import Play

EMAIL = "kim@example.com"
ANA = "+17145554101"
_IDS = itertools.count(1)


class Asking(Play):
    """A world in which people write."""

    def write(self, text: str, sender: str = PHONE, channel: str = "sms", **said: Any) -> None:
        """Somebody's words come in by a provider."""
        said = {"provider": "p", "provider_id": f"id-{next(_IDS)}"} | said
        fact = heard.incoming(channel=channel, sender=sender, words=text, **said)
        with transaction() as conn:
            heard.tell(conn, fact, clock.now())
        settle()

    def questions(self, case_id: int) -> list[Question]:
        """All that was asked on a case."""
        return questions.of_case(connection(), case_id)

    def say(self, case_id: int, text: str, by: str = "Ana") -> None:
        """Somebody at the depot answers."""
        conversation.answer(case_id, text, by, clock.now())
        settle()

    def answers_by(self, case_id: int) -> datetime:
        """Until when the newest question is to be answered."""
        return self.questions(case_id)[-1].answer_by

    def promised(self, case_id: int) -> list[str]:
        """What became of the hours that were promised for answers, oldest first."""
        made = promises.of_case(connection(), case_id)
        return [str(p.state) for p in made if p.kind is promises.Kind.ANSWER]

    def heard(self, recipient: str = PHONE) -> list[str]:
        """The texts that reached somebody, oldest first."""
        rows = said(
            """SELECT text, packed FROM messages JOIN message_words ON message_id = id
                WHERE recipient = %s AND state = 'delivered' ORDER BY done_at, id""",
            recipient,
        )
        return [row["text"] for row in rows]

    def sent(self, case_id: int, topic: str) -> list[dict[str, Any]]:
        """What was sent about this, oldest first."""
        return [m for m in channels.for_case(connection(), case_id) if m["topic"] == topic]

"""A message as its provider is handed it: the words for its way, and what stands below them."""

from __future__ import annotations

from app import languages
from app.access import links, own_pages
from app.channels import buttons
from app.channels.providers import Chosen
from app.channels.providers.base import Options, Outgoing, Template, TwoWay
from app.channels.queue_store import Due
from app.channels.store import Message
from app.directory.brand import Brand
from app.languages import sms


def outgoing(due: Due, chosen: Chosen, address: str, template: Template | None) -> Outgoing:
    """What a provider is handed of a message; `address` is where a staff endpoint leads."""
    message = due.message
    mail = message.channel == "email" and message.audience == "customer"
    options = _options(message) if template is None else None
    brand = Brand.read(due.brand if mail else None)
    return Outgoing(
        id=message.id,
        tries=message.tries + 1,
        channel=message.channel,
        recipient=message.recipient,
        subject=message.subject,
        text=_words(message, chosen, options) + (_below(due, brand) if mail else ""),
        options=options,
        sender=brand.sender or brand.name,
        reply_to=brand.reply_to,
        html=message.html,
        calendar=message.calendar,
        request_id=message.request_id,
        language=message.language,
        answers=message.case_id if message.audience == "customer" else None,
        about=message.topic if message.topic.startswith("task-") else f"message-{message.id}",
        address=address,
        template=template,
    )


def below(case_id: int, page_key: bytes | None, language: str, brand: Brand) -> str:
    """What stands below a customer's mail: a code, for whoever presses no links; an imprint."""
    lines: list[str] = []
    say = languages.get(language).say
    if page_key and (code := own_pages.code(case_id, page_key)):
        where, check = (links.at(path, brand.domain) for path in ("/c", "/verify"))
        lines = [
            say(
                "You’d rather not press a link? Go to {address} and type {code}.",
                address=where,
                code=code,
            )
        ]
        lines += [say("Is it really from us? See {address}.", address=check)]
    parts = ("\n".join(lines), brand.imprint)
    return "".join(f"\n\n{part}" for part in parts if part)


def _below(due: Due, brand: Brand) -> str:
    message = due.message
    return below(message.case_id, due.page_key, message.language, brand)


def _options(message: Message) -> Options | None:
    """The numbers that a message on WhatsApp can be answered by."""
    if message.channel != "whatsapp" or not message.hint:
        return None
    language = languages.get(message.language)
    opens = language.say("Choose")
    text, listed = _without(message.text, message.hint), message.hint
    if zero := buttons.by_zero(language, listed):
        return Options(text, listed, [zero], by_zero=True)
    if message.topic == _SURVEY:
        return Options(text, listed, [str(n) for n in _STARS], ["★" * n for n in _STARS], opens)
    return Options(text, listed, buttons.of(listed), buttons.rows(listed), opens)


_SURVEY = "survey"
_STARS = range(1, 6)


def _without(text: str, hint: str) -> str:
    """The text, where it says itself how it is answered, without that."""
    return text.replace(f" {hint}", "") if f" {hint}" in text else text


def _words(message: Message, chosen: Chosen, options: Options | None) -> str:
    if message.channel == "voice":
        return message.spoken or message.text
    if options:
        return f"{options.text}\n\n{options.listed}"
    if message.channel != "sms":
        return message.text
    text, carrier = message.text, chosen.carrier
    said = not message.hint or message.hint in text
    if not said and isinstance(carrier, TwoWay) and carrier.can_be_answered(message.recipient):
        text = f"{text} {message.hint}"
    return sms.as_sent(text, message.language)

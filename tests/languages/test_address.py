"""Customers are addressed in one way throughout: a shop does not change from "tú" to "usted"."""

from __future__ import annotations

import re

import pytest

from app.languages import extracting

OTHERS = {
    "de": r"\b(du|Du|dein\w*|Dein\w*|dir|dich|euch|Euch|euer\w*)\b",
    "fr": r"\b(tu|ton|tes|toi)\b",
    "es": r"\b(usted\w*|su paquete)\b|(?:^|[.:;!] |, |\bO )(responda|pulse|elija|escriba)\b",
    "nl": r"\b(u|uw)\b(?<!\} u)",
    "pl": r"\b(Pan|Pani|Państw\w*|Pańsk\w*)\b",
    "hi": r"(तुम|तेर)",
    "ar": r"(?:طردك|يمكنك|اختيارك|رقمك|عنوانك|صفحتك"
    r"|نخبرك|بإمكانك|إليك|يناسبك|تصلك|اختر|افتح)(?![\u0600-\u06ff])",
}
"""Words of the address that a language does not use here."""


@pytest.mark.parametrize("code", OTHERS)
def test_one_form_of_address_is_used(code: str) -> None:
    folder = next(folder for folder in extracting.catalogues() if folder.name == code)
    flags = 0 if code in {"pl", "de"} else re.IGNORECASE
    wrong = [
        said
        for message in extracting.read(folder / "messages.po")
        for said in ([message.string] if isinstance(message.string, str) else message.string or ())
        if re.search(OTHERS[code], said, flags)
    ]
    assert wrong == []

"""Which sentences of the source are to be said in other languages, and catalogues kept with them.

`python -m app.languages.extracting` brings every catalogue up to date: what is new stands in it
without a translation, what changed is marked fuzzy, what is gone is gone. `make lint` refuses a
catalogue with either.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.languages.loading import FACTS, STAFF_WORDS, WORDS

APP = Path(__file__).parent.parent
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"**.html": {"encoding": "utf-8", "trimmed": "true"}}
_WIDTH = 100
KEYWORDS: dict[str, Any] = {
    "say": None,
    "plain": None,
    "mark": None,
    "count": (1, 2),
    "mean": ((1, "c"), 2),
    "sentence": None,
    "sentences": (1, 2),
}


def _read_by_people(folder: str) -> bool:
    """Commands speak to operators, in English."""
    return Path(folder).name not in {"cli", "__pycache__"}


_STAFF = (
    *("access/", "channels/providers/", "dispatch/", "insight/", "managing/", "sign_in/"),
    *("shop/", "outbound/", "decisions/story", "decisions/views", "decisions/templates/"),
    *(
        "cases/reasons",
        "cases/search/",
        "channels/customer",
        "channels/states",
        "channels/wording",
        "directory/",
        "disputes/",
        "handover/connectors/",
        "photos/",
        "theme/templates/theme/staff",
    ),
)
"""What only staff read is said here; a sentence that others read too stands with theirs."""
DOMAINS = (WORDS, STAFF_WORDS)


def source(domain: str) -> Catalog:
    """Every sentence of a domain that is to be translated, in the order of the source."""
    catalogue, found = Catalog(), _found()
    for file, message, context in found:
        theirs = all(f.startswith(_STAFF) for f, m, c in found if (m, c) == (message, context))
        if theirs == (domain == STAFF_WORDS):
            catalogue.add(message, locations=[(f"app/{file}", 0)], context=context)
    return catalogue


@cache
def _found() -> list[tuple[str, Any, str | None]]:
    """Each sentence wherever it stands: `(file, message, context)`."""
    found = extract_from_dir(APP, _METHODS, _OPTIONS, KEYWORDS, directory_filter=_read_by_people)
    return [(one[0], one[2], one[4]) for one in sorted(found, key=lambda one: one[:2])]


def catalogues(home: Path = Path(__file__).parent) -> Iterator[Path]:
    """The folders of the languages that translate: all but the source's."""
    for facts in sorted(home.glob(f"*/{FACTS}")):
        if facts.parent.name != "en":
            yield facts.parent


def read(file: Path) -> Catalog:
    """A catalogue of a language; an empty one where there is none yet."""
    code = file.parent.name.replace("-", "_")
    if not file.is_file():
        return Catalog(code)
    with file.open("rb") as stream:
        return read_po(stream, code)


_HEADER = """\
msgid ""
msgstr ""
"Language: {code}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};\\n"

"""


def write(file: Path, catalogue: Catalog) -> None:
    """Write it as people and tools read it, with nothing that changes by itself."""
    with file.open("wb") as stream:
        stream.write(_HEADER.format(code=file.parent.name, catalogue=catalogue).encode())
        write_po(
            stream,
            catalogue,
            width=_WIDTH,
            omit_header=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


def update(file: Path, wanted: Catalog) -> None:
    """Bring a catalogue up to date with the source."""
    catalogue = read(file)
    catalogue.update(wanted, no_fuzzy_matching=False, update_creation_date=False)
    write(file, catalogue)


if __name__ == "__main__":
    for domain in DOMAINS:
        sentences = source(domain)
        for place in catalogues():
            update(place / domain, sentences)
            sys.stdout.write(f"{place.name}/{domain}\n")

"""In which line of a TOML text something stands. Pure; the text is one that `tomllib` has read."""

from __future__ import annotations

import re

Place = tuple[str, ...]
"""Where something is in the document: names of tables and keys, and numbers of entries."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Place, int]:
    """The line, from 1, of every table, key and entry."""
    return _Scan(text).lines


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest that it is part of."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 1)


class _Scan:
    """One walk through a text; `lines` is what it found."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.lines: dict[Place, int] = {}
        self._entries: dict[Place, int] = {}
        table: Place = ()
        while self._skip() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        start, several = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if several else 1
        place = self._within(self._key())
        self.at += 2 if several else 1
        if several:
            number = self._entries[place] = self._entries.get(place, -1) + 1
            self._mark(place, start)
            place = (*place, str(number))
        self._mark(place, start)
        return place

    def _within(self, names: Place) -> Place:
        """The place that a header means: of a list of tables its newest entry."""
        place: Place = ()
        for name in names[:-1]:
            place = (*place, name)
            if place in self._entries:
                place = (*place, str(self._entries[place]))
        return (*place, names[-1])

    def _pair(self, table: Place) -> None:
        start = self.at
        place = (*table, *self._key())
        self._mark(place, start)
        self.at += 1  # the equals sign
        self._value(place)

    def _key(self) -> Place:
        names = []
        while True:
            self._skip()
            if self.text[self.at] in "\"'":
                begin = self.at
                self._string()
                names.append(self.text[begin + 1 : self.at - 1])
            else:
                found = _BARE.match(self.text, self.at)
                if found is None:
                    raise ValueError(f"no key at {self.at}")
                names.append(found[0])
                self.at = found.end()
            if self.text[self._skip()] != ".":
                return tuple(names)
            self.at += 1

    def _value(self, place: Place) -> None:
        self._skip()
        self._mark(place, self.at)
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._list(place)
        elif opening == "{":
            self._table(place)
        else:
            found = _PLAIN.match(self.text, self.at)
            self.at = found.end() if found else self.at + 1

    def _list(self, place: Place) -> None:
        self.at += 1
        number = 0
        while self.text[self._skip()] != "]":
            self._value((*place, str(number)))
            number += 1
            self.at += self.text[self._skip()] == ","
        self.at += 1

    def _table(self, place: Place) -> None:
        self.at += 1
        while self.text[self._skip()] != "}":
            self._pair(place)
            self.at += self.text[self._skip()] == ","
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        marks = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(marks)
        while not self.text.startswith(marks, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(marks)
        while len(marks) == 3 and self.text.startswith(quote, self.at):  # it may end with its marks
            self.at += 1

    def _skip(self) -> int:
        """Go on to what is no white space and no comment."""
        while self.at < len(self.text) and self.text[self.at] in " \t\n#":
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                self.at += 1
        return self.at

    def _mark(self, place: Place, at: int) -> None:
        line = self.text.count("\n", 0, at) + 1
        for end in range(len(place), 0, -1):  # `[a.b]` is where `a` begins, too
            self.lines.setdefault(place[:end], line)

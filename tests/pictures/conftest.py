"""Reads back what was written as HTML or SVG, to see what a browser would see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest


@dataclass
class Seen:
    """What a browser finds in a fragment."""

    tags: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.add(tag)
        for name, value in attrs:
            self.seen.attributes.add(name)
            self.seen.values.append(value or "")

    def handle_data(self, data: str) -> None:
        self.seen.text += data


def read(fragment: str) -> Seen:
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    return reader.seen


@pytest.fixture(scope="session")
def read_html() -> Callable[[str], Seen]:
    """Parse HTML and return the tags, attributes and text in it."""
    return read

"""Fixtures for all floors: the repository, a fresh shell, a reader of HTML, and the reference without its log."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A fresh IPython shell, as a notebook's kernel has one: every MIME type is formatted, no history is kept."""
    InteractiveShell.clear_instance()
    quiet = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    fresh = InteractiveShell.instance(config=quiet)
    yield fresh
    atexit.unregister(fresh.atexit_operations)
    fresh.atexit_operations()
    InteractiveShell.clear_instance()


@pytest.fixture
def quiet_reference(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reference logs each step, and would report that it was used."""
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


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

"""The kinds of metadata that hold one plain value: texts, numbers, paths, times, JSON, nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from notebook_assets.metadata.value_base import MetadataValue, of_kind
from notebook_assets.metadata.value_checks import any_number, json_copy, seconds, taken, truth, whole_number, words


def _keep(owner: MetadataValue, name: str, wanted: str, check: Callable[[Any], Any], says_why: bool = False) -> None:
    """Put the checked value into a frozen instance."""
    object.__setattr__(owner, name, taken(owner.kind, wanted, check, owner.__dict__[name], says_why))


@of_kind
@dataclass(frozen=True)
class TextMetadataValue(MetadataValue):
    """A plain text.

    >>> TextMetadataValue("late").value
    'late'
    """

    kind: ClassVar[str] = "text"
    text: str = field()  # type: ignore[assignment]  # field() hides the method of this name

    def __post_init__(self) -> None:
        _keep(self, "text", "a text", words)

    @property
    def value(self) -> str:
        """The text."""
        return self.text


@of_kind
@dataclass(frozen=True)
class IntMetadataValue(MetadataValue):
    """A whole number; plotted over partitions.

    >>> IntMetadataValue(3).value
    3
    """

    kind: ClassVar[str] = "int"
    value: int

    def __post_init__(self) -> None:
        _keep(self, "value", "a whole number", whole_number)


@of_kind
@dataclass(frozen=True)
class FloatMetadataValue(MetadataValue):
    """A number; plotted over partitions.

    >>> FloatMetadataValue(0.5).value
    0.5
    """

    kind: ClassVar[str] = "float"
    value: float

    def __post_init__(self) -> None:
        _keep(self, "value", "a number", any_number)


@of_kind
@dataclass(frozen=True)
class BoolMetadataValue(MetadataValue):
    """True or false.

    >>> BoolMetadataValue(True).value
    True
    """

    kind: ClassVar[str] = "bool"
    value: bool

    def __post_init__(self) -> None:
        _keep(self, "value", "True or False", truth)


@of_kind
@dataclass(frozen=True)
class UrlMetadataValue(MetadataValue):
    """An address, shown as a link.

    >>> UrlMetadataValue("https://example.org").url
    'https://example.org'
    """

    kind: ClassVar[str] = "url"
    url: str = field()  # type: ignore[assignment]  # field() hides the method of this name

    def __post_init__(self) -> None:
        _keep(self, "url", "an address", words)

    @property
    def value(self) -> str:
        """The address."""
        return self.url


@of_kind
@dataclass(frozen=True)
class PathMetadataValue(MetadataValue):
    """A path in a file system.

    >>> PathMetadataValue("data/daily.csv").value
    'data/daily.csv'
    """

    kind: ClassVar[str] = "path"
    fspath: str

    def __post_init__(self) -> None:
        _keep(self, "fspath", "a path", os.fsdecode)

    @property
    def value(self) -> str:
        """The path."""
        return self.fspath


@of_kind
@dataclass(frozen=True)
class NotebookMetadataValue(MetadataValue):
    """The path of a notebook.

    >>> NotebookMetadataValue("tour.ipynb").value
    'tour.ipynb'
    """

    kind: ClassVar[str] = "notebook"
    fspath: str

    def __post_init__(self) -> None:
        _keep(self, "fspath", "a path", os.fsdecode)

    @property
    def value(self) -> str:
        """The path."""
        return self.fspath


@of_kind
@dataclass(frozen=True)
class JsonMetadataValue(MetadataValue):
    """Anything that JSON can hold; a copy, with numbers that JSON lacks as text.

    >>> JsonMetadataValue({"a": (1, 2)}).data
    {'a': [1, 2]}
    """

    kind: ClassVar[str] = "json"
    data: Any

    def __post_init__(self) -> None:
        _keep(self, "data", "what JSON can hold", json_copy, says_why=True)

    @property
    def value(self) -> Any:
        """The data."""
        return self.data


@of_kind
@dataclass(frozen=True)
class MarkdownMetadataValue(MetadataValue):
    """A text in Markdown.

    >>> MarkdownMetadataValue("*late*").md_str
    '*late*'
    """

    kind: ClassVar[str] = "md"
    md_str: str

    def __post_init__(self) -> None:
        _keep(self, "md_str", "a text", words)

    @property
    def value(self) -> str:
        """The text."""
        return self.md_str


@of_kind
@dataclass(frozen=True)
class TimestampMetadataValue(MetadataValue):
    """A moment, in seconds since 1970 in UTC.

    >>> TimestampMetadataValue(1704067200.0).value
    1704067200.0
    """

    kind: ClassVar[str] = "timestamp"
    value: float

    def __post_init__(self) -> None:
        _keep(self, "value", "an aware datetime or seconds since 1970", seconds, says_why=True)


@of_kind
@dataclass(frozen=True)
class NullMetadataValue(MetadataValue):
    """Nothing.

    >>> NullMetadataValue().value
    """

    kind: ClassVar[str] = "null"

    @property
    def value(self) -> None:
        """None."""
        return None

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value; there is one."""

        def nothing(value: Any) -> None:
            if value is not None:
                raise TypeError

        taken(cls.kind, "None", nothing, data)
        return cls()

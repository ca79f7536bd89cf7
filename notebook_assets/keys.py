"""AssetKey, and all that may be written for one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import total_ordering
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError

CoercibleToAssetKey: TypeAlias = "AssetKey | str | Sequence[str]"

# What a key may not hold: control characters (they break tables, terminals and file names), lone surrogates (no UTF-8).
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


@total_ordering
class AssetKey:
    """The name of an asset: one or more parts, like the path of a table.

    Args:
        path: A string (one part), or a sequence of strings (several parts).

    Raises:
        InvalidDefinitionError: The path is empty, a part is not a string, is empty, or holds control characters.

    >>> AssetKey("daily_weather")
    AssetKey(['daily_weather'])
    >>> AssetKey(["warehouse", "daily_weather"]).to_user_string()
    'warehouse/daily_weather'
    """

    __slots__ = ("_hash", "parts")

    parts: tuple[str, ...]

    def __init__(self, path: str | Sequence[str]) -> None:
        parts = (path,) if isinstance(path, str) else tuple(path) if isinstance(path, Sequence) else None
        if not parts:
            raise InvalidDefinitionError(
                f"An asset key is a string or a list of strings with at least one part; got {path!r}."
            )
        for part in parts:
            if not isinstance(part, str) or not part:
                raise InvalidDefinitionError(f"Each part of an asset key is a string of some length; got {path!r}.")
            if not part.isprintable() and _FORBIDDEN.search(part):  # what is printable holds none of these
                raise InvalidDefinitionError(f"An asset key can't hold control characters; got {path!r}.")
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "_hash", hash(parts))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"An asset key can't be changed: tried to set {name!r} of {self!r}.")

    def __reduce__(self) -> tuple[type[AssetKey], tuple[list[str]]]:
        return AssetKey, (list(self.parts),)

    @property
    def path(self) -> list[str]:
        """The parts as a list."""
        return list(self.parts)

    @property
    def name(self) -> str:
        """The last part."""
        return self.parts[-1]

    @staticmethod
    def from_coercible(value: CoercibleToAssetKey) -> AssetKey:
        """Return the key for a key, a string (one part, slashes included) or a sequence of parts.

        >>> AssetKey.from_coercible(["a", "b"])
        AssetKey(['a', 'b'])
        """
        return value if isinstance(value, AssetKey) else AssetKey(value)

    @staticmethod
    def from_coercible_or_definition(value: Any) -> AssetKey:
        """Return the key of what has one (a definition, a spec, a source), else as :meth:`from_coercible`.

        >>> AssetKey.from_coercible_or_definition("a")
        AssetKey(['a'])
        """
        return AssetKey.from_coercible(getattr(value, "key", value))

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """Return the key for what a person types: parts joined by slashes.

        >>> AssetKey.from_user_string("a/b")
        AssetKey(['a', 'b'])
        """
        return AssetKey(text.split("/"))

    def to_user_string(self) -> str:
        """Return the parts joined by slashes, for people to read."""
        return "/".join(self.parts)

    @staticmethod
    def from_escaped_user_string(text: str) -> AssetKey:
        r"""Return the key for a string made by :meth:`to_escaped_user_string`; nothing is lost on the way.

        Raises:
            InvalidDefinitionError: A part is empty.

        >>> AssetKey.from_escaped_user_string(r"a\/b/c")
        AssetKey(['a/b', 'c'])
        """
        parts, characters = [""], iter(text)
        for character in characters:
            if character == "/":
                parts.append("")
            else:
                parts[-1] += next(characters, "") if character == "\\" else character
        return AssetKey(parts[:-1] if len(parts) > 1 and not parts[-1] else parts)

    def to_escaped_user_string(self) -> str:
        r"""Return the parts joined by slashes, with slashes and backslashes inside a part escaped.

        >>> AssetKey(["a/b", "c"]).to_escaped_user_string()
        'a\\/b/c'
        """
        return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in self.parts)

    @staticmethod
    def from_db_string(text: str | None) -> AssetKey | None:
        """Return the key for a string made by :meth:`to_string`, or for a name; None for nothing.

        >>> AssetKey.from_db_string('["a", "b"]')
        AssetKey(['a', 'b'])
        """
        if not text:
            return None
        return AssetKey(json.loads(text) if text.startswith("[") else text)

    def to_string(self) -> str:
        """Return the parts as a list in JSON, for programs to read.

        >>> AssetKey(["a", "b"]).to_string()
        '["a", "b"]'
        """
        return json.dumps(self.path)

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """Return the parts joined by double underscores, with dashes and dots as underscores, to name a function by.

        Args:
            suffix: One more part.

        >>> AssetKey(["ware-house", "daily"]).to_python_identifier("check")
        'ware_house__daily__check'
        """
        return "__".join(self.parts if suffix is None else (*self.parts, suffix)).replace("-", "_").replace(".", "_")

    def has_prefix(self, prefix: str | Sequence[str]) -> bool:
        """Whether the first parts are those of ``prefix``; a string is one part.

        >>> AssetKey(["a", "b"]).has_prefix("a")
        True
        """
        wanted = (prefix,) if isinstance(prefix, str) else tuple(prefix)
        return self.parts[: len(wanted)] == wanted

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """Return this key with one or more parts put before it."""
        return AssetKey([*((prefix,) if isinstance(prefix, str) else prefix), *self.parts])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetKey) and self.parts == other.parts

    def __lt__(self, other: object) -> bool:
        return self.parts < other.parts if isinstance(other, AssetKey) else NotImplemented

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined,no-any-return]  # set once in the constructor

    def __repr__(self) -> str:
        return f"AssetKey({self.path})"

    def __str__(self) -> str:
        return self.to_user_string()

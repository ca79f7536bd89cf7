"""Code identity: one digest for a function and all of the user's own code and constants that it names, to any depth.

What counts is decided in the files beside this one: whose code (fingerprint_scope), what of a function
(fingerprint_tree), of a class (fingerprint_classes), of a constant (fingerprint_values). What can't be looked at is
named in ``unknown`` instead of being guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from notebook_assets.assets.fingerprint_source import hex_digest
from notebook_assets.assets.fingerprint_texts import part_texts
from notebook_assets.assets.fingerprint_walk import BODY, CodeWalk


@dataclass(frozen=True)
class CodeFingerprint:
    """What a function's code was, in a form that can be stored and compared.

    Args:
        digest: 16 hex digits; equal as long as nothing changed that may change what the function does. Versions of
            libraries are kept in ``parts`` and don't count here.
        parts: For each function, class, constant, asset and library that the code names, by its name in its module:
            its kind and digest, such as ``"function:40f89e395b66422f"``; the function itself is ``"<body>"``.
        unknown: What could not be looked at, and why.
        named: The functions, classes and constants themselves, by the names of their parts.
    """

    digest: str
    parts: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def sources(self) -> dict[str, str]:
        """Return the source of each part where it is to be had; slower than the rest, so only for what is kept.

        >>> limit = 3
        >>> code_fingerprint(lambda: limit).sources()["limit"]
        '3'
        """
        return part_texts(self.named)


def code_fingerprint(fn: Callable[..., Any], config: type | Mapping[str, Any] | None = None) -> CodeFingerprint:
    """Return the identity of a function's code and of all that it names in the user's own code.

    Args:
        fn: A function, lambda, partial, bound method, or any other callable.
        config: The class of its configuration, or the defaults of its schema: they have a say in what it does.

    >>> limit = 3
    >>> def rows(): return list(range(limit))
    >>> before = code_fingerprint(rows)
    >>> sorted(before.parts)
    ['<body>', 'limit']
    >>> limit = 4
    >>> fingerprint_changes(before.parts, code_fingerprint(rows).parts)
    ['constant `limit` changed']
    """
    inner: Any = fn
    while not isinstance(inner, FunctionType | type) and callable(getattr(inner, "func", None)):
        inner = inner.func
    inner = getattr(inner, "__func__", inner)
    home = inner.__globals__.get("__name__") if isinstance(inner, FunctionType) else getattr(inner, "__module__", None)
    walk = CodeWalk(home if isinstance(home, str) else "__main__")
    walk.begin(fn, config)
    walk.run()
    counted = (f"{name} {_without_version(part)}" for name, part in sorted(walk.parts.items()))
    unknown = tuple(f"{name}: {why}" for name, why in sorted(walk.unknown.items()))
    return CodeFingerprint(hex_digest("\n".join(counted)), dict(sorted(walk.parts.items())), unknown, walk.named())


def _without_version(part: str) -> str:
    return "library" if part.startswith("library:") else part


_KINDS = {
    "function": "helper",
    "class": "class",
    "constant": "constant",
    "asset": "asset",
    "library": "library",
}


def fingerprint_changes(old_parts: Mapping[str, str], new_parts: Mapping[str, str]) -> list[str]:
    """Say what changed between the parts of two fingerprints, the body first.

    >>> fingerprint_changes({"<body>": "function:1", "clean": "function:2"}, {"<body>": "function:3"})
    ['the body changed', 'helper `clean` is no longer used']
    """
    return [
        _change(name, old_parts.get(name), new_parts.get(name))
        for name in sorted({*old_parts, *new_parts})
        if old_parts.get(name) != new_parts.get(name)
    ]


def _change(name: str, old: str | None, new: str | None) -> str:
    if name == BODY:
        return "the body changed"
    kind, _, version = (new or old or "").partition(":")
    if kind == "input":
        parameter = name.removeprefix("input ")
        return f"the input `{parameter}` is another asset" + (f" now: {version}" if new else " now")
    if kind == "metadata":
        return f"the {name} changed"
    subject = (
        f"{_KINDS.get(kind, kind)} `{name.removeprefix('asset ')}`" if kind != "mapping" else f"code of the {name}"
    )
    if new is None:
        return f"{subject} is no longer used"
    if kind == "missing":
        return f"`{name}` is not defined any more" if old else f"`{name}` is named, but not defined"
    if old is None or old.startswith("missing:"):
        return f"{subject} is new"
    if kind == "library":
        return f"{subject} went from {old.partition(':')[2] or 'no version'} to {version or 'no version'}"
    return f"{subject} changed"

"""How parts of a selection are written: quoting, wildcards, and marks for source assets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Writing:
    """How a selection is written.

    Args:
        sources: Whether what is written stands within ``with_sources(...)``, where ``*``, groups and the like select
            source assets, too.
        exactly: Whether it is written such that the very same is read again; else as the reference writes it, which
            leaves unsaid whether source assets are selected.
    """

    sources: bool = False
    exactly: bool = True

    def marked(self, text: str, include_sources: bool) -> str:
        """Return the text of a part, with a mark where it differs from what is around it."""
        return f"with_sources({text})" if self.exactly and include_sources and not self.sources else text


EXACTLY = Writing()


def escaped(text: str) -> str:
    r"""Return a text as a pattern that matches only it.

    >>> escaped("a*b")
    'a\\*b'
    """
    return text.replace("\\", "\\\\").replace("*", "\\*")


def quoted(text: str, pattern: bool = False) -> str:
    """Return a text in double quotes, as the syntax reads it; for a key or group its stars are taken literally."""
    return quoted_pattern(escaped(text)) if pattern else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_pattern(pattern: str) -> str:
    """Return a pattern in double quotes, its stars still wildcards."""
    return '"' + pattern.replace('"', '\\"') + '"'


@lru_cache(maxsize=256)
def wildcard(pattern: str) -> Callable[[str], bool]:
    """Return the test for a pattern.

    >>> [wildcard("a*")(name) for name in ("a", "ab", "ba")]
    [True, True, False]
    """
    pieces = re.findall(r"\\.|\*|[^\\*]+|\\$", pattern, re.DOTALL)
    regex = "".join(".*" if p == "*" else re.escape(p[1:] if len(p) == 2 and p[0] == "\\" else p) for p in pieces)
    compiled = re.compile(regex, re.DOTALL)
    return lambda text: compiled.fullmatch(text) is not None

"""How assets and partition keys are typed in the lines of magics: in quotes where they need them."""

from __future__ import annotations

import re

from notebook_assets.keys import AssetKey
from notebook_assets.selection import AssetSelection

QUOTES = "\"'"
_BARE = re.compile(r"[^\W\d][\w/.-]*")
_WORDS = ("and", "or", "not", "all", "roots", "sinks")


def typed_selection(key: AssetKey) -> str:
    """Return the selection of one asset, as short as it can be.

    >>> print(typed_selection(AssetKey("daily")), typed_selection(AssetKey("two words")))
    daily key:"two words"
    """
    is_plain = not any("/" in part for part in key.parts)
    return typed_name(key.to_user_string()) if is_plain else _in_quotes(key.to_user_string())


def typed_name(name: str) -> str:
    """Return what stands in a selection for the asset whose key people write as ``name``.

    >>> print(typed_name("a/b"), typed_name("a+b"), typed_name("or"))
    a/b key:"a+b" key:"or"
    """
    is_bare = _BARE.fullmatch(name) and name.casefold() not in _WORDS
    return name if is_bare else _in_quotes(name)


def _in_quotes(name: str) -> str:
    return str(AssetSelection.assets(AssetKey([name])))


def quote(text: str, mark: str = '"') -> str:
    r"""Return ``text`` in the form that a magic reads back as the same text, in quotes only if it needs them.

    >>> print(quote("EWR"), quote("New York"), quote("O'Hare"), quote('say "hi"'), quote("why?"))
    EWR "New York" O'Hare "say \"hi\"" "why?"
    """
    needs = not text or text[0] in QUOTES or text[0] == "-" or any(character.isspace() for character in text)
    # A last ? asks IPython for help, a last ; silences the cell, and a ! may be the shell's.
    return quoted(text, mark) if needs or re.search(r"\.\.\.[\"']|[?!;]", text) else text


def quoted(text: str, mark: str = '"') -> str:
    """Return ``text`` between quotes.

    >>> print(quoted("EWR", "'"))
    'EWR'
    """
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return f"{mark}{escaped}{mark}"

"""Escaping: the one place that decides how foreign text appears in HTML, SVG, DOT and a terminal.

Control characters, invisible direction marks (which can make text read differently from what it is) and characters
that XML forbids are replaced by visible signs everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# C0, DEL and C1 controls, lone surrogates, non-characters, and everything that turns the direction of writing around.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})


def visible(text: object, *, keep: str = "") -> str:
    r"""Return ``text`` with control characters and direction marks replaced by signs that can be seen.

    Args:
        text: Anything; ``str`` is applied.
        keep: Characters that may stay, such as ``"\n\t"``.

    >>> visible("a\tb\x1b[0m")
    'a␉b␛[0m'
    >>> visible("txt.\u202eexe")
    'txt.⟨U+202E⟩exe'
    """
    return _UNSAFE.sub(lambda match: match[0] if match[0] in keep else _sign(match[0]), str(text))


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"⟨U+{code:04X}⟩"


def markup(text: object) -> str:
    """Return ``text`` for the inside of an HTML or SVG element, or of a quoted attribute.

    >>> markup("<b>'1' & \\"2\\"</b>")
    '&lt;b&gt;&#39;1&#39; &amp; &quot;2&quot;&lt;/b&gt;'
    """
    return visible(text).translate(_MARKUP)


def markup_lines(text: object) -> str:
    r"""Return ``text`` for a ``<pre>`` element: as :func:`markup`, with line breaks and tabs kept.

    >>> markup_lines("if a < b:\n\tpass")
    'if a &lt; b:\n\tpass'
    """
    return visible(str(text).replace("\r\n", "\n"), keep="\n\t").translate(_MARKUP)


def dot_text(text: object) -> str:
    """Return ``text`` for a DOT label: entities and escapes such as ``\\N`` are shown, not followed.

    The quotes around it are left to the ``graphviz`` package.

    >>> dot_text("a & b\\\\N")
    'a &amp; b\\\\\\\\N'
    """
    return visible(text).replace("&", "&amp;").replace("\\", "\\\\")


def terminal(text: object, most: int | None = None) -> str:
    """Return ``text`` on one line for a terminal, shortened in the middle to ``most`` columns.

    >>> terminal("a\\x1b[31mred", most=8)
    'a␛[3…red'
    """
    seen = visible(text)
    return seen if most is None else shorten(seen, most)


def shorten(text: str, most: int) -> str:
    """Return ``text`` cut in the middle to at most ``most`` terminal columns (at least 3).

    >>> shorten("2013-01-01T00:00 and more", 11)
    '2013-… more'
    """
    most = max(most, 3)
    # The first test is cheap; the last keeps a heap of combining marks, which take no columns, from getting through.
    if len(text) <= most // 2 or (width(text) <= most and len(text) <= 4 * most):
        return text
    tail_room = (most - 1) // 2
    head = _fitting(text[:most], most - 1 - tail_room)
    tail = _fitting(text[-most:][::-1], tail_room)[::-1]
    while tail and unicodedata.combining(tail[0]):
        tail = tail[1:]
    return f"{head}…{tail}"


def _fitting(text: str, room: int) -> str:
    for index, character in enumerate(text):
        room -= width(character)
        if room < 0:
            return text[:index]
    return text


def width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes: wide characters two, combining marks none.

    >>> width("né日本")
    6
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def pad(text: str, columns: int, align: str = "left") -> str:
    """Return ``text`` filled with spaces to ``columns`` terminal columns.

    >>> pad("7", 3, "right")
    '  7'
    """
    room = max(columns - width(text), 0)
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def safe_url(url: str) -> str | None:
    """Return ``url`` if it may be the target of a link, else None: scripts and data have no place there.

    >>> safe_url("https://example.org/a?b=1")
    'https://example.org/a?b=1'
    >>> safe_url("javascript:alert(1)")
    """
    cleaned = str(url).strip()
    if _UNSAFE.search(cleaned) or any(character.isspace() for character in cleaned):
        return None
    try:
        scheme = urlsplit(cleaned).scheme.lower()
    except ValueError:
        return None
    return cleaned if scheme in _SAFE_SCHEMES or (not scheme and cleaned.startswith("#")) else None

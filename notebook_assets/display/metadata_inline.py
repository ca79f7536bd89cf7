"""What Markdown marks inside a line: code, links, bold, italic, struck out; the rest is escaped text."""

from __future__ import annotations

import re

from notebook_assets.display.escape import markup, visible
from notebook_assets.display.rich import link

# Each part has a length at most, so that no text takes long, whatever it holds.
_MARKS = re.compile(
    r"(?P<escaped>\\[!-/:-@\[-`{-~])"
    r"|(?P<code>(?P<ticks>`{1,3})(?P<inside>[^`]{1,1000})(?P=ticks)(?!`))"
    r"|!?\[(?P<words>[^\[\]\n]{0,300})\]\((?P<target>[^()\s]{1,1000})(?:\s\"[^\"\n]{0,200}\")?\)"
    r"|<(?P<address>https?://[^<>\s]{1,1000})>"
    r"|(?P<bare>https?://[^\s<>\"'()\[\]]{1,1000})"
    r"|\*\*(?P<bold>(?=\S)(?:[^*\n]|\*(?!\*)){1,1000}(?<=\S))\*\*"
    r"|(?<!\w)__(?P<bold_too>(?=\S)[^_\n]{1,1000}(?<=\S))__(?!\w)"
    r"|\*(?P<italic>(?=[^\s*])[^*\n]{1,1000}(?<=\S))\*"
    r"|(?<!\w)_(?P<italic_too>(?=\S)[^_\n]{1,1000}(?<=\S))_(?!\w)"
    r"|~~(?P<struck>(?=\S)[^~\n]{1,1000}(?<=\S))~~"
)
_TAGS = {"bold": "b", "bold_too": "b", "italic": "i", "italic_too": "i", "struck": "s"}
_DEEPEST = 4


def inline(text: str, depth: int = 0) -> str:
    """Return a line of Markdown as HTML; pictures become links, since nothing is loaded.

    >>> inline("*late* & `<b>`")
    '<i>late</i> &amp; <span class="nba-mono">&lt;b&gt;</span>'
    >>> inline("[here](javascript:alert(1))")
    '[here](javascript:alert(1))'
    """
    if depth > _DEEPEST:
        return markup(text)
    parts, at = [], 0
    for found in _MARKS.finditer(text):
        parts += [markup(text[at : found.start()]), _marked(found, depth)]
        at = found.end()
    return "".join([*parts, markup(text[at:])])


def _marked(found: re.Match[str], depth: int) -> str:
    groups = {name: inside for name, inside in found.groupdict().items() if inside is not None}
    if "escaped" in groups:
        return markup(groups["escaped"][1])
    if "code" in groups:
        return f'<span class="nba-mono">{markup(groups["inside"])}</span>'
    if "target" in groups:
        return link(groups["target"], visible(groups["words"]) or groups["target"]).html
    if "address" in groups:
        return link(groups["address"]).html
    if "bare" in groups:
        address = groups["bare"].rstrip(".,;:!?")
        return link(address).html + markup(groups["bare"][len(address) :])
    ((name, inside),) = groups.items()
    return f"<{_TAGS[name]}>{inline(inside, depth + 1)}</{_TAGS[name]}>"

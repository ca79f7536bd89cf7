"""Two versions of a source as a unified diff: lines with + and -, coloured in HTML."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice

from notebook_assets.display.escape import markup_lines, visible
from notebook_assets.display.rich import Rich

_CLASSES = {"+": "nba-added", "-": "nba-removed", "@": "nba-soft"}


def diff_lines(old: str, new: str) -> list[str]:
    """Return the lines of the unified diff, without its head; none where both are equal.

    >>> diff_lines("a = 1", "a = 2")
    ['@@ -1 +1 @@', '-a = 1', '+a = 2']
    """
    return list(islice(unified_diff(old.splitlines(), new.splitlines(), lineterm=""), 2, None))


def source_diff(old: str, new: str) -> Rich:
    """Return what changed between two sources, line by line.

    >>> source_diff("a = 1", "a = 2")
    @@ -1 +1 @@
    -a = 1
    +a = 2
    """
    lines = diff_lines(old, new)
    html = "\n".join(_line(line) for line in lines)
    return Rich(f'<pre class="nba-pre">{html}</pre>', "\n".join(visible(line, keep="\t") for line in lines))


def _line(line: str) -> str:
    css = _CLASSES.get(line[:1])
    return f'<span class="{css}">{markup_lines(line)}</span>' if css else markup_lines(line)

"""The line of people's own code that a traceback ends in, found in its text."""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Iterable
from pathlib import PurePath

_FRAME = re.compile(
    r'^  (?:File "(?P<file>[^"\n]+)"|(?P<cell>Cell In ?\[\d+\])), line (?P<number>\d+)(?:, in (?P<name>[^\n]*))?[^\n]*'
    r"(?:\n    (?P<source>\S[^\n]*))?",
    re.MULTILINE,
)
_BEGINNING = "Traceback (most recent call last):\n"
_INSTALLED = ("site-packages", "dist-packages")
_STANDARD = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_OWN = str(PurePath(__file__).parents[1])
_LONGEST = 80


def user_line(traceback: str | None) -> str | None:
    r"""Return the last line of people's own code in a traceback; None where it has none.

    The file is named only where it is another one than that of the first frame, which is the asset's function.

    >>> print(user_line('Traceback (most recent call last):\n  Cell In[2], line 4, in n\n    z / 0\nValueError: boo\n'))
    line 4: `z / 0`
    """
    frames = _frames(traceback)
    last = _last_own(frames)
    if last is None:
        return None
    where = f"line {last['number']}"
    if (last["file"], last["cell"]) != (frames[0]["file"], frames[0]["cell"]):
        where = f"{last['cell'] or PurePath(last['file']).name}, {where}"
    source = (last["source"] or "").strip()
    if not source:
        return where
    return f"{where}: `{source if len(source) <= _LONGEST else f'{source[:_LONGEST]}…'}`"


def user_place(traceback: str | None) -> str:
    r"""Return where the last line of people's own code in a traceback stands: cell or file, line and function.

    >>> user_place('Traceback (most recent call last):\n  Cell In[2], line 4, in n\n    z / 0\nValueError: boo\n')
    'Cell In[2], line 4, in n'
    """
    last = _last_own(_frames(traceback))
    if last is None:
        return ""
    where = f"{last['cell'] or PurePath(last['file']).name}, line {last['number']}"
    return f"{where}, in {last['name']}" if last["name"] else where


def _frames(traceback: str | None) -> list[re.Match[str]]:
    """Return the frames of the last error of a traceback; the errors that it came from are told before it."""
    return list(_FRAME.finditer((traceback or "").rpartition(_BEGINNING)[2]))


def _last_own(frames: Iterable[re.Match[str]]) -> re.Match[str] | None:
    own = [frame for frame in frames if not _is_of_a_package(frame["file"])]
    with_source = [frame for frame in own if frame["source"]]  # a made-up file has none
    found = with_source or own
    return found[-1] if found else None


def _is_of_a_package(file: str | None) -> bool:
    """Whether a file belongs to Python or to an installed package."""
    if file is None:
        return False
    is_standard = file.startswith(("<frozen ", *_STANDARD, _OWN))
    return is_standard or any(name in PurePath(file).parts for name in _INSTALLED)

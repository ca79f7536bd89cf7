"""What may have been meant by a tag that no asset has, as it is written in a selection."""

from __future__ import annotations

import re
from collections.abc import Collection

from notebook_assets.errors import near_matches
from notebook_assets.selection.written_forms import quoted

_MOST = 5


def near_tags(name: str, value: str, known: Collection[tuple[str, str]]) -> str:
    """Return a sentence that names the tags that may have been meant, with their values; "" where none is like it.

    Args:
        name: The name of the tag.
        value: Its value, empty where none was written.
        known: The names and values of all tags that there are.

    >>> near_tags("speed", "slw", {("speed", "slow"), ("speed", "fast"), ("tier", "1")})
    ' Did you mean tag:speed=slow?'
    >>> near_tags("speed", "", {("speed", "slow"), ("speed", "fast")})
    ' There is tag:speed=fast, tag:speed=slow.'
    """
    names = sorted({each for each, _ in known})
    if name not in names:
        near = near_matches(name, names)
        if not near:
            return f" There is {_written(known)}." if 0 < len(known) <= _MOST else ""
        of_it = [tag for tag in known if tag[0] == near[0]]
        return f" Did you mean {_written([(near[0], value)] if (near[0], value) in of_it else of_it, ' or ')}?"
    values = sorted(text for each, text in known if each == name)
    meant = near_matches(value, values, most=1) if value else []
    if meant:
        return f" Did you mean {_written([(name, meant[0])])}?"
    return f" There is {_written([(name, text) for text in values])}."


def _written(tags: Collection[tuple[str, str]], between: str = ", ") -> str:
    each = [f"tag:{_word(name)}" + (f"={_word(text)}" if text else "") for name, text in sorted(tags)]
    return between.join([*each[:_MOST], *(["…"] if len(each) > _MOST else [])])


def _word(text: str) -> str:
    return text if re.fullmatch(r"[\w.-]+", text) else quoted(text)

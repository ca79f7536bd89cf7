"""What failed and what was skipped in a run, in groups, each as a note in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notebook_assets.diagnosis import quote, typed_selection
from notebook_assets.diagnosis.key_ranges import counted_ranges, key_ranges
from notebook_assets.display import (
    Rich,
    below,
    code,
    count,
    joined,
    markup,
    note,
    plain,
    plural,
    soft,
    terminal,
    visible,
)
from notebook_assets.keys import AssetKey

MOST_GROUPS = 10
"""How many groups of failures are shown, and of skips; of the rest, only how many there are."""

MOST_LINES = 6
"""How many lines of an error are shown."""

MOST_RANGES = 4
"""How many ranges of partitions of one group are shown."""

_COLUMNS = 100
_HOW_MANY = re.compile(r"(one call makes )[\d,]+ (?=partition)")
_LONGEST_UNBROKEN = 60

KeysByPosition = Mapping[AssetKey, Sequence[str | None]]


@dataclass(frozen=True)
class FailureGroup:
    """The pieces of one asset that failed with the same first line of an error; ``error`` is the first of these."""

    key: AssetKey
    partitions: tuple[str | None, ...]
    error: str
    place: str = ""
    """Where in people's own code the first of these was raised, where that is known."""


@dataclass(frozen=True)
class SkipGroup:
    """The pieces of one asset that were skipped; ``missing`` is what the first of them lacks."""

    key: AssetKey
    partitions: tuple[str | None, ...]
    missing: tuple[str, ...]
    is_excused: bool
    shortage: str = ""
    """What is said of the first of them in place of ``missing``, as :class:`StepSkip` has it."""
    nonexistent: tuple[str, ...] = ()
    """Those of ``missing`` that are no partitions."""


def without_piece(error: str, name: str) -> str:
    """Return the first line of an error without what it says of the piece or range that failed: what others share.

    Args:
        error: The line.
        name: The asset.

    >>> without_piece("OutputTypeError: daily[3...5]: one call makes 3 partitions, so it gives a dict", "daily")
    'OutputTypeError: daily[]: one call makes partitions, so it gives a dict'
    """
    if f"{name}[" not in error:
        return error
    return _HOW_MANY.sub(r"\1", re.sub(re.escape(name) + r"\[[^\]]*\]", lambda _: f"{name}[]", error))


def failure_notes(groups: Sequence[FailureGroup], keys: KeysByPosition) -> list[Rich]:
    """Return a note for each group, and one for those that are too many.

    >>> groups = [FailureGroup(AssetKey("gust"), ("a", "b", "c"), "ValueError: no wind")]
    >>> failure_notes(groups, {AssetKey("gust"): ["a", "b", "c", "d"]})[0]
    gust failed for 3 partitions: a...c
      ValueError: no wind
    """
    notes = []
    for group in groups[:MOST_GROUPS]:
        head: list[Rich | str] = [f"{terminal(group.key.to_user_string())} failed"]
        if group.partitions[0] is not None:
            head += [
                f" for {plural(len(group.partitions), 'partition')}: ",
                ranges_words(group.key, group.partitions, keys),
            ]
        where = [place_words(group.place, group.key, group.partitions[0])] if group.place else []
        notes.append(note(below(joined(head, ""), _error(group.error), *where), "error"))
    others = groups[MOST_GROUPS:]
    if others:
        ways = plural(len(others), "other way")
        notes.append(soft(f"{_pieces(others)} more failed, in {ways}; the result's failures holds them all."))
    return notes


def skip_notes(
    groups: Sequence[SkipGroup], keys: KeysByPosition, mendable: Mapping[AssetKey, frozenset[int]]
) -> list[Rich]:
    """Return a note for each group, and one for those that are too many.

    Args:
        groups: The groups, in the order in which they are to be shown.
        keys: The partition keys of each asset by position.
        mendable: By asset, the positions of what a run with all upstream could make.

    >>> day = AssetKey("day")
    >>> skip_notes([SkipGroup(day, ("1", "2"), ("hour[7]", "hour[8]", "hour[9]"), False)], {}, {})[0]
    day was skipped for 2 partitions (1, 2): the first needs hour[7] and 2 more
    """
    notes = []
    for group in groups[:MOST_GROUPS]:
        told = _skip_sentence(group, keys)
        if group.is_excused:
            told = below(told, soft("That is no failure: something upstream yielded no output."))
        else:
            what_to_do = _what_to_do(group, keys, mendable.get(group.key, frozenset()))
            told = below(told, what_to_do) if what_to_do else told
        notes.append(note(told, "" if group.is_excused else "warning"))
    others = groups[MOST_GROUPS:]
    if others:
        assets = plural(len(others), "other asset")
        notes.append(soft(f"{_pieces(others)} more were skipped, of {assets}; the result's skips holds them all."))
    return notes


def cut_at_end(text: str, most: int = MOST_LINES, columns: int = _COLUMNS) -> list[str]:
    """Return the lines of a text, at most as many as fill ``most`` rows of ``columns`` characters.

    >>> cut_at_end("one two three", most=2, columns=5), cut_at_end("a\\nb", most=2)
    (['one two …'], ['a', 'b'])
    """
    kept: list[str] = []
    for line in text.expandtabs(4).splitlines():
        rows = textwrap.wrap(line[: columns * (most + 1)], columns) or [""]
        if len(rows) > most:
            return [*kept, " ".join([*rows[:most], "…"])] if most else _with_dots(kept)
        kept.append(line)
        most -= len(rows)
    return kept


def _with_dots(lines: Sequence[str]) -> list[str]:
    return [*lines[:-1], f"{lines[-1]} …"]


def _error(text: str) -> Rich:
    """Return an error in the font of code, all of it to be read: long lines go on in the next."""
    lines = cut_at_end(text)
    rows = [row for line in lines for row in textwrap.wrap(visible(line), _COLUMNS) or [""]]
    html = "\n".join(markup(line) for line in lines)
    return Rich(
        f'<div class="nba-mono" style="white-space:pre-wrap">{html}</div>', "\n".join(f"  {row}" for row in rows)
    )


def place_words(place: str, key: AssetKey, partition: str | None) -> Rich:
    """Return where a piece failed, and the line that shows the whole traceback.

    >>> place_words("Cell In[2], line 4, in daily", AssetKey("daily"), None)
      at Cell In[2], line 4, in daily; `%explain daily` has the traceback.
    """
    return joined([soft(f"  at {place};"), _quoted_code(explain_line(key, partition)), soft("has the traceback.")])


def explain_line(key: AssetKey, partition: str | None) -> str:
    """Return the line that explains a piece.

    >>> explain_line(AssetKey("daily"), "2024-01-01")
    '%explain daily 2024-01-01'
    """
    words = ["%explain", quote(key.to_user_string()), *([] if partition is None else [quote(partition)])]
    return " ".join(words)


def ranges_words(key: AssetKey, partitions: Sequence[str | None], keys: KeysByPosition) -> Rich:
    """Return partitions of an asset, neighbours as ranges; the first few, where they are many.

    Args:
        key: The asset.
        partitions: The partitions.
        keys: The partition keys of each asset by position.

    >>> ranges_words(AssetKey("day"), ["a", "b", "d"], {AssetKey("day"): ["a", "b", "c", "d"]})
    a...b, d
    """
    positions = _positions(key, partitions, keys)
    ranges = [(str(each), 1) for each in partitions] if positions is None else counted_ranges(keys[key], positions)
    shown = joined([_unbroken(keys_range) for keys_range, _ in ranges[:MOST_RANGES]], ", ")
    if len(ranges) <= MOST_RANGES:
        return shown
    rest = len(partitions) - sum(many for _, many in ranges[:MOST_RANGES])
    return joined([shown, f"and {count(rest)} more"])


def _skip_sentence(group: SkipGroup, keys: KeysByPosition) -> Rich:
    parts: list[Rich | str] = [f"{terminal(group.key.to_user_string())} was skipped"]
    if group.partitions[0] is not None:
        parts += [
            f" for {plural(len(group.partitions), 'partition')} (",
            ranges_words(group.key, group.partitions, keys),
            ")",
        ]
    if group.shortage:
        which = "" if len(group.partitions) == 1 else "of the first, "
        return joined([*parts, f": {which}{terminal(group.shortage)}", no_such(group.nonexistent)], "")
    first, *others = group.missing
    parts += [f": {'it' if len(group.partitions) == 1 else 'the first'} needs ", _unbroken(first)]
    if others:
        parts += [" and ", _unbroken(others[0]) if len(others) == 1 else f"{count(len(others))} more"]
    return joined([*parts, no_such(group.nonexistent, of=group.missing)], "")


def no_such(nonexistent: Sequence[str], of: Sequence[str] = ()) -> str:
    """Return what is said of missing pieces that are no partitions, as a sentence goes on; nothing where all are some.

    Args:
        nonexistent: Their names.
        of: All that are missing; where they are one, its name was just said.

    >>> no_such(["day[2013-02-30]"], of=["day[2013-02-30]"])
    ', but there is no such partition'
    >>> no_such(["day[2013-02-30]"], of=["day[2013-02-27]", "day[2013-02-30]"])
    ', but there is no day[2013-02-30]'
    """
    if not nonexistent:
        return ""
    if list(of) == list(nonexistent) and len(of) == 1:
        return ", but there is no such partition"
    more = f" and {count(len(nonexistent) - 1)} more" if len(nonexistent) > 1 else ""
    return f", but there is no {terminal(nonexistent[0])}{more}"


def _what_to_do(group: SkipGroup, keys: KeysByPosition, mendable: frozenset[int]) -> Rich | None:
    """Return the line that makes what the pieces need, as far as a line can."""
    positions = [at for at in _positions(group.key, group.partitions, keys) or () if at in mendable]
    if not positions:
        return None
    words = ["%materialize", typed_selection(group.key)]
    if group.partitions[0] is not None:
        ranges = key_ranges(keys[group.key], positions)
        few = [word for keys_range in ranges for word in ("-p", quote(keys_range))]
        words += few if len(ranges) <= MOST_RANGES else ["--only", "failed"]  # as skipped ones are, too
    words.append("--upstream")
    which = "it" if len(group.partitions) == len(group.missing) == 1 else "these"
    if len(positions) < len(group.partitions):
        which = f"what {count(len(positions))} of them {'needs' if len(positions) == 1 else 'need'}"
    return joined([_quoted_code(" ".join(words)), f"makes {which} first."])


def _quoted_code(line: str) -> Rich:
    return Rich(code(line).html, f"`{terminal(line)}`")


def _unbroken(name: str) -> Rich:
    """Return a name that is not broken at its hyphens, unless it is too long for a line."""
    if len(name) > _LONGEST_UNBROKEN:
        return plain(terminal(name))
    return Rich(f'<span style="white-space:nowrap">{markup(name)}</span>', terminal(name))


def _positions(key: AssetKey, partitions: Sequence[str | None], keys: KeysByPosition) -> list[int] | None:
    """Return the ascending positions of some partitions; None where they are not known."""
    wanted = set(partitions)
    found = [at for at, each in enumerate(keys.get(key, ())) if each in wanted]
    return found if len(found) == len(wanted) else None


def _pieces(groups: Sequence[FailureGroup] | Sequence[SkipGroup]) -> str:
    return count(sum(len(group.partitions) for group in groups))

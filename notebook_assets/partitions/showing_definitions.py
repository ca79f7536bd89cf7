"""What a partitions definition says of itself: its kind, its keys, their windows, the next key, an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from notebook_assets.display import Rich, Showable, code, count, facts, joined, plain, plural, soft, stack, title_line
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.partitions.cron_words import cron_in_words
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.ranges import TimeWindow
from notebook_assets.partitions.shown import shown
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition

_FEW = 6
Pairs = list[tuple[str, Showable]]


def key_list(keys: Sequence[str], most: int = _FEW) -> Rich:
    """Return keys in a line: all if they are few, else the first and the last.

    >>> key_list(["EWR", "JFK"]), key_list(list("abcdefghij"))
    (EWR, JFK, a, b, c, … j)
    """
    if not keys:
        return soft("none yet")
    few = keys if len(keys) <= most else keys[: most // 2]
    ends = [] if len(keys) <= most else [f"… {keys[-1]}"]
    return code(", ".join([*few, *ends]))


def window_words(window: TimeWindow) -> str:
    """Return a window as the clocks show it, and its length where it is no full number of days.

    >>> from notebook_assets.partitions import DailyPartitionsDefinition
    >>> days = DailyPartitionsDefinition("2013-01-01", timezone="America/New_York")
    >>> window_words(days.time_window_for_partition_key("2013-03-10"))
    '2013-03-10 00:00 −05:00 up to 2013-03-11 00:00 −04:00 (23 h)'
    """
    hours = (window.end.timestamp() - window.start.timestamp()) / 3600
    length = f"{hours:g} h" if hours >= 1 else f"{60 * hours:g} min"
    whole = hours >= 24 and hours % 24 == 0
    days = plural(int(hours // 24), "day")
    return f"{_moment(window.start)} up to {_moment(window.end)} ({days if whole else length})"


def _moment(moment: datetime) -> str:
    offset = f"{moment:%z}"
    return f"{moment:%Y-%m-%d %H:%M} {'−' if offset[0] == '-' else '+'}{offset[1:3]}:{offset[3:5]}"


@shown.register
def _of_any(definition: PartitionsDefinition) -> Rich:
    there, many, problem = _there(definition)
    pairs: Pairs = _named(definition)
    if problem:
        pairs.append(("keys", soft(problem)))
    elif many:
        pairs.append(("keys", key_list(_ends(there, many)) if many <= 500 else _first_and_last(there, many)))
    else:
        pairs.append(("keys", soft("none yet")))
    dimensions: Mapping[str, PartitionsDefinition] | None = getattr(definition, "dimensions", None)
    for name, dimension in (dimensions or {}).items():
        pairs.append((name, _dimension(dimension)))
    if dimensions and many and not problem:
        pairs.append(("example", _example(there, many)))
    return _whole(definition, many if not problem else None, pairs)


def _ends(definition: PartitionsDefinition, many: int) -> list[str]:
    return definition.keys_of_span(0, many)


def _first_and_last(definition: PartitionsDefinition, many: int) -> Rich:
    return code(f"{', '.join(definition.keys_of_span(0, 3))}, … {definition.key_at(many - 1)}")


def _named(definition: PartitionsDefinition) -> Pairs:
    """The name under which the store keeps a dynamic definition's keys, and how keys come."""
    name = getattr(definition, "name", None)
    if not isinstance(name, str):
        return []
    how = joined([code(name), soft("· its keys are in the store: Instance.add_dynamic_partitions adds some")])
    return [("name", how)]


def _dimension(definition: PartitionsDefinition) -> Rich:
    there, many, problem = _there(definition)
    if problem:
        return joined([definition.label, soft(problem)], " · ")
    ends = f"{there.key_at(0)} … {there.key_at(many - 1)}" if many > 1 else there.key_at(0) if many else "none yet"
    return joined([f"{definition.label}, {count(many)}", code(ends)], " · ")


def _example(definition: PartitionsDefinition, many: int) -> Rich:
    key = definition.key_at(many - 1)
    parts: Mapping[str, str] = getattr(key, "keys_by_dimension", {})
    said = ", ".join(f"{name} {part}" for name, part in parts.items())
    return joined([code(key), soft(f"is {said}")]) if said else code(key)


@shown.register
def _of_windows(definition: TimeWindowPartitionsDefinition) -> Rich:
    many = definition.get_num_partitions()
    pairs: Pairs = []
    if many:
        first, last = definition.key_at(0), definition.key_at(many - 1)
        pairs.append(("keys", code(first if many == 1 else f"{first} … {last}")))
    else:
        pairs.append(("keys", soft("none yet")))
    pairs.append(("starting", _starting(definition)))
    if definition.exclusions:
        pairs.append(("without", _without(definition.exclusions)))
    pairs.append(("next", _next(definition, many)))
    if many:
        words = window_words(definition.window_at(many - 1))
        pairs.append(("example", joined([code(definition.key_at(many - 1)), soft(f"is {words}")])))
    return _whole(definition, many, pairs)


def _without(exclusions: Sequence[str | datetime]) -> str:
    words = [cron_in_words(each) if isinstance(each, str) else _moment(each) for each in exclusions[:_FEW]]
    more = len(exclusions) - _FEW
    return "; ".join([*words, *([f"{count(more)} more"] if more > 0 else [])])


def _starting(definition: TimeWindowPartitionsDefinition) -> Rich:
    said, cron = cron_in_words(definition.cron_schedule), definition.cron_schedule
    words = plain(f"{said}, clocks of {definition.timezone}")
    return words if cron in said else joined([words, soft(f"(cron {cron})")])


def _next(definition: TimeWindowPartitionsDefinition, many: int) -> Rich:
    if definition.find_position(definition.key_at(many)) != many:
        return soft(f"no more: they end at {_moment(definition.end)}" if definition.end else "no more")
    comes = definition.window_at(many - definition.end_offset).end
    return joined([code(definition.key_at(many)), soft(f"from {_moment(comes)} on")])


def _there(definition: PartitionsDefinition) -> tuple[PartitionsDefinition, int, str]:
    """The definition, settled, and how many keys there are; or why that can't be known here."""
    try:
        there = definition.settled()
        return there, there.get_num_partitions(), ""
    except (NotebookAssetsError, OSError) as error:
        return definition, 0, str(error).partition("\n")[0]


def _whole(definition: Any, many: int | None, pairs: Pairs) -> Rich:
    known = "" if many is None else f", {plural(many, 'partition')}"
    head = title_line(type(definition).__name__, f"{definition.label}{known}")
    return stack([head, facts(pairs)])

"""What the checks of a run amount to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.assets import AssetCheckEvaluation, AssetCheckKey, AssetCheckSeverity
from notebook_assets.diagnosis.user_line import user_place
from notebook_assets.display import Rich, as_rich, below, joined, metadata_line, note, plural, soft
from notebook_assets.run.result_groups import KeysByPosition, place_words, ranges_words
from notebook_assets.run.tracebacks import message_of

_MOST = 10
"""How many checks that did not pass are told of."""
_FEW = 3
"""Of how many partitions of one check it is said what was found."""


@dataclass(frozen=True)
class CheckFailure:
    """Checks whose function raised an error, so that nothing is known; of one piece."""

    keys: tuple[AssetCheckKey, ...]
    partition: str | None
    error: BaseException
    traceback: str

    @property
    def names(self) -> str:
        """The checks and the piece, as people write them."""
        return ", ".join(_name(key, self.partition) for key in self.keys)


def counted(evaluations: Sequence[AssetCheckEvaluation], failures: Sequence[CheckFailure]) -> list[str]:
    """Return how many checks passed, warned, failed or raised an error, each as words.

    >>> from notebook_assets.keys import AssetKey
    >>> counted([AssetCheckEvaluation(AssetKey("daily"), "rows", passed=True)], [])
    ['1 check passed']
    """
    passed = sum(each.passed for each in evaluations)
    warned = sum(not each.passed and each.severity is AssetCheckSeverity.WARN for each in evaluations)
    broken = sum(len(failure.keys) for failure in failures)
    failed = len(evaluations) - passed - warned
    numbers = ((passed, "passed"), (warned, "warned"), (failed, "failed"), (broken, "raised an error"))
    return [f"{plural(many, 'check')} {word}" for many, word in numbers if many]


def check_notes(
    evaluations: Sequence[AssetCheckEvaluation], failures: Sequence[CheckFailure], keys: KeysByPosition | None = None
) -> list[Rich]:
    """Return a note for each check that did not pass, the worst first, and one for those that are too many.

    Args:
        evaluations: What the checks found. Of a check that did not pass for many partitions, the first few are told.
        failures: The checks that raised an error themselves.
        keys: The partition keys of each asset by position, by which neighbours are known.
    """
    groups: dict[tuple[bool, AssetCheckKey], list[AssetCheckEvaluation]] = {}
    for each in evaluations:
        if not each.passed:
            groups.setdefault((_is_warning(each), each.asset_check_key), []).append(each)
    raised: dict[tuple[tuple[AssetCheckKey, ...], str], list[CheckFailure]] = {}
    for failure in failures:
        raised.setdefault((failure.keys, _error(failure.error)), []).append(failure)
    notes = [note(_of_errors(group, error, keys or {}), "error") for (_, error), group in raised.items()]
    for (is_warning, _), group in sorted(groups.items(), key=lambda item: item[0][0]):
        notes.append(note(_of_group(group, keys or {}), "warning" if is_warning else "error"))
    rest = len(notes) - _MOST
    more = f"… and {plural(rest, 'more check')}; check_evaluations holds them all."
    return [*notes[:_MOST], *([note(more)] if rest > 0 else [])]


def _of_errors(group: Sequence[CheckFailure], error: str, keys: KeysByPosition) -> Rich:
    """What is said of checks that raised the same error for pieces of one asset."""
    first = group[0]
    if len(group) == 1:
        return _with_place(as_rich(f"The check {first.names} raised {error}"), first)
    which = ranges_words(first.keys[0].asset_key, [each.partition for each in group], keys)
    names = ", ".join(_name(key, None) for key in first.keys)
    told = joined([f"The check {names} raised {error} for {plural(len(group), 'partition')}: ", which], "")
    return _with_place(told, first)


def _with_place(told: Rich, first: CheckFailure) -> Rich:
    """What is said, and where in people's own code the error was raised, if that is known."""
    place = user_place(first.traceback)
    return below(told, place_words(place, first.keys[0].asset_key, first.partition)) if place else told


def _of_group(group: Sequence[AssetCheckEvaluation], keys: KeysByPosition) -> Rich:
    """What one check says of pieces of one asset."""
    first, word = group[0], "warns" if _is_warning(group[0]) else "failed"
    if len(group) == 1:
        more = _finding(first)
        said = f"The check {_name(first.asset_check_key, first.partition)} {word}"
        return as_rich(f"{said}: {more}" if more else said)
    which = ranges_words(first.asset_key, [each.partition for each in group], keys)
    head = joined(
        [f"The check {_name(first.asset_check_key, None)} {word} for {plural(len(group), 'partition')}: ", which], ""
    )
    lines = [f"{each.partition}: {_finding(each)}" for each in group[:_FEW] if _finding(each)]
    if lines and len(group) > _FEW:
        lines.append(f"… and {plural(len(group) - _FEW, 'more partition')}")
    return below(head, *map(soft, lines))


def blocking_errors(evaluations: Sequence[AssetCheckEvaluation]) -> list[AssetCheckEvaluation]:
    """Return those that stop what comes after: of blocking checks that found an error."""
    return [each for each in evaluations if each.blocking and not each.passed and not _is_warning(each)]


def _finding(each: AssetCheckEvaluation) -> str:
    """What it found, on one line."""
    known = ", ".join(f"{name} {metadata_line(value)}" for name, value in (each.metadata or {}).items())
    told = " ".join((each.description or "").split())
    return f"{told} ({known})" if told and known else told or known


def _is_warning(each: AssetCheckEvaluation) -> bool:
    return each.severity is AssetCheckSeverity.WARN


def _name(key: AssetCheckKey, partition: str | None) -> str:
    asset = key.asset_key.to_user_string()
    return f"{asset}:{key.name}" if partition is None else f"{asset}[{partition}]:{key.name}"


def _error(error: BaseException) -> str:
    return f"{type(error).__name__}: {message_of(error)}".strip()

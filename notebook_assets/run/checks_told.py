"""What the checks of a run amount to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebook_assets.assets import AssetCheckEvaluation, AssetCheckKey, AssetCheckSeverity
from notebook_assets.display import Rich, note, plural
from notebook_assets.run.tracebacks import message_of

_MOST = 10
"""How many checks that did not pass are told of."""


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


def check_notes(evaluations: Sequence[AssetCheckEvaluation], failures: Sequence[CheckFailure]) -> list[Rich]:
    """Return a note for each check that did not pass, the worst first, and one for those that are too many."""
    wrong = [each for each in evaluations if not each.passed]
    wrong.sort(key=lambda each: each.severity is AssetCheckSeverity.WARN)
    lines = [(f"The check {failure.names} raised {_error(failure.error)}", "error") for failure in failures]
    lines += [(_sentence(each), "warning" if _is_warning(each) else "error") for each in wrong]
    notes = [note(line, tone) for line, tone in lines[:_MOST]]
    if len(lines) > _MOST:
        notes.append(note(f"… and {plural(len(lines) - _MOST, 'more check')}; check_evaluations holds them all."))
    return notes


def blocking_errors(evaluations: Sequence[AssetCheckEvaluation]) -> list[AssetCheckEvaluation]:
    """Return those that stop what comes after: of blocking checks that found an error."""
    return [each for each in evaluations if each.blocking and not each.passed and not _is_warning(each)]


def _sentence(each: AssetCheckEvaluation) -> str:
    word = "warns" if _is_warning(each) else "failed"
    more = f": {each.description}" if each.description else ""
    said = f"The check {_name(each.asset_check_key, each.partition)} {word}{more}"
    known = ", ".join(f"{name} {value.value}" for name, value in (each.metadata or {}).items())
    return f"{said} ({known})" if known else said


def _is_warning(each: AssetCheckEvaluation) -> bool:
    return each.severity is AssetCheckSeverity.WARN


def _name(key: AssetCheckKey, partition: str | None) -> str:
    asset = key.asset_key.to_user_string()
    return f"{asset}:{key.name}" if partition is None else f"{asset}[{partition}]:{key.name}"


def _error(error: BaseException) -> str:
    return f"{type(error).__name__}: {message_of(error)}".strip()

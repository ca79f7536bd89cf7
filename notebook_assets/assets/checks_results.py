"""What a check gives back: AssetCheckResult with its severity, and the evaluation that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions.arguments import check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.selection.check_keys import AssetCheckKey


class AssetCheckSeverity(Enum):
    """How bad it is that a check did not pass.

    >>> AssetCheckSeverity.WARN.value
    'WARN'
    """

    WARN = "WARN"
    """Something to look at; stops nothing."""
    ERROR = "ERROR"
    """A fault; where the check is blocking, what is made from the piece is not made."""


@dataclass(frozen=True, kw_only=True)
class AssetCheckResult(SelfShown):
    """What a check found; returned or yielded by a check's function, or by an asset's that has ``check_specs``.

    Args:
        passed: Whether the check passed.
        asset_key: The asset that was checked; needed only where a function checks several.
        check_name: Which check it is; needed only where a function carries out several.
        metadata: What to keep beside the result.
        severity: How bad it is that it did not pass.
        description: What it found, in words.

    Raises:
        InvalidDefinitionError: ``passed`` is neither True nor False, or another argument is of a wrong kind.

    >>> AssetCheckResult(passed=False, severity=AssetCheckSeverity.WARN, metadata={"nulls": 3}).passed
    False
    """

    passed: bool
    asset_key: CoercibleToAssetKey | None = None
    check_name: str | None = None
    metadata: Mapping[str, Any] | None = None
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    description: str | None = None

    def __post_init__(self) -> None:
        passed: Any = self.passed
        if not isinstance(passed, bool) and getattr(passed, "dtype", None) == "bool" and passed.shape == ():
            passed = bool(passed)  # NumPy's
        if not isinstance(passed, bool):
            raise InvalidDefinitionError(f"AssetCheckResult: passed is True or False; got {passed!r}. Write bool(...).")
        object.__setattr__(self, "passed", passed)
        if self.asset_key is not None:
            object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        check_text(self.check_name, "AssetCheckResult: check_name", '"no_nulls"')
        check_text(self.description, "AssetCheckResult: description", '"3 rows are empty"')
        check_mapping(self.metadata, "AssetCheckResult: metadata", '{"rows": 3}')
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata, "metadata of a check's result"))
        if not isinstance(self.severity, AssetCheckSeverity):
            raise InvalidDefinitionError(
                "AssetCheckResult: severity is AssetCheckSeverity.ERROR or AssetCheckSeverity.WARN; "
                f"got {self.severity!r}."
            )

    @property
    def values(self) -> Mapping[str, MetadataValue]:
        """The metadata, normalised."""
        return self.metadata or {}

    def with_metadata(self, metadata: Mapping[str, Any]) -> AssetCheckResult:
        """Return the same result with other metadata."""
        return replace(self, metadata=metadata)


@dataclass(frozen=True)
class AssetCheckEvaluation(SelfShown):
    """What came of one check of one piece: the result, of which check, and whether it stops what comes after.

    >>> AssetCheckEvaluation(AssetKey("daily"), "no_nulls", passed=True).asset_check_key.to_user_string()
    'daily:no_nulls'
    """

    asset_key: AssetKey
    check_name: str
    passed: bool
    metadata: Mapping[str, Any] | None = None
    target_materialization_data: int | None = None
    """The id of the materialization that it looked at."""
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    description: str | None = None
    blocking: bool | None = None
    partition: str | None = None

    @property
    def asset_check_key(self) -> AssetCheckKey:
        """Which check of which asset."""
        return AssetCheckKey(self.asset_key, self.check_name)


def check_result_named(results: Iterable[AssetCheckResult], check_name: str) -> AssetCheckResult:
    """Return the result of the check of a name.

    Raises:
        InvalidInvocationError: There is none.

    >>> check_result_named([AssetCheckResult(passed=True, check_name="rows")], "rows").passed
    True
    """
    by_name = {str(each.check_name): each for each in results}
    if check_name not in by_name:
        known = ", ".join(by_name) or "none"
        raise InvalidInvocationError(
            f"There is no result of a check {check_name!r}; there are: {known}.{did_you_mean(check_name, by_name)}"
        )
    return by_name[check_name]


def checked_results(given: Sequence[AssetCheckResult] | None, where: str) -> tuple[AssetCheckResult, ...]:
    """Return the results of checks; an error where one is none.

    >>> checked_results(None, "ObserveResult")
    ()
    """
    if isinstance(given, AssetCheckResult) or not isinstance(given, Sequence | None):
        raise InvalidDefinitionError(f"{where}: check_results is a list of AssetCheckResult; got {given!r}.")
    for each in given or ():
        if not isinstance(each, AssetCheckResult):
            raise InvalidDefinitionError(f"{where}: check_results is a list of AssetCheckResult; {each!r} is none.")
    return tuple(given or ())

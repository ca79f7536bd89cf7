"""Names that parameters had before: each works, and warns, naming the one that took its place."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Set as AbstractSet
from typing import Any

from notebook_assets.errors import InvalidDefinitionError

_THIS_PACKAGE = __name__.partition(".")[0]
_POLICY, _FRESHNESS, _KIND = "auto_materialize_policy", "legacy_freshness_policy", "compute_kind"


def warn_deprecated(message: str) -> None:
    """Warn that a name is deprecated, at the line of the user's code that used it: notebooks show it only there.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_deprecated("old is called new now; write new=...")
    >>> caught[0].category
    <class 'DeprecationWarning'>
    """
    level = 1
    frame = sys._getframe()
    # Dataclasses and decorators put frames of their own between this one and the user's.
    while frame.f_back is not None and _is_of_package(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, DeprecationWarning, stacklevel=level)


def _is_of_package(module: str) -> bool:
    return module.partition(".")[0] == _THIS_PACKAGE or module == "dataclasses"


def automation_condition_from(where: str, automation_condition: Any, auto_materialize_policy: Any) -> Any:
    """Return when to make an asset: what was given, or what was given by the name that it had before.

    Raises:
        InvalidDefinitionError: Both are given.

    >>> automation_condition_from("daily", "eager", None)
    'eager'
    """
    if auto_materialize_policy is None:
        return automation_condition
    if automation_condition is not None:
        raise InvalidDefinitionError(f"{where}: {_POLICY} is called automation_condition now; give that one only.")
    warn_deprecated(f"{where}: {_POLICY} is deprecated; write automation_condition=AutomationCondition....")
    return auto_materialize_policy


def freshness_policy_from(where: str, freshness_policy: Any, legacy_freshness_policy: Any) -> Any:
    """Return how fresh an asset is to be: what was given, or what was given by the name that it had before.

    >>> freshness_policy_from("daily", "hourly", None)
    'hourly'
    """
    if legacy_freshness_policy is None:
        return freshness_policy
    warn_deprecated(f"{where}: {_FRESHNESS} is deprecated; write freshness_policy=..., or a check of freshness.")
    return legacy_freshness_policy if freshness_policy is None else freshness_policy


def kinds_from(where: str, kinds: AbstractSet[str] | None, compute_kind: str | None) -> AbstractSet[str] | None:
    """Return the kinds of an asset: those given, or the one given by the name that they had before.

    Raises:
        InvalidDefinitionError: Both are given.

    >>> kinds_from("daily", {"sql"}, None)
    {'sql'}
    """
    if compute_kind is None:
        return kinds
    if kinds is not None:
        raise InvalidDefinitionError(f"{where}: {_KIND} is one of the kinds now; give kinds={{{compute_kind!r}}} only.")
    if not isinstance(compute_kind, str):
        raise InvalidDefinitionError(f'{where}: {_KIND} is a word, such as "sql"; got {compute_kind!r}.')
    warn_deprecated(f"{where}: {_KIND} is deprecated; write kinds={{{compute_kind!r}}}.")
    return frozenset((compute_kind,))

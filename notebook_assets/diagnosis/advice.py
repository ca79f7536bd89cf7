"""What to know before a failure is tried again: whether its code, or what it read, is still the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from notebook_assets.diagnosis.causes import Place, piece_of
from notebook_assets.diagnosis.not_there import FailureSource
from notebook_assets.diagnosis.seen_checks import Blocker
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.diagnosis.user_line import user_line
from notebook_assets.display import count, plural
from notebook_assets.errors import StepTimeoutError, ValueNotFoundError, WorkerDiedError
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState
from notebook_assets.store import FailureRecord

_PASSING = re.compile(
    r"Connect|Timeout|TimedOut|RateLimit|TooManyRequests|Unavailable|Throttl|^BrokenPipeError$|^(HTTP|URL|SSL|Socket)Error$"
    r"|^OperationalError$|^InterruptedError$|^gaierror$"
)

_APART = {
    WorkerDiedError.__name__: (
        "What ends a process is often a lack of memory, or a crash in a library: try with fewer workers "
        "(`--workers 1`), and again with `--executor processes`, else it may take the kernel along."
    ),
    StepTimeoutError.__name__: (
        "Give it more time (`--executor processes --timeout SECONDS`), or less to do; without these options nothing "
        "stops it."
    ),
}
"""What is said of what only happens in other processes, by the name of the error."""

OUTSIDE = "Changes to it are not seen here: what is made from it does not become stale by itself."
"""What is said of a source of which the store knows nothing."""


def advice_on(
    statuses: Mapping[AssetKey, AssetStatus], source: FailureSource, key: AssetKey, places: Iterable[Place]
) -> tuple[str, ...]:
    """Return a sentence on each asset whose failure stands in the way of a piece.

    Args:
        statuses: The statuses of the asset and of all upstream of it.
        source: What knows why pieces failed.
        key: The asset that is explained.
        places: The pieces that stand in the way, in whatever state they are.
    """
    advice: dict[AssetKey, str] = {}
    for status, position in places:
        other = status.node.key
        if status.state(position) is PieceState.FAILED and other not in advice:
            failure = source.failure(other, status.keys[position])
            if failure is not None:
                sentence = _on(statuses, status, [(position, failure)], "" if other == key else other.to_user_string())
                if sentence:
                    advice[other] = sentence
    return tuple(advice.values())


def advice_on_checks(stops: Sequence[Blocker]) -> tuple[str, ...]:
    """Return a sentence on the blocking checks that stand in the way of a piece.

    Args:
        stops: The checks.
    """
    if not stops:
        return ()
    names = ", ".join(dict.fromkeys(each.name for each in stops))
    pieces = ", ".join(dict.fromkeys(piece_of(each.status, each.position) for each in stops[:3]))
    more = " …" if len(stops) > 3 else ""
    return (
        f"{names} has to pass: mend what it found in {pieces}{more}, or the check itself, and make that again first.",
    )


def advice_on_asset(
    statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, failures: Sequence[FailureRecord]
) -> tuple[str, ...]:
    """Return the same on the failed pieces of one asset.

    Args:
        statuses: The statuses of the asset and of all upstream of it.
        status: The status of the asset.
        failures: What is known of its pieces that failed or were skipped.
    """
    place = {key: position for position, key in enumerate(status.keys)}
    failed = [
        (place[failure.partition], failure)
        for failure in failures
        if failure.kind == "failed" and failure.partition in place
    ]
    sentence = _on(statuses, status, failed, "")
    return (sentence,) if sentence else ()


def _on(
    statuses: Mapping[AssetKey, AssetStatus],
    status: AssetStatus,
    failed: Sequence[tuple[int, FailureRecord]],
    name: str,
) -> str:
    """Return what is to be said of failed pieces of one asset, which is called ``name`` ("" for the one explained)."""
    today = status.node.code
    known = [(position, failure) for position, failure in failed if None not in (failure.code, today)]
    same = [(position, failure) for position, failure in known if failure.code == today]
    whose = f"The code of {name}" if name else "Its code"
    if not known:
        return ""
    if not same:
        return f"{whose} changed since it failed."
    if all(_has_other_inputs(statuses, status, position, failure) for position, failure in same):
        return f"{whose} is still the one that failed, but its inputs changed since."
    if all(failure.error_type == ValueNotFoundError.__name__ for _, failure in same):
        return f"What {name or 'it'} reads has no value: make that again, or, if it is to give none, name it in deps=."
    lines = {user_line(failure.traceback) for _, failure in same}
    line = lines.pop() if len(lines) == 1 else None
    where = f" ({line})" if line else ""
    of_many = f" for {count(len(same))} of {plural(len(failed), 'partition')}" if len(same) < len(failed) else ""
    passing = {failure.error_type or "" for _, failure in same}
    if passing in ({name} for name in _APART):
        return f"{whose} is still the one that failed{of_many}{where}. {_APART[passing.pop()]}"
    if all(map(_may_pass, passing)):
        errors = " or ".join(sorted(passing))
        unchanged = f"{whose[0].lower()}{whose[1:]} is still the one that failed{where}"
        return f"A {errors} may pass by itself: try again; {unchanged}."
    return f"{whose} is still the one that failed{of_many}: change it{where}."


def _may_pass(error_type: str) -> bool:
    """Whether errors of a type, told by its name, often have causes outside the code: the network, a server, a lock."""
    return _PASSING.search(error_type) is not None


def _has_other_inputs(
    statuses: Mapping[AssetKey, AssetStatus], status: AssetStatus, position: int, failure: FailureRecord
) -> bool:
    """Whether something that a failed piece read was made again since."""
    read_up_to = {read.upstream: read.up_to_event for read in failure.reads}
    return any(
        int(statuses[dependency.key].event_ids[links.upstream(position)].max(initial=0)) > read_up_to[dependency.key]
        for dependency, links in zip(status.node.dependencies, status.links, strict=False)
        if dependency.key in read_up_to
    )

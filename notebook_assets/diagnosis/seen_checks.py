"""The latest results of the checks of an asset: in a few words for a list, and which of them block a piece."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.display import metadata_line, plural
from notebook_assets.keys import AssetKey
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.store import CheckRecord

_WORDS = ("error", "failed", "warned", "passed")
_MOST_METADATA = 4


class CheckSource(Protocol):
    """What knows the results of checks; the store's Instance does."""

    def latest_checks(self, key: AssetKey, *, refusing: bool = False) -> Sequence[CheckRecord]:
        """Return the latest result of each check of each piece of an asset, or only the errors of blocking ones."""


@dataclass(frozen=True)
class Blocker:
    """A blocking check that found an error in what a piece is made from, as that is now."""

    status: AssetStatus
    position: int
    record: CheckRecord

    @property
    def name(self) -> str:
        """The check, as people write it."""
        return AssetCheckKey(self.record.key, self.record.name).to_user_string()


def as_found(_key: AssetCheckKey) -> bool:
    """Take every check as it was when it was carried out."""
    return True


def refused(
    source: CheckSource, status: AssetStatus, may_block: Callable[[AssetCheckKey], bool] = as_found
) -> list[Blocker]:
    """Return the blocking checks that found errors in pieces of an asset as these are now, by position.

    Args:
        source: The store.
        status: The status of the asset.
        may_block: Whether a check still stops anything, as it is defined today; by default all do that did.
    """
    wrong: dict[str | None, list[CheckRecord]] = {}
    for record in source.latest_checks(status.node.key, refusing=True):
        if may_block(AssetCheckKey(record.key, record.name)):
            wrong.setdefault(record.partition, []).append(record)
    return [
        Blocker(status, at, record)
        for at, key in (enumerate(status.keys) if wrong else ())
        for record in wrong.get(key, ())
        if record.finding.event_id == int(status.event_ids[at])
    ]


def blockers(
    statuses: Mapping[AssetKey, AssetStatus],
    source: CheckSource,
    status: AssetStatus,
    position: int,
    may_block: Callable[[AssetCheckKey], bool] = as_found,
) -> list[Blocker]:
    """Return the blocking checks that found errors in what a piece is made from, unless that was made again since.

    Args:
        statuses: The statuses of the asset and of all upstream of it.
        source: The store.
        status: The status of the asset.
        position: The piece's position.
        may_block: Whether a check still stops anything, as it is defined today; by default all do that did.
    """
    found = []
    for dependency, links in zip(status.node.dependencies, status.links, strict=False):
        wrong = refused(source, statuses[dependency.key], may_block)
        if wrong:
            needed = set(links.upstream(position).tolist())
            found += [each for each in wrong if each.position in needed]
    return found


def found_errors(stops: Sequence[Blocker]) -> str:
    """Return what blocking checks found, as a sentence goes on; of many, of the first."""
    first, more = stops[0], len({each.name for each in stops}) - 1
    others = f" (and by {plural(more, 'other check')})" if more else ""
    said = finding_words(first.record)
    verb = "raised" if first.record.outcome == "error" else "found"
    return f"the blocking check {first.name} {verb} an error{others}{f': {said}' if said else ''}"


def checks_in_words(counts: Mapping[tuple[str, str], int], keys: Collection[AssetCheckKey] = ()) -> str:
    """Return how many checks ended in which way, the worst first; of several partitions, each counts.

    Args:
        counts: How many of the latest results there are, by the check's name and the outcome.
        keys: The checks that there are; those without a result are counted too.

    >>> from notebook_assets.keys import AssetKey
    >>> checks_in_words({("cols", "passed"): 2, ("cols", "failed"): 1}, [AssetCheckKey(AssetKey("daily"), "rows")])
    '1 failed, 2 passed, 1 never run'
    """
    many_of = {word: sum(many for (_, each), many in counts.items() if each == word) for word in _WORDS}
    ran = {name for name, _ in counts}
    never = sum(key.name not in ran for key in keys)
    parts = [f"{many} {'with an error' if word == 'error' else word}" for word, many in many_of.items() if many]
    return ", ".join([*parts, *([f"{never} never run"] if never else [])])


def finding_words(record: CheckRecord) -> str | None:
    """Return what a check found, on one line; None where it said nothing."""
    told = record.finding.error or record.finding.description or ""
    known = [f"{name} {metadata_line(entry)}" for name, entry in list(record.finding.metadata.items())[:_MOST_METADATA]]
    more = " …" if len(record.finding.metadata) > _MOST_METADATA else ""
    facts = f"{', '.join(known)}{more}"
    return (f"{told} ({facts})" if told and facts else told or facts) or None

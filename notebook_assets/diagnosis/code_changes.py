"""What changed between the code that made pieces and today's: the sentences, and the sources to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode
from notebook_assets.assets.fingerprint import fingerprint_changes
from notebook_assets.assets.fingerprint_walk import BODY
from notebook_assets.diagnosis.key_ranges import some_ranges
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.display import ago, count, plural
from notebook_assets.keys import AssetKey
from notebook_assets.store.code_accepting import Accepted
from notebook_assets.store.code_versions import CodeTables, KeptCode

if TYPE_CHECKING:
    import numpy as np

_MOST_SAID = 4
UNKNOWN = "what the old code was is not known"
SAME_PARTS = "what its partition keys mean, or what its annotations ask for, changed"


@dataclass(frozen=True)
class PartChange:
    """One part that changed: its name, what happened to it, and its source before and today ("" where unknown)."""

    name: str
    what: str
    old_source: str = ""
    new_source: str = ""


def code_today(node: AssetNode) -> KeptCode | None:
    """Return what the code of an asset is today; None for one that is made elsewhere."""
    if node.definition is None or node.code is None:
        return None
    found = node.definition.fingerprint()
    return KeptCode(node.code, found.parts, found.sources(), node.spec.code_version)


def part_changes(old: KeptCode, new: KeptCode) -> list[PartChange]:
    """Return what changed from one code to another, the body first; versions of libraries don't count.

    >>> before = KeptCode("1", {"<body>": "function:1", "limit": "constant:3"})
    >>> [change.what for change in part_changes(before, KeptCode("2", {"<body>": "function:2", "limit": "constant:3"}))]
    ['the body changed']
    """
    found = []
    for name in sorted({*old.parts, *new.parts}, key=lambda name: (name != BODY, name)):
        before, after = old.parts.get(name), new.parts.get(name)
        if before == after or (before and after and before.startswith("library:") and after.startswith("library:")):
            continue
        what = fingerprint_changes({name: before} if before else {}, {name: after} if after else {})[0]
        found.append(PartChange(name, what, old.sources.get(name, ""), new.sources.get(name, "")))
    return found


def what_changed(old: KeptCode | None, new: KeptCode) -> list[str]:
    """Say what makes one code another: the given code version, else the parts that changed.

    >>> what_changed(KeptCode("1", {}, version="1"), KeptCode("2", {}, version="2"))
    ['the code version went from 1 to 2']
    """
    if old is None:
        return [UNKNOWN]
    if new.version is not None or old.version is not None:
        if new.version == old.version:
            return [SAME_PARTS]
        if new.version is None:
            return [f"the code version {old.version} is no longer given"]
        return [f"the code version {'is new' if old.version is None else f'went from {old.version} to {new.version}'}"]
    return [change.what for change in part_changes(old, new)] or [SAME_PARTS]


def in_short(changes: Sequence[str]) -> str:
    """Return changes as a part of a sentence.

    >>> in_short(["the body changed", "helper `clean` is new"])
    'the body changed; helper `clean` is new'
    """
    more = len(changes) - _MOST_SAID
    return "; ".join([*changes[:_MOST_SAID], *([f"and {plural(more, 'more change')}"] if more > 0 else [])])


class CodeTexts:
    """Says of pieces what changed in their code; each pair of codes is compared once.

    Args:
        source: The store; one that keeps no codes has nothing to say.
    """

    def __init__(self, source: object) -> None:
        tables = getattr(source, "codes", None)
        self._tables = tables if isinstance(tables, CodeTables) else None
        self._today: dict[AssetKey, KeptCode | None] = {}
        self._held: dict[AssetKey, dict[str | None, Accepted]] = {}
        self._said: dict[tuple[AssetKey, str | None], str] = {}

    def of_piece(self, status: AssetStatus, position: int) -> str:
        """Return what changed since a piece was made, in short; "" where that is not known."""
        if self._tables is None:
            return ""
        partition = status.keys[position]
        code = self._tables.code_of(status.node.key, partition)
        if self._was_made_by_todays(status.node, partition):
            return "it was made by today's code, and then accepted as made by another; take_back_code undoes that"
        return self._text(status.node, code)

    def by_text(self, status: AssetStatus, mask: np.ndarray) -> Mapping[str, list[int]]:
        """Return the positions of a mask by what changed in the code since their pieces were made."""
        positions: list[int] = mask.nonzero()[0].tolist()
        if self._tables is None or not positions:
            return {"": positions} if positions else {}
        codes = self._tables.codes_by_partition(status.node.key)
        found: dict[str, list[int]] = {}
        for position in positions:
            found.setdefault(self._text(status.node, codes.get(status.keys[position])), []).append(position)
        return found

    def accepted(self, status: AssetStatus, position: int) -> list[str]:
        """Return the sentence that a piece's code was accepted as equivalent, where it was and still counts."""
        entry = self._accepted_of(status.node).get(status.keys[position])
        if entry is None or entry.new_code != status.node.code:
            return []
        return [
            f"It was made by other code, which was accepted as equivalent to today's {ago(entry.time)}; "
            "take_back_code undoes that."
        ]

    def all_accepted(self, status: AssetStatus) -> list[str]:
        """Return the same of all pieces of an asset."""
        held = self._accepted_of(status.node)
        today = status.node.code if held else None
        at = [place for place, key in enumerate(status.keys) if key in held and held[key].new_code == today]
        said = f"{plural(len(at), 'partition')} made by other code, accepted as equivalent to today's"
        return [f"{said} — {some_ranges(status.keys, at)}"] if at else []

    def _was_made_by_todays(self, node: AssetNode, partition: str | None) -> bool:
        held = self._accepted_of(node).get(partition)
        return held is not None and held.old_code == node.code

    def _accepted_of(self, node: AssetNode) -> dict[str | None, Accepted]:
        if self._tables is None:
            return {}
        if node.key not in self._held:
            self._held[node.key] = self._tables.accepted(node.key)
        return self._held[node.key]

    def _text(self, node: AssetNode, code: str | None) -> str:
        key = node.key
        if (key, code) not in self._said:
            if key not in self._today:
                self._today[key] = code_today(node)
            old, new = self._tables.get(key, code) if self._tables else None, self._today[key]
            self._said[key, code] = in_short(what_changed(old, new)) if old is not None and new is not None else ""
        return self._said[key, code]


def named_pieces(status: AssetStatus, positions: Sequence[int]) -> str:
    """Return which pieces of an asset are meant: ranges of keys; "" for an asset without partitions."""
    if status.node.partitions_def is None:
        return ""
    return f"{count(len(positions))} partitions: {some_ranges(status.keys, positions)}"

"""CodeChanges: what changed since pieces were made, with the diff of the sources, to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from notebook_assets.diagnosis.code_changes import PartChange, code_today, named_pieces, part_changes, what_changed
from notebook_assets.diagnosis.status import AssetStatus
from notebook_assets.display import Rich, Shown, backticked, folded, note, stack, title_line
from notebook_assets.display.source_diff import diff_lines, source_diff
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.store import Instance

_OLD_UNKNOWN = "its old source is not known"
_NEW_UNKNOWN = "its source is not to be had"
_SAME_TEXT = "its text is the same: what it refers to changed, or how"


@dataclass(frozen=True)
class EarlierCode:
    """One code that pieces were made by, other than today's: which pieces, what changed since, and each part of that.

    ``pieces`` is empty for an asset without partitions.
    """

    code: str | None
    pieces: str
    changes: tuple[str, ...]
    parts: tuple[PartChange, ...] = ()


@dataclass(frozen=True, repr=False)
class CodeChanges(Shown):
    """What changed in an asset's code since its pieces were made; made by :func:`~notebook_assets.code_changes`.

    ``earlier`` has one entry for each code that made a piece and is not today's, the one of the most pieces first.

    >>> before = EarlierCode("1", "", ("the body changed",), (PartChange("<body>", "the body changed", "a", "b"),))
    >>> CodeChanges(AssetKey("rows"), None, (before,))
    rows  ·  changes of its code
    <BLANKLINE>
    the body changed
    <BLANKLINE>
    @@ -1 +1 @@
    -a
    +b
    <BLANKLINE>
    If that makes no difference to what is stored: accept_code('rows').
    """

    key: AssetKey
    partition: str | None
    earlier: tuple[EarlierCode, ...]

    @property
    def diff(self) -> str:
        """The unified diff of all sources that are known, as text."""
        return "\n".join(
            line
            for entry in self.earlier
            for part in entry.parts
            if part.old_source and part.new_source
            for line in diff_lines(part.old_source, part.new_source)
        )

    @property
    def _forms(self) -> tuple[str, str]:
        name = self.key.to_user_string() + (f"[{self.partition}]" if self.partition is not None else "")
        parts = [title_line(name, "changes of its code")]
        if not self.earlier:
            parts.append(note("All that is stored was made by today's code."))
        for entry in self.earlier:
            told = tuple(part.what for part in entry.parts)  # what each diff is headed by needs no list before it
            said = [entry.pieces] if entry.pieces else []
            said += entry.changes if entry.changes != told else ()
            parts += [note("\n".join(said), "warning")] if said else []
            parts += [_part_shown(part) for part in entry.parts]
        if self.earlier:
            parts.append(
                note(f"If that makes no difference to what is stored: accept_code({self.key.to_user_string()!r}).")
            )
        whole = stack(parts)
        return whole.html, whole.text


def _part_shown(part: PartChange) -> Rich:
    if part.old_source and part.new_source:
        if part.old_source == part.new_source:
            return note(backticked(f"{part.what}: {_SAME_TEXT}"))
        return stack([backticked(part.what), source_diff(part.old_source, part.new_source)])
    if part.old_source or part.new_source:
        one_sided = source_diff(part.old_source, part.new_source)
        if part.what.endswith("changed"):
            return stack([backticked(f"{part.what}; {_NEW_UNKNOWN if part.old_source else _OLD_UNKNOWN}")])
        return folded(backticked(part.what), one_sided)
    return note(backticked(f"{part.what}; {_OLD_UNKNOWN}" if part.what.endswith("changed") else part.what))


def changes_of_code(status: AssetStatus, source: Instance, position: int | None = None) -> CodeChanges:
    """Return what changed since the pieces of an asset were made, or one of them.

    Args:
        status: The asset's status.
        source: The store.
        position: The piece; None for all.

    Raises:
        InvalidInvocationError: The asset is made elsewhere, so that its code is not known here.
    """
    key, today = status.node.key, code_today(status.node)
    if today is None:
        raise InvalidInvocationError(f"{key} is made elsewhere, so its code is not known here.")
    codes = source.codes.codes_by_partition(key)
    by_code: dict[str | None, list[int]] = {}
    for place in range(len(status.keys)) if position is None else [position]:
        partition = status.keys[place]
        if partition in codes and codes[partition] != today.code:
            by_code.setdefault(codes[partition], []).append(place)
    earlier = []
    for code, positions in sorted(by_code.items(), key=lambda item: -len(item[1])):
        old = source.codes.get(key, code)
        pieces = named_pieces(status, positions) if position is None else ""
        parts = part_changes(old, today) if old is not None else []
        earlier.append(EarlierCode(code, pieces, tuple(what_changed(old, today)), tuple(parts)))
    return CodeChanges(key, None if position is None else status.keys[position], tuple(earlier))

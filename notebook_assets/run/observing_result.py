"""ObservationResult: what was seen of sources, and what of it is new."""

from __future__ import annotations

from dataclasses import dataclass, field

from notebook_assets.assets import AssetCheckEvaluation
from notebook_assets.display import Column, Rich, Shown, Table, count, duration, note, plural, stack
from notebook_assets.keys import AssetKey
from notebook_assets.run.checks_told import check_notes
from notebook_assets.run.tracebacks import message_of
from notebook_assets.store import Instance, Seen


@dataclass(frozen=True)
class ObservedPiece:
    """What was seen of one piece of a source; ``before`` is the data version that it was seen with last."""

    key: AssetKey
    seen: Seen
    before: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it is another data version than before."""
        return self.seen.data_version is not None and self.before not in (None, self.seen.data_version)

    @property
    def is_new(self) -> bool:
        """Whether it was never seen with a data version before."""
        return self.seen.data_version is not None and self.before is None


@dataclass(frozen=True)
class ObservationFailure:
    """A function that raised an error; nothing is known of its sources."""

    keys: tuple[AssetKey, ...]
    error: BaseException
    traceback: str


@dataclass(eq=False, repr=False)
class ObservationResult(Shown):
    """What :func:`~notebook_assets.observe` saw. ``status`` is ``success``, ``failed`` or ``canceled``."""

    run_id: str
    instance: Instance
    status: str = "running"
    seconds: float = 0.0
    pieces: list[ObservedPiece] = field(default_factory=list)
    failures: list[ObservationFailure] = field(default_factory=list)
    check_evaluations: list[AssetCheckEvaluation] = field(default_factory=list)

    @property
    def success(self) -> bool:
        """Whether every source was observed."""
        return self.status == "success"

    @property
    def changed(self) -> list[ObservedPiece]:
        """The pieces whose contents are others than when they were observed last."""
        return [piece for piece in self.pieces if piece.is_changed]

    def headline(self) -> str:
        """Return one sentence that says what was seen.

        >>> ObservationResult("", Instance.ephemeral()).headline()
        'Observed nothing in 0 s.'
        """
        sources = {piece.key for piece in self.pieces}
        seen = plural(len(sources), "source") if sources else "nothing"
        new, changed = sum(piece.is_new for piece in self.pieces), len(self.changed)
        more = [f"{count(changed)} changed"] if changed else []
        more += [f"{count(new)} seen for the first time"] if new else []
        same = ["nothing changed"] if sources and not more else []
        said = ": ".join([f"Observed {seen}", ", ".join([*more, *same])]) if sources else f"Observed {seen}"
        return f"{said} in {duration(self.seconds)}."

    @property
    def _forms(self) -> tuple[str, str]:
        parts: list[Rich] = [note(self.headline(), "error" if self.failures else "good")]
        if self.pieces:
            rows = [
                [piece.key.to_user_string(), piece.seen.partition, piece.seen.data_version, _word(piece)]
                for piece in self.pieces
            ]
            parts.append(Table(["source", Column("partition", wrap=False), "data version", ""], rows).rich)
        parts += check_notes(self.check_evaluations, ())
        for failure in self.failures:
            names = ", ".join(key.to_user_string() for key in failure.keys)
            said = f"{type(failure.error).__name__}: {message_of(failure.error)}"
            parts.append(note(f"The observation of {names} raised {said}", "error"))
        whole = stack(parts)
        return whole.html, whole.text


def _word(piece: ObservedPiece) -> str:
    if piece.seen.data_version is None:
        return ""
    return "new" if piece.is_new else f"changed, before {piece.before}" if piece.is_changed else "as before"

"""StepFailure and StepSkip: why a piece of a run was not made."""

from __future__ import annotations

from dataclasses import dataclass

from notebook_assets.keys import AssetKey
from notebook_assets.run.tracebacks import failure_words


@dataclass(frozen=True)
class StepFailure:
    """One piece that failed: its error, and its traceback without this package's frames."""

    key: AssetKey
    partition: str | None
    error: BaseException
    traceback: str

    @property
    def error_text(self) -> str:
        """The error's type and its whole message."""
        message = failure_words(self.error).strip()
        return f"{type(self.error).__name__}: {message}" if message else type(self.error).__name__

    @property
    def error_line(self) -> str:
        """The error's type and the first line of its message."""
        return self.error_text.splitlines()[0]

    @property
    def piece(self) -> str:
        """The piece as people write it: ``asset[key]``."""
        return piece_name(self.key, self.partition)


@dataclass(frozen=True)
class StepSkip:
    """One piece that was not made, since what it needs was not there."""

    key: AssetKey
    partition: str | None
    missing: tuple[str, ...]
    """The pieces that it lacked, as ``asset[key]``."""
    is_excused: bool = False
    """Whether all of those yielded no output on purpose, so that nothing is wrong."""
    shortage: str = ""
    """In words, which check stopped it, or how many are there and are needed where not all that is mapped is."""
    nonexistent: tuple[str, ...] = ()
    """Those of ``missing`` that are no partitions: the mapping asks for keys that the upstream definition lacks."""
    is_stopped: bool = False
    """Whether a blocking check found an error in one of them."""

    @property
    def piece(self) -> str:
        """The piece as people write it: ``asset[key]``."""
        return piece_name(self.key, self.partition)


def piece_name(key: AssetKey, partition: str | None) -> str:
    """Return a piece as people write it.

    >>> piece_name(AssetKey("daily"), "2024-01-01")
    'daily[2024-01-01]'
    """
    name = key.to_user_string()
    return name if partition is None else f"{name}[{partition}]"

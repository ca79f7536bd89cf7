"""The first error of a run, raised as if the person had called the asset's function: without this package's frames."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from notebook_assets.display import plural
from notebook_assets.errors import AssetCheckFailedError, MissingInputError
from notebook_assets.run.checks_told import blocking_errors
from notebook_assets.run.observing_result import ObservationResult
from notebook_assets.run.pieces_not_made import piece_name
from notebook_assets.run.result import RunResult

_PACKAGE = str(Path(__file__).resolve().parent.parent)


def raise_first(result: RunResult) -> None:
    """Raise the first error of a run, if there is one.

    Raises:
        MissingInputError: Nothing failed, but a piece was skipped, since what it needs was never made.
        AssetCheckFailedError: A blocking check found an error.
        Exception: The first error that an asset's function (or a check's) raised, with a note that names the piece.
    """
    __tracebackhide__ = True
    if result.failures:
        first = result.failures[0]
        others = len(result.failures) - 1
        more = f" {others} more failed; raise_on_error=False returns all of them." if others else ""
        first.error.add_note(f"raised while materializing {first.piece}.{more}")
        raise first.error.with_traceback(_own_frames(first.error.__traceback__))
    _raise_of_checks(result)
    wanting = [skip for skip in result.skips if not skip.is_excused]
    if wanting:
        skip = wanting[0]
        shown = ", ".join(skip.missing[:4]) + (" …" if len(skip.missing) > 4 else "")
        too = f" ({len(wanting) - 1} more were skipped too.)" if len(wanting) > 1 else ""
        one = len(skip.missing) == 1
        lack = f"it needs {len(skip.missing)} that {'is' if one else 'are'} not there"
        lack = f"{skip.shortage}; missing {'is' if one else 'are'}" if skip.shortage else lack
        what_to_do = f" Make {'it' if one else 'them'} first, or use upstream=True."
        if skip.nonexistent:
            few = ", ".join(skip.nonexistent[:4]) + (" …" if len(skip.nonexistent) > 4 else "")
            what_to_do = f" No run can make {few}: there is no such partition; change the mapping or the definition."
        raise MissingInputError(f"{skip.piece} was skipped: {lack}: {shown}.{what_to_do}{too}")


def raise_observation(result: ObservationResult) -> None:
    """Raise the first error of observations, if there is one."""
    __tracebackhide__ = True
    if result.failures:
        first = result.failures[0]
        first.error.add_note(f"raised while observing {', '.join(key.to_user_string() for key in first.keys)}")
        raise first.error.with_traceback(_own_frames(first.error.__traceback__))


def _raise_of_checks(result: RunResult) -> None:
    """Raise the first error of a check, or say which blocking checks found one."""
    __tracebackhide__ = True
    if result.check_failures:
        first = result.check_failures[0]
        first.error.add_note(f"raised by the check {first.names}")
        raise first.error.with_traceback(_own_frames(first.error.__traceback__))
    wrong = blocking_errors(result.check_evaluations)
    if wrong:
        many = f"{plural(len(wrong), 'blocking check')} found an error"
        names = [said for each in wrong[:4] if (said := piece_name(each.asset_key, each.partition))]
        listed = ", ".join(f"{name}: {each.check_name}" for name, each in zip(names, wrong, strict=False))
        more = " …" if len(wrong) > 4 else ""
        raise AssetCheckFailedError(f"{many}, so nothing was made from what it looked at. {listed}{more}")


def _own_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the person's first frame on; all of it where there is none."""
    frame = trace
    while frame is not None and frame.tb_frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.tb_next
    return frame or trace

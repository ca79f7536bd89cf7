"""Names of the reference that are not here, and what to do instead."""

from __future__ import annotations

_FILES = "FilesystemIOManager keeps pickles; without any IO manager, the store keeps the values of all assets."
_LATER = "Automation is not here yet: a function or a cell calls materialize."
_ADVICE = {
    _FILES: ("PickledObjectFilesystemIOManager", "custom_path_fs_io_manager"),
    _LATER: (
        "AutoMaterializePolicy",
        "AutoMaterializeRule",
        "AutomationCondition",
        "RunRequest",
        "ScheduleDefinition",
        "SensorDefinition",
        "asset_sensor",
        "build_schedule_from_partitioned_job",
        "multi_asset_sensor",
        "run_failure_sensor",
        "schedule",
        "sensor",
    ),
    "Write context.log, or logging.getLogger(__name__) outside of runs.": ("get_logger", "logger"),
    "All errors of this package are a NotebookAssetsError.": ("Error",),
    "Each case has an error of its own; all are a NotebookAssetsError.": ("InvariantViolationError",),
}


def advice_for(name: str) -> str | None:
    """Return what to do instead of using a name of the reference, None where nothing is known of it.

    Args:
        name: The name, without the reference's brand.

    >>> advice_for("logger")
    'Write context.log, or logging.getLogger(__name__) outside of runs.'
    """
    return next((advice for advice, names in _ADVICE.items() if name in names), None)

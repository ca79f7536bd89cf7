"""The configuration of one run of a job: what was given, or what the job says, or what it makes of either."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notebook_assets.ops.config_mappings import ConfigMapping
from notebook_assets.ops.graph_config import unknown
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.resources.config_types import MISSING, Problem, raise_problems

_SECTIONS = ("ops", "resources", "inputs", "execution", "loggers")


def config_of_job(job: str, config: Any, given: Any, partition_key: str | None) -> Mapping[str, Any]:
    """Return the configuration of one run.

    Args:
        job: What errors call the job.
        config: That of the job: a dict, a RunConfig, a PartitionedConfig, a ConfigMapping, or None.
        given: What the run was given: a dict or a RunConfig; of a job with a ConfigMapping, what that takes.
        partition_key: The partition that the run is of, if any.

    Raises:
        InvalidInvocationError: It is no dict.
        InvalidConfigError: It does not fit the config mapping, or has an unknown section.

    >>> by_rows = ConfigMapping(lambda rows: {"ops": {"read": {"config": {"rows": rows}}}}, int)
    >>> config_of_job("The job 'daily'", by_rows, 3, None)
    {'ops': {'read': {'config': {'rows': 3}}}}
    """
    if isinstance(config, ConfigMapping):
        found = config.resolve(MISSING if given is None else _as_dict(given), f"{job}: its configuration")
    elif given:
        found = given
    elif hasattr(config, "get_run_config_for_partition_key"):
        found = None if partition_key is None else config.get_run_config_for_partition_key(partition_key)
    else:
        found = config
    found = _as_dict(found)
    check_mapping(found, f"{job}: run_config", '{"ops": {"clean": {"config": {}}}}')
    wrong = [name for name in found or {} if name not in _SECTIONS]
    raise_problems([Problem("run_config", unknown("unknown section", name, _SECTIONS)) for name in wrong])
    return found or {}


def _as_dict(config: Any) -> Any:
    to_dict = getattr(config, "to_config_dict", None)
    return config if to_dict is None else to_dict()

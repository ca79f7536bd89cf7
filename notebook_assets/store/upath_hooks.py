"""What a subclass of UPathIOManager may say otherwise: where values are, what is told of them, how files are made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar, TypeAlias

from notebook_assets.resources import InputContext, OutputContext
from notebook_assets.resources.split_frames import checked_parts
from notebook_assets.store.value_paths import below, safe_name

ALLOW_MISSING = "allow_missing_partitions"
"""The metadata of an input by which partitions that have no file are left out."""

Context: TypeAlias = InputContext | OutputContext


class UPathHooks:
    """The methods of an IO manager over paths that have an answer, which a subclass may replace.

    >>> UPathHooks().get_missing_partition_log_message("a")
    "Couldn't load partition a and skipped it because the input metadata includes allow_missing_partitions=True"
    """

    loads_several: ClassVar[bool] = True
    """Whether several partitions are loaded by one call, as a dict by key."""

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """Return metadata of a value that was stored."""
        return {}

    def get_asset_relative_path(self, context: Context) -> Any:
        """Return the path of an asset, without its partition and extension, below the base folder."""
        return PurePosixPath(*map(safe_name, context.asset_key.path))

    def get_op_output_relative_path(self, context: Context) -> Any:
        """Return the path of the output of an op that is no asset: its run, its step, its name."""
        return PurePosixPath(*map(safe_name, context.get_identifier()))

    def get_path_for_partition(self, context: Context, path: Any, partition: str) -> Any:
        """Return the path of a partition, without extension.

        Args:
            context: What is stored or loaded.
            path: The path of the asset.
            partition: The partition's key; its dimensions' keys, joined by slashes, where it has several. What is no
                harmless name is encoded.
        """
        return below(path, partition.split("/"))

    def path_exists(self, path: Any) -> bool:
        """Whether there is something at a path."""
        return bool(path.exists())

    def make_directory(self, path: Any) -> None:
        """Make a folder, and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def unlink(self, path: Any) -> None:
        """Remove the file at a path."""
        path.unlink()

    def get_loading_input_log_message(self, path: Any) -> str:
        """Return what is logged before a file is read."""
        return f"Loading file from: {path} using {type(self).__name__}..."

    def get_writing_output_log_message(self, path: Any) -> str:
        """Return what is logged before a file is written."""
        return f"Writing file at: {path} using {type(self).__name__}..."

    def get_loading_input_partition_log_message(self, path: Any, partition_key: str) -> str:
        """Return what is logged before the file of one of several partitions is read."""
        return f"Loading partition {partition_key} from {path} using {type(self).__name__}..."

    def get_missing_partition_log_message(self, partition_key: str) -> str:
        """Return the warning for a partition that has no file and is left out."""
        return (
            f"Couldn't load partition {partition_key} and skipped it because the input metadata includes "
            f"{ALLOW_MISSING}=True"
        )

    def value_by_partition(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """Return the values of several partitions, by key, from what was made for all of them.

        That is a dict by key, or one DataFrame whose index level ``partition`` is the key. None is None of each.

        Raises:
            OutputTypeError: They can't be told apart, or some lack.
        """
        return checked_parts(context, obj, self)


def context_name(context: Context) -> str:
    """Return what a context is about, for an error.

    >>> from notebook_assets import build_output_context
    >>> context_name(build_output_context(asset_key="daily", partition_key="a"))
    'daily[a]'
    """
    if not context.has_asset_key:
        return "/".join(context.get_identifier())
    name = context.asset_key.to_user_string()
    keys = context.partition_keys
    return name if not keys else f"{name}[{keys[0] if len(keys) == 1 else f'{keys[0]}...{keys[-1]}'}]"

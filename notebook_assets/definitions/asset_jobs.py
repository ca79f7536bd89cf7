"""define_asset_job: a selection of assets that is made together, with configuration and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import RetryPolicy
from notebook_assets.assets.deprecated_names import warn_deprecated
from notebook_assets.definitions.argument_checks import check_executor_def
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.ops.hooks import checked_hooks
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.selection import AssetSelection


@dataclass(frozen=True)
class UnresolvedAssetJobDefinition(SelfShown):
    """A job over assets as it is written down: which assets it is, only ``Definitions`` can tell.

    Made by :func:`define_asset_job`; :meth:`Definitions.resolve_job_def` gives the job that can be run.

    >>> str(define_asset_job("marketing", selection="group:marketing").selection)
    'group:"marketing"'
    """

    name: str
    selection: AssetSelection
    config: Any = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    run_tags: Mapping[str, str] | None = None
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict)
    partitions_def: PartitionsDefinition | None = None
    executor_def: Any = None
    hooks: AbstractSet[Any] = frozenset()
    op_retry_policy: Any = None
    owners: Sequence[str] = ()
    automation_condition: Any = None

    def __repr__(self) -> str:
        return f"<job {self.name} over {self.selection}>"

    def __getattr__(self, name: str) -> Any:
        """Say where the job is that can be run; there is nothing else to be had."""
        more = ""
        if name in ("execute_in_process", "asset_keys", "definitions"):
            more = (
                f"; which assets it makes, only Definitions can tell: Definitions(assets=[...], "
                f"jobs=[...]).resolve_job_def({vars(self).get('name')!r}).{name}"
            )
        raise AttributeError(f"A job that define_asset_job made has no attribute {name!r}{more}.", name=name, obj=self)


def define_asset_job(
    name: str,
    selection: Any = None,
    config: Any = None,
    description: str | None = None,
    tags: Mapping[str, object] | None = None,
    run_tags: Mapping[str, object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    executor_def: Any = None,
    hooks: AbstractSet[Any] | None = None,
    op_retry_policy: Any = None,
    owners: Sequence[str] | None = None,
    automation_condition: Any = None,
) -> UnresolvedAssetJobDefinition:
    """Define a job that makes a selection of assets; put it into the ``jobs`` of :class:`Definitions`.

    Args:
        name: The job's name.
        selection: The assets: a selection string, keys, definitions, a list of these or an ``AssetSelection``; by
            default all.
        config: The run configuration: a dict, a ``RunConfig``, or a :class:`PartitionedConfig`.
        description: For people to read.
        tags: Names and values of the job, and of its runs unless ``run_tags`` is given.
        run_tags: Names and values of its runs.
        metadata: Static metadata.
        partitions_def: The partitions of its assets, which are known without it; works, and warns.
        executor_def: Kept; ``execute_in_process`` makes everything in this process, as its name says.
        hooks: Called after each function that makes assets.
        op_retry_policy: The retry policy of those of its assets that have none.
        owners: E-mail addresses, or ``team:name``.
        automation_condition: Kept.

    Raises:
        InvalidDefinitionError: One of these is not as described.
        InvalidSelectionError: The selection does not parse.

    >>> from notebook_assets import Definitions, Instance, asset
    >>> @asset
    ... def one():
    ...     return 1
    >>> @asset
    ... def two(one):
    ...     return one + 1
    >>> definitions = Definitions([one, two], jobs=[define_asset_job("both", selection="*two")])
    >>> result = definitions.resolve_job_def("both").execute_in_process(instance=Instance.ephemeral())
    >>> result.success, result.output_for_node("two")
    (True, 2)
    """
    if not isinstance(name, str) or not name:
        raise InvalidDefinitionError(f"A job has a name, such as 'nightly'; got {name!r}.")
    where = f"The job {name!r}"
    if partitions_def is not None:
        warn_deprecated(f"{where}: partitions_def is deprecated; its assets say which partitions it has. Leave it out.")
    check_text(description or None, f"{where}: description", '"What it is for"')
    check_mapping(metadata, f"{where}: metadata", '{"rows": 3}')
    check_executor_def(executor_def, f"{where}: executor_def")
    check_instance(op_retry_policy, RetryPolicy, f"{where}: op_retry_policy", "RetryPolicy(max_retries=3)")
    check_instance(partitions_def, PartitionsDefinition, f"{where}: partitions_def", "DailyPartitionsDefinition(...)")
    chosen = AssetSelection.all() if selection is None else AssetSelection.from_coercible(selection)
    return UnresolvedAssetJobDefinition(
        name=name,
        selection=chosen,
        config=config,
        description=description,
        tags=tag_texts(tags, f"{where}: tags"),
        run_tags=None if run_tags is None else tag_texts(run_tags, f"{where}: run_tags"),
        metadata=normalize_metadata(metadata, where),
        partitions_def=partitions_def,
        executor_def=executor_def,
        hooks=checked_hooks(hooks, f"{where}: hooks"),
        op_retry_policy=op_retry_policy,
        owners=tuple(owners or ()),
        automation_condition=automation_condition,
    )

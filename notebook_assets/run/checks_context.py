"""AssetCheckExecutionContext: what a check's function can ask about the piece that it looks at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from notebook_assets.assets import AssetCheckKey, AssetCheckSpec
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import Resources
from notebook_assets.run.observing_context import LookContext


class AssetCheckExecutionContext(LookContext):
    """The first parameter of a check's function, where that is called ``context``.

    >>> from notebook_assets import AssetCheckResult, Instance, asset, asset_check, materialize
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> @asset_check(asset=numbers)
    ... def enough(context, numbers):
    ...     return AssetCheckResult(passed=len(numbers) > 2, description=f"{context.asset_key} is long enough")
    >>> result = materialize([numbers, enough], instance=Instance.ephemeral(), progress=False)
    >>> result.check_evaluations[0].description
    'numbers is long enough'
    """

    def __init__(
        self,
        specs: Sequence[AssetCheckSpec],
        partitions_def: PartitionsDefinition | None = None,
        partition_key: str | None = None,
        *,
        resources: Resources,
        **surroundings: Any,
    ) -> None:
        keys = tuple(dict.fromkeys(spec.asset_key for spec in specs))
        super().__init__(keys, partitions_def, partition_key, resources, **surroundings)
        self._specs = tuple(specs)

    @property
    def check_specs(self) -> Sequence[AssetCheckSpec]:
        """The checks that are carried out."""
        return self._specs

    @property
    def selected_asset_check_keys(self) -> Collection[AssetCheckKey]:
        """The keys of the checks that are carried out."""
        return frozenset(spec.key for spec in self._specs)

    @property
    def check_key(self) -> AssetCheckKey:
        """The key of the one check that is carried out (the first, where there are several)."""
        return self._specs[0].key

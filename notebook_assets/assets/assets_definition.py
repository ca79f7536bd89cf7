"""AssetsDefinition: an asset's spec together with the function that makes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import WRAPPER_ASSIGNMENTS, cached_property
from typing import Any

from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint
from notebook_assets.assets.fingerprint_mappings import with_mappings
from notebook_assets.assets.fingerprint_source import hex_digest
from notebook_assets.assets.signature import Signature
from notebook_assets.keys import AssetKey
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition

DEFAULT_IO_MANAGER_KEY = "io_manager"


@dataclass(frozen=True, eq=False)
class AssetsDefinition:
    """An asset that can be materialized. Made by :func:`~notebook_assets.asset`; called, it is its plain function.

    >>> from notebook_assets import asset
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> numbers.key
    AssetKey(['numbers'])
    >>> numbers()
    [1, 2, 3]
    """

    spec: AssetSpec
    fn: Callable[..., Any]
    signature: Signature
    dependencies: tuple[Dependency, ...] = ()
    output_required: bool = True
    io_manager_key: str = DEFAULT_IO_MANAGER_KEY
    resource_defs: Mapping[str, object] = field(default_factory=dict)
    required_resource_keys: frozenset[str] = frozenset()

    __notebook_asset__ = True  # how code that may not import this floor knows an asset

    def __post_init__(self) -> None:
        # help() and inspect shall show the function's own name, docstring and signature.
        names = {"__wrapped__": self.fn}
        for name in WRAPPER_ASSIGNMENTS:
            if hasattr(self.fn, name):
                names[name] = getattr(self.fn, name)
        self.__dict__.update(names)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it is, for tests: inputs are given by the caller."""
        return self.fn(*args, **kwargs)

    @property
    def key(self) -> AssetKey:
        """The asset's key."""
        return self.spec.asset_key

    @property
    def keys(self) -> frozenset[AssetKey]:
        """The keys of all assets that it makes."""
        return frozenset((self.key,))

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """Its partitions, if any."""
        return self.spec.partitions_def

    @property
    def dependency_keys(self) -> frozenset[AssetKey]:
        """The keys of what it is made from."""
        return frozenset(dependency.key for dependency in self.dependencies)

    @property
    def is_generator(self) -> bool:
        """Whether the function yields its result."""
        return inspect.isgeneratorfunction(self.fn)

    def get_partition_mapping(self, key: AssetKey) -> PartitionMapping | None:
        """Return the mapping that was given for the upstream asset ``key``, or None for the default."""
        return next((dependency.mapping for dependency in self.dependencies if dependency.key == key), None)

    def get_asset_spec(self, key: AssetKey | None = None) -> AssetSpec:
        """Return the spec."""
        return self.spec

    def fingerprint(self) -> CodeFingerprint:
        """Return the identity of its code as it is now: the function and all that it names, and custom mappings."""
        return with_mappings(code_fingerprint(self.fn), self.dependencies)

    @property
    def unknown_code(self) -> tuple[str, ...]:
        """What of its code can't be looked at, and why, so that a change there goes unnoticed; one sentence each."""
        return self.fingerprint().unknown if self.spec.code_version is None else ()

    @property
    def code(self) -> str:
        """What decides whether its code changed.

        The given code version stands for all of the function, else its fingerprint counts together with what its
        annotations ask for: inputs as one DataFrame, or no value at all. What its partition keys mean counts in any
        case, since the same function makes something else of other windows. ``output_required`` does not count: it
        decides what is an error, not what is made.
        """
        beside = [self.partitions_def.key_meaning] if self.partitions_def and self.partitions_def.key_meaning else []
        if self.spec.code_version is None:
            beside += sorted(f"{each.input_name} as a frame" for each in self.dependencies if each.wants_frame)
            beside += ["no value"] if self.signature.returns_nothing else []
        code = self.spec.code_version if self.spec.code_version is not None else self.fingerprint().digest
        return f"{code}+{hex_digest(chr(10).join(beside))}" if beside else code

    @cached_property
    def _summary(self) -> str:
        inputs = ", ".join(dependency.key.to_user_string() for dependency in self.dependencies)
        parts = [f"asset {self.key.to_user_string()}"]
        if self.spec.partitions_def is not None:
            parts.append(repr(self.spec.partitions_def))
        if inputs:
            parts.append(f"from {inputs}")
        return " · ".join(parts)

    def __repr__(self) -> str:
        return f"<{self._summary}>"

"""AssetsDefinition: the specs of one asset or several together with the function that makes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import WRAPPER_ASSIGNMENTS, cached_property
from typing import Any

from notebook_assets.assets.asset_spec import DEFAULT_IO_MANAGER_KEY as DEFAULT_IO_MANAGER_KEY
from notebook_assets.assets.asset_spec import AssetSpec
from notebook_assets.assets.assets_of_nodes import OfNodes
from notebook_assets.assets.backfill_policy import BackfillPolicy
from notebook_assets.assets.code_of_asset import code_of_asset
from notebook_assets.assets.decorated import check_config_schema
from notebook_assets.assets.definition_views import DefinitionViews
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint
from notebook_assets.assets.fingerprint_inputs import with_inputs
from notebook_assets.assets.fingerprint_mappings import with_mappings
from notebook_assets.assets.fingerprint_once import taken_once
from notebook_assets.assets.ops_above import ops_of_assets
from notebook_assets.assets.signature import Signature
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources.config_defaults import schema_defaults
from notebook_assets.resources.direct_calls import arguments_of_call

RESULT = "result"
"""What the output of a function that makes one asset is called."""


@dataclass(frozen=True, eq=False)
class AssetsDefinition(OfNodes, DefinitionViews):
    """Assets that one function makes; most often one. Made by :func:`~notebook_assets.asset`; called, it is its plain
    function.

    ``dependencies`` are what the function as a whole is made from; ``dependencies_by_key`` what each of several assets
    is made from, its siblings included, where that differs. ``outputs`` names the asset of each output.

    >>> from notebook_assets import asset
    >>> @asset
    ... def numbers():
    ...     return [1, 2, 3]
    >>> numbers.key, numbers()
    (AssetKey(['numbers']), [1, 2, 3])
    """

    specs: tuple[AssetSpec, ...]
    fn: Callable[..., Any]
    signature: Signature
    dependencies: tuple[Dependency, ...] = ()
    outputs: Mapping[str, AssetKey] = field(default_factory=dict)
    dependencies_by_key: Mapping[AssetKey, tuple[Dependency, ...]] = field(default_factory=dict)
    io_manager_keys: Mapping[AssetKey, str] = field(default_factory=dict)
    resource_defs: Mapping[str, object] = field(default_factory=dict)
    required_resource_keys: frozenset[str] = frozenset()
    can_subset: bool = False
    """Whether some of several assets can be made without the others."""
    stores_by_itself: bool = False
    """Whether the function stores what it makes: an asset that it does not mention counts as made, without a value."""
    name: str = ""
    """What the computation is called, where that is not the asset's name."""
    config_schema: Any = None
    check_specs: tuple[Any, ...] = ()
    retry_policy: Any = None
    op_tags: Mapping[str, Any] = field(default_factory=dict)
    pool: str | None = None
    node: Any = None
    """The op or graph that it was made from, if any."""
    types: Mapping[str, Any] = field(default_factory=dict)
    """The declared type of each output that has one."""

    __notebook_asset__ = True  # how code that may not import this floor knows an asset

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", {RESULT: self.specs[0].asset_key})
        if self.signature.resources:
            required = self.required_resource_keys | frozenset(self.signature.resources)
            object.__setattr__(self, "required_resource_keys", required)
        check_config_schema(self.label, self.signature, self.config_schema)
        # help() and inspect shall show the function's own name, docstring and signature.
        names = {"__wrapped__": self.fn}
        for name in WRAPPER_ASSIGNMENTS:
            if hasattr(self.fn, name):
                names[name] = getattr(self.fn, name)
        self.__dict__.update(names)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function as it is, for tests: inputs are given by the caller, and the context where it takes one.

        Raises:
            InvalidInvocationError: It takes the context, and none was given.
        """
        given, named = arguments_of_call(self, self.label, args, kwargs)
        return self.fn(*given, **named)

    @cached_property
    def specs_by_key(self) -> Mapping[AssetKey, AssetSpec]:
        """The spec of each asset."""
        return {spec.asset_key: spec for spec in self.specs}

    @property
    def spec(self) -> AssetSpec:
        """The spec of its one asset.

        Raises:
            InvalidInvocationError: It makes several.
        """
        return self.get_asset_spec()

    @cached_property
    def key(self) -> AssetKey:
        """The key of its one asset.

        Raises:
            InvalidInvocationError: It makes several.
        """
        return self.spec.asset_key

    @cached_property
    def keys(self) -> frozenset[AssetKey]:
        """The keys of all assets that it makes."""
        return frozenset(self.specs_by_key)

    @property
    def is_multi(self) -> bool:
        """Whether it makes several assets."""
        return len(self.specs) > 1

    @cached_property
    def label(self) -> str:
        """What errors call it: its asset's key, or its name and how many assets it makes."""
        if not self.is_multi:
            return str(self.specs[0].asset_key)
        return self.name or str(getattr(self.fn, "__name__", "multi_asset"))

    @cached_property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of its assets, if any.

        Raises:
            InvalidInvocationError: They have different ones.
        """
        found: list[PartitionsDefinition] = []
        for spec in self.specs:
            if spec.partitions_def is not None and spec.partitions_def not in found:
                found.append(spec.partitions_def)
        if len(found) > 1:
            raise InvalidInvocationError(
                f"{self.label} makes assets of different partitions; ask for one: get_asset_spec(key).partitions_def."
            )
        return found[0] if found else None

    @cached_property
    def backfill_policy(self) -> BackfillPolicy | None:
        """How many partitions one run makes, if its specs say so.

        Raises:
            InvalidInvocationError: They say different things.
        """
        found = list(dict.fromkeys(spec.backfill_policy for spec in self.specs if spec.backfill_policy is not None))
        if len(found) > 1:
            raise InvalidInvocationError(
                f"{self.label} makes assets of different backfill policies; ask for one: get_asset_spec(key)."
            )
        return found[0] if found else None

    @property
    def output_required(self) -> bool:
        """Whether it is an error if its one asset is not made."""
        return not self.spec.skippable

    @property
    def io_manager_key(self) -> str:
        """The resource that stores its one asset."""
        return self.io_manager_key_of(self.key)

    def io_manager_key_of(self, key: AssetKey) -> str:
        """Return the resource that stores an asset."""
        return self.io_manager_keys.get(key) or self.specs_by_key[key].io_manager_key or DEFAULT_IO_MANAGER_KEY

    @property
    def dependency_keys(self) -> frozenset[AssetKey]:
        """The keys of what its assets are made from; also of those of them that others are made from."""
        return frozenset(key for keys in self.asset_deps.values() for key in keys)

    def dependencies_of(self, key: AssetKey) -> tuple[Dependency, ...]:
        """Return what one of its assets is made from, siblings included."""
        return self.dependencies_by_key.get(key, self.dependencies)

    @cached_property
    def node_def(self) -> Any:
        """The op or graph that it was made from; else its function as an op."""
        return self.node if self.node is not None else ops_of_assets.op_of(self)

    @property
    def op(self) -> Any:
        """The op that makes its assets.

        Raises:
            InvalidInvocationError: A graph of ops makes them.
        """
        if hasattr(self.node_def, "nodes"):
            raise InvalidInvocationError(f"{self.label} is made by a graph of ops, not by one op; it is .node_def.")
        return self.node_def

    @cached_property
    def without_values(self) -> frozenset[AssetKey]:
        """Those of its assets that have no value to be given: made by a call that does not mention them, too."""
        nothing = (key for name, key in self.outputs.items() if is_nothing(self.types.get(name)))
        return self.keys if self.stores_by_itself else frozenset(nothing)

    @property
    def is_generator(self) -> bool:
        """Whether the function yields its result."""
        return inspect.isgeneratorfunction(self.fn)

    def get_partition_mapping(self, in_asset_key: AssetKey) -> PartitionMapping | None:
        """Return the mapping that was given for an upstream asset, or None for the default."""
        return next((dependency.mapping for dependency in self.dependencies if dependency.key == in_asset_key), None)

    def get_asset_spec(self, key: CoercibleToAssetKey | None = None) -> AssetSpec:
        """Return the spec of one asset; of the only one where there is one.

        Raises:
            InvalidInvocationError: It makes several, and no key is given.
            UnknownAssetError: It makes no asset of that key.
        """
        if key is None:
            if len(self.specs) > 1:
                names = ", ".join(spec.asset_key.to_user_string() for spec in self.specs)
                raise InvalidInvocationError(
                    f"{self.label} makes several assets ({names}); ask for one: get_asset_spec(key)."
                )
            return self.specs[0]
        asked = AssetKey.from_coercible(key)
        if asked not in self.specs_by_key:
            names_ = [spec.asset_key.to_user_string() for spec in self.specs]
            raise UnknownAssetError(
                f"{self.label} makes no asset {asked.to_user_string()!r}; it makes {', '.join(names_)}."
                f"{did_you_mean(asked.to_user_string(), names_)}"
            )
        return self.specs_by_key[asked]

    def fingerprint(self) -> CodeFingerprint:
        """Return the identity of its code as it is now: the function and all that it names, and custom mappings."""
        own = self.fn if self.node is None else self.node.__wrapped__  # a graph's code is the function that wires it
        config = self.signature.config_class or (self.config_schema and schema_defaults(self.config_schema))
        config = config or (self.fn.fixed_config() if hasattr(self.fn, "fixed_config") else None)
        return taken_once(
            self, lambda: with_inputs(self, with_mappings(code_fingerprint(own, config), self.dependencies))
        )

    @property
    def unknown_code(self) -> tuple[str, ...]:
        """What of its code can't be looked at, and why, so that a change there goes unnoticed; one sentence each."""
        return self.fingerprint().unknown if any(spec.code_version is None for spec in self.specs) else ()

    @property
    def code(self) -> str:
        """What decides whether the code of its one asset changed."""
        return self.code_of(self.key)

    def code_of(self, key: AssetKey) -> str:
        """Return what decides whether the code of an asset changed.

        The given code version stands for all of the function, else its fingerprint counts together with what its
        annotations ask for (inputs as one DataFrame, or no value at all) and which assets its parameters stand for.
        What its partition keys mean counts in any case, since the same function makes something else of other windows.
        ``output_required`` does not count: it decides what is an error, not what is made.
        """
        return taken_once((self, key), lambda: code_of_asset(self, key))

    @cached_property
    def _summary(self) -> str:
        inputs = ", ".join(dependency.key.to_user_string() for dependency in self.dependencies)
        names = ", ".join(spec.asset_key.to_user_string() for spec in self.specs)
        parts = [f"{'assets' if self.is_multi else 'asset'} {names}"]
        partitions = {repr(spec.partitions_def): None for spec in self.specs if spec.partitions_def is not None}
        parts += list(partitions)
        if inputs:
            parts.append(f"from {inputs}")
        return " · ".join(parts)

    def __repr__(self) -> str:
        return f"<{self._summary}>"

"""AssetChecksDefinition: checks together with the function that carries them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import WRAPPER_ASSIGNMENTS, cached_property
from typing import Any

from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.decorated import check_config_schema
from notebook_assets.assets.dependencies import Dependency
from notebook_assets.assets.ops_above import ops_of_assets
from notebook_assets.assets.signature import Signature
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.resources.direct_calls import arguments_of_call
from notebook_assets.selection.check_keys import AssetCheckKey


@dataclass(frozen=True, eq=False)
class AssetChecksDefinition(SelfShown):
    """Checks that one function carries out; most often one. Called, it is its plain function.

    Made by :func:`~notebook_assets.asset_check` and :func:`~notebook_assets.multi_asset_check`. ``dependencies`` are
    the assets that the function is given, or that it looks at besides; ``name`` is what a run's configuration calls it:
    asset and check joined by ``_``, or the function's name where it carries out several.

    >>> from notebook_assets import AssetCheckResult, asset_check
    >>> @asset_check(asset="daily")
    ... def has_rows(daily):
    ...     return AssetCheckResult(passed=len(daily) > 0)
    >>> has_rows.check_key
    AssetCheckKey(asset_key=AssetKey(['daily']), name='has_rows')
    >>> has_rows([1, 2]).passed
    True
    """

    specs: tuple[AssetCheckSpec, ...]
    fn: Callable[..., Any]
    signature: Signature
    dependencies: tuple[Dependency, ...] = ()
    resource_defs: Mapping[str, object] = field(default_factory=dict)
    required_resource_keys: frozenset[str] = frozenset()
    can_subset: bool = False
    """Whether some of several checks can be carried out without the others."""
    config_schema: Any = None
    op_tags: Mapping[str, Any] = field(default_factory=dict)
    retry_policy: Any = None
    pool: str | None = None
    name: str = ""
    description: str | None = None
    """What is said of a function that carries out several checks; of a single check, its spec says it."""

    __notebook_check__ = True

    def __post_init__(self) -> None:
        if self.config_schema is not None:
            check_config_schema(repr(self), self.signature, self.config_schema)
        required = self.required_resource_keys | frozenset(self.signature.resources)
        object.__setattr__(self, "required_resource_keys", required)
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
        given, named = arguments_of_call(self, repr(self), args, kwargs)
        return self.fn(*given, **named)

    @property
    def check_specs(self) -> tuple[AssetCheckSpec, ...]:
        """The specs of all checks."""
        return self.specs

    @cached_property
    def specs_by_key(self) -> Mapping[AssetCheckKey, AssetCheckSpec]:
        """The spec of each check."""
        return {spec.key: spec for spec in self.specs}

    @property
    def check_keys(self) -> frozenset[AssetCheckKey]:
        """The keys of all checks."""
        return frozenset(self.specs_by_key)

    @property
    def check_key(self) -> AssetCheckKey:
        """The key of its one check.

        Raises:
            InvalidInvocationError: It has several.
        """
        if len(self.specs) != 1:
            raise InvalidInvocationError(f"{self!r} has several checks, of which check_keys tells the keys.")
        return self.specs[0].key

    @property
    def keys(self) -> frozenset[AssetKey]:
        """The assets that it makes: none."""
        return frozenset()

    @cached_property
    def op(self) -> Any:
        """Its function as an op."""
        return ops_of_assets.op_of_checks(self)

    @property
    def node_def(self) -> Any:
        """The same as :attr:`op`."""
        return self.op

    @cached_property
    def asset_keys(self) -> tuple[AssetKey, ...]:
        """The assets that are checked."""
        return tuple(dict.fromkeys(spec.asset_key for spec in self.specs))

    @property
    def dependency_keys(self) -> frozenset[AssetKey]:
        """The keys of all that the function is given or looks at."""
        return frozenset((*self.asset_keys, *(dependency.key for dependency in self.dependencies)))

    def get_spec_for_check_key(self, asset_check_key: AssetCheckKey) -> AssetCheckSpec:
        """Return the spec of one check."""
        return self.specs_by_key[asset_check_key]

    def __repr__(self) -> str:
        return f"<check {', '.join(spec.key.to_user_string() for spec in self.specs)}>"

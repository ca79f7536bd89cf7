"""OpDefinition: a function with named inputs and outputs, as a node for graphs; and one use of a node."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import WRAPPER_ASSIGNMENTS, cached_property
from typing import Any

from notebook_assets.assets import RetryPolicy
from notebook_assets.assets.signature import Signature
from notebook_assets.assets.types_declared import DeclaredTypes, declared_types
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.ops.composition import current_composition
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.ops.ins_outs import NO_DEFAULT, In, Out
from notebook_assets.ops.node_wiring import NodeDefinition, NodeOptions
from notebook_assets.partitions.shown import SelfShown
from notebook_assets.resources.direct_calls import arguments_of_call, is_built_context


class Invocable(SelfShown):
    """What ops and graphs have in common: they are called in a composition function, most often as they are."""

    def alias(self, name: str) -> PendingNode:
        """Return the node under another name, to be called in a composition function."""
        return _pending(self, NodeOptions(alias=name))

    def tag(self, tags: Mapping[str, str]) -> PendingNode:
        """Return the node with tags, to be called in a composition function."""
        return _pending(self, NodeOptions(tags=dict(tags)))

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingNode:
        """Return the node with hooks, to be called in a composition function."""
        return _pending(self, NodeOptions(hooks=frozenset(hook_defs)))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """Return the node with a retry policy, to be called in a composition function."""
        return _pending(self, NodeOptions(retry_policy=retry_policy))


@dataclass(frozen=True)
class PendingNode:
    """An op or a graph with an alias, tags, hooks or a retry policy of its own; called in a composition function."""

    definition: Any
    options: NodeOptions

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add it to the graph whose composition function runs; elsewhere an op is its plain function."""
        composition = current_composition()
        if composition is None:
            return self.definition(*args, **kwargs)
        return composition.add(self.definition, self.options, args, kwargs)

    def alias(self, name: str) -> PendingNode:
        """Return it under another name."""
        return PendingNode(self.definition, replace(self.options, alias=name))

    def tag(self, tags: Mapping[str, str]) -> PendingNode:
        """Return it with more tags."""
        return PendingNode(self.definition, replace(self.options, tags={**self.options.tags, **tags}))

    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingNode:
        """Return it with more hooks."""
        return PendingNode(self.definition, replace(self.options, hooks=self.options.hooks | frozenset(hook_defs)))

    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingNode:
        """Return it with a retry policy."""
        return PendingNode(self.definition, replace(self.options, retry_policy=retry_policy))


def _pending(definition: Any, options: NodeOptions) -> PendingNode:
    return PendingNode(definition, options)


@dataclass(frozen=True, eq=False)
class OpDefinition(Invocable):
    """A function with named inputs and outputs. Made by :func:`op`; called, it is its function, or a node of a graph.

    >>> from notebook_assets import op
    >>> @op
    ... def double(number): return number * 2
    >>> double.name, list(double.ins), list(double.outs)
    ('double', ['number'], ['result'])
    >>> double(4)
    8
    """

    name: str
    fn: Callable[..., Any]
    signature: Signature
    ins: Mapping[str, In]
    outs: Mapping[str, Out]
    description: str | None = None
    config_schema: Any = None
    required_resource_keys: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    code_version: str | None = None
    retry_policy: RetryPolicy | None = None
    pool: str | None = None

    def __post_init__(self) -> None:
        if self.signature.resources:
            required = self.required_resource_keys | frozenset(self.signature.resources)
            object.__setattr__(self, "required_resource_keys", required)
        if self.signature.config_class is not None and self.config_schema is not None:
            raise InvalidDefinitionError(
                f"The op {self.name!r} has a config_schema and a parameter config of a Config class; leave one of "
                "them out."
            )
        names: dict[str, Any] = {"__wrapped__": self.fn}
        for each in WRAPPER_ASSIGNMENTS:
            if hasattr(self.fn, each):
                names[each] = getattr(self.fn, each)
        self.__dict__.update(names)

    @property
    def schema(self) -> Any:
        """What its configuration looks like: a Config class or a schema; None where it has none."""
        return self.config_schema if self.signature.config_class is None else self.signature.config_class

    @cached_property
    def types(self) -> DeclaredTypes:
        """The types that its inputs and outputs are declared to have."""
        inputs = {name: about.dagster_type for name, about in self.ins.items() if about.dagster_type is not NO_DEFAULT}
        outputs = {name: Any if out.dagster_type is NO_DEFAULT else out.dagster_type for name, out in self.outs.items()}
        return declared_types(self.fn, inputs, outputs, list(self.outs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, for tests; in a composition function, add a node to the graph.

        Args:
            args: The context first, where the function takes one; then the inputs.
            kwargs: Inputs by name; inputs that only wait may be given and are ignored.

        Raises:
            InvalidInvocationError: Something is lacking or too much.
        """
        composition = current_composition()
        if composition is not None:
            return composition.add(self, NodeOptions(), args, kwargs)
        if any(is_built_context(each) for each in (*args[:1], *kwargs.values())):
            args, kwargs = arguments_of_call(self, f"the op {self.name!r}", args, kwargs)
        given = {name: value for name, value in kwargs.items() if not (name in self.ins and self.ins[name].waits_only)}
        try:
            bound = inspect.signature(self.fn).bind(*args, **self._defaults(len(args), given))
        except TypeError as error:
            takes = "the context and " if self.signature.context else ""
            raise InvalidInvocationError(
                f"The op {self.name!r} is called with {takes}the inputs {list(self.signature.inputs)}: {error}."
            ) from None
        return self.fn(*bound.args, **bound.kwargs)

    def _defaults(self, positional: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """Add the defaults that only ``ins`` knows."""
        first = 1 if self.signature.context and not self.signature.context_is_keyword else 0
        by_place = set(self.signature.inputs[: max(0, positional - first)])
        defaults = {
            name: self.ins[name].default_value
            for name in self.signature.inputs
            if name not in by_place and self.ins[name].has_default
        }
        return {**defaults, **given}

    def __repr__(self) -> str:
        return f"<op {self.name}>"


def is_op(definition: NodeDefinition) -> bool:
    """Whether a node is an op, not a graph of others."""
    return isinstance(definition, OpDefinition)

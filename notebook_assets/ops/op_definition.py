"""OpDefinition: a function with named inputs and outputs, as a node for graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import WRAPPER_ASSIGNMENTS, cached_property
from typing import Any

from notebook_assets.assets import RetryPolicy
from notebook_assets.assets.decorated import check_config_schema
from notebook_assets.assets.signature import Signature
from notebook_assets.assets.types_declared import DeclaredTypes, check_several, declared_types
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.lazy import lazy_module
from notebook_assets.ops.composition import current_composition
from notebook_assets.ops.config_mappings import ConfigMapping, chained, mapping_of
from notebook_assets.ops.dynamic_output import check_name
from notebook_assets.ops.ins_outs import NO_DEFAULT, In, Out
from notebook_assets.ops.invocable import Invocable
from notebook_assets.ops.node_wiring import NodeDefinition, NodeOptions
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text, check_texts
from notebook_assets.partitions.tags_as_texts import tag_texts
from notebook_assets.resources.config_types import MISSING, processed

direct_calls: Any = lazy_module("notebook_assets.ops.direct_op_calls")  # which needs ops
"""How ops are called in tests."""


@dataclass(frozen=True)
class DecoratedFunction:
    """A function as it is decorated: its inputs are parameters, and so are its configuration and resources."""

    fn: Callable[..., Any]
    signature: Signature


def _one_result() -> dict[str, Out]:
    return {"result": Out()}


def _with_version(outs: Mapping[str, Out], version: str | None) -> dict[str, Out]:
    """Return outputs with the code version of the op, where they have none of their own."""
    if version is None:
        return dict(outs)
    return {name: replace(out, code_version=out.code_version or version) for name, out in outs.items()}


@dataclass(frozen=True, eq=False, repr=False)
class OpDefinition(Invocable):
    """A function with named inputs and outputs. Made by :func:`op`; called, it is its function, or a node of a graph.

    Args:
        compute_fn: Takes the context and a dict of the inputs, and yields an :class:`Output` for each output.
        name: What it is called.
        ins: Its inputs, by name.
        outs: Its outputs, by name; by default one, ``result``.
        description: For people to read.
        config_schema: What ``context.op_config`` holds.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        tags: Names and values.
        version: An older name of ``code_version``.
        retry_policy: How often what failed is tried again.
        code_version: Names the version of the code.
        pool: Kept for code that gives it.
        configured_by: What makes its configuration of the one that it is given; see :meth:`configured`.

    Raises:
        InvalidDefinitionError: These don't fit together.

    >>> from notebook_assets import op
    >>> @op
    ... def double(number): return number * 2
    >>> double.name, list(double.ins), list(double.outs)
    ('double', ['number'], ['result'])
    >>> double(4)
    8
    >>> by_hand = OpDefinition(lambda context, inputs: inputs["rows"] + 1, "by_hand", {"rows": In(int)})
    >>> list(by_hand.ins), list(by_hand.outs)
    (['rows'], ['result'])
    """

    compute_fn: Callable[[Any, Mapping[str, Any]], Any] | DecoratedFunction
    name: str
    ins: Mapping[str, In] = field(default_factory=dict)
    outs: Mapping[str, Out] = field(default_factory=_one_result)
    description: str | None = None
    config_schema: Any = None
    required_resource_keys: AbstractSet[str] = frozenset()
    tags: Mapping[str, Any] = field(default_factory=dict)
    version: str | None = None
    retry_policy: RetryPolicy | None = None
    code_version: str | None = None
    pool: str | None = None
    configured_by: ConfigMapping | None = None

    def __post_init__(self) -> None:
        check_definition(self)
        required = frozenset(self.required_resource_keys or ()) | frozenset(self.signature.resources)
        version = self.code_version or self.version
        settled: dict[str, Any] = {
            "ins": dict(self.ins or {}),
            "outs": _with_version(_one_result() if self.outs is None else self.outs, version),
            "required_resource_keys": required,
            "tags": tag_texts(self.tags, f"The op {self.name!r}: tags"),
            "version": version,
            "code_version": version,
        }
        for name, value in settled.items():
            object.__setattr__(self, name, value)
        check_config_schema(f"The op {self.name!r}", self.signature, self.config_schema)
        if self.is_from_decorator:
            check_several(self.fn, self.outs)
        names: dict[str, Any] = {"__wrapped__": self.code}
        for each in WRAPPER_ASSIGNMENTS:
            if hasattr(self.code, each):
                names[each] = getattr(self.code, each)
        self.__dict__.update(names)

    @property
    def is_from_decorator(self) -> bool:
        """Whether its inputs are parameters of its function; else the function takes a dict of them."""
        return isinstance(self.compute_fn, DecoratedFunction)

    @property
    def code(self) -> Callable[..., Any]:
        """The function as it was written."""
        return self.compute_fn.fn if isinstance(self.compute_fn, DecoratedFunction) else self.compute_fn

    @cached_property
    def fn(self) -> Callable[..., Any]:
        """Its function, which takes inputs by name."""
        compute = self.compute_fn
        return compute.fn if isinstance(compute, DecoratedFunction) else lambda context, **ins: compute(context, ins)

    @cached_property
    def signature(self) -> Signature:
        """What its function takes."""
        if isinstance(self.compute_fn, DecoratedFunction):
            return self.compute_fn.signature
        inputs = tuple(name for name, about in (self.ins or {}).items() if not about.waits_only)
        return Signature(inputs, "context", frozenset(), False, takes_any_input=True)

    @property
    def schema(self) -> Any:
        """What its configuration looks like: a Config class or a schema; None where it has none."""
        return self.configured_by.schema if self.configured_by is not None else self.own_schema

    @property
    def own_schema(self) -> Any:
        """What the configuration looks like that its function gets."""
        return self.config_schema if self.signature.config_class is None else self.signature.config_class

    @property
    def run_resource_keys(self) -> frozenset[str]:
        """The resources that a run of it needs: those of its function, and those that load its inputs."""
        loading = (about.input_manager_key for about in self.ins.values())
        return frozenset(self.required_resource_keys) | {key for key in loading if key is not None}

    def config_of(self, given: Any, path: str) -> Any:
        """Return the configuration that the function gets, checked and with defaults.

        Args:
            given: What the run says; MISSING where it says nothing.
            path: Where it stands, for errors.

        Raises:
            InvalidConfigError: It does not fit.
        """
        if self.configured_by is not None:
            given = self.configured_by.resolve(given, path)
            path = f"{path} (as the op is configured)"
        if self.own_schema is None:
            return None if given is MISSING else given
        return processed(self.own_schema, given, path)

    def configured(
        self,
        config_or_config_fn: Any,
        name: str | None = None,
        config_schema: Any = None,
        description: str | None = None,
    ) -> OpDefinition:
        """Return the same op under another name, with its configuration given, or made by a function of another one.

        Args:
            config_or_config_fn: The configuration, or a function that makes it of one of ``config_schema``.
            name: The op's name; by default the function's.
            config_schema: What the function takes; or annotate its parameter with a Config class.
            description: For people to read.

        Raises:
            InvalidDefinitionError: There is no name.

        >>> from notebook_assets import op
        >>> @op(config_schema={"rows": int})
        ... def read(context): return context.op_config["rows"]
        >>> read.configured({"rows": 3}, name="read_three").name
        'read_three'
        """
        mapping = mapping_of(config_or_config_fn, config_schema)
        if self.configured_by is not None:
            mapping = chained(mapping, self.configured_by)
        name = name or getattr(config_or_config_fn, "__name__", None)
        if name is None:
            raise InvalidDefinitionError(f"The op {self.name!r} is configured as another op: give that a name.")
        return replace(self, name=name, configured_by=mapping, description=description or self.description)

    @cached_property
    def types(self) -> DeclaredTypes:
        """The types that its inputs and outputs are declared to have."""
        inputs = {name: about.dagster_type for name, about in self.ins.items() if about.dagster_type is not NO_DEFAULT}
        outputs = {name: Any if out.dagster_type is NO_DEFAULT else out.dagster_type for name, out in self.outs.items()}
        return declared_types(self.fn, inputs, outputs, list(self.outs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, for tests; in a composition function, add a node to the graph.

        What is given and what comes back is checked as in a run; a generator or a coroutine comes back as one.

        Args:
            args: The context first, where the function takes one; then the inputs.
            kwargs: Inputs, the configuration and resources by name; inputs that only wait are ignored.

        Raises:
            InvalidInvocationError: Something is lacking or too much.
            InvalidConfigError: The configuration does not fit.
            TypeCheckDidNotPass: A value is not of its declared type.
            OutputTypeError: What came back does not fit the outputs.
        """
        composition = current_composition()
        if composition is not None:
            return composition.add(self, NodeOptions(), args, kwargs)
        return direct_calls.called_directly(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<op {self.name}>"


def check_definition(op: OpDefinition) -> None:
    """Raise InvalidDefinitionError unless an op's parts can be such.

    Args:
        op: The op, which may be half made.
    """
    check_name(op.name, "The name of an op")
    if not callable(op.compute_fn) and not isinstance(op.compute_fn, DecoratedFunction):
        raise InvalidDefinitionError(
            f"The op {op.name!r} is computed by a function of the context and a dict of inputs; got {op.compute_fn!r}."
        )
    where = f"The op {op.name!r}"
    check_texts(op.required_resource_keys, f"{where}: required_resource_keys", '{"database"}')
    check_instance(op.retry_policy, RetryPolicy, f"{where}: retry_policy", "RetryPolicy(max_retries=3)")
    check_text(op.code_version or op.version, f"{where}: code_version", '"1"')
    check_text(op.description or None, f"{where}: description", '"What it does"')
    for what, kind, given in (("ins", In, op.ins), ("outs", Out, op.outs)):
        check_mapping(given, f"The op {op.name!r}: {what}", '{"rows": ' + kind.__name__ + "()}")
        for name, about in (given or {}).items():
            check_name(name, f"A name in {what} of the op {op.name!r}")
            if not isinstance(about, kind):
                raise InvalidDefinitionError(
                    f"The op {op.name!r}: {what}[{name!r}] is an {kind.__name__}; got {about!r}."
                )


def is_op(definition: NodeDefinition) -> bool:
    """Whether a node is an op, not a graph of others."""
    return isinstance(definition, OpDefinition)

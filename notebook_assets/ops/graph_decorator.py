"""@graph: a composition function becomes a graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, overload

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.ops.composition import Composition, DynamicHandle, Handle, composing
from notebook_assets.ops.dynamic_output import check_name
from notebook_assets.ops.flat_graph import flat_graph
from notebook_assets.ops.graph_definition import GraphDefinition
from notebook_assets.ops.ins_outs import DynamicOut, GraphIn, GraphOut, In, Out
from notebook_assets.ops.node_wiring import Collected, FromInput, FromOutput, Wiring
from notebook_assets.ops.op_annotations import annotations_of
from notebook_assets.partitions.arguments import check_mapping, check_text, parameters_of


@overload
def graph(compose_fn: Callable[..., Any], /) -> GraphDefinition: ...
@overload
def graph(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> Callable[[Callable[..., Any]], GraphDefinition]: ...
def graph(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition | Callable[[Callable[..., Any]], GraphDefinition]:
    """Make a graph of a function that calls ops; it runs once, now, and its calls become nodes.

    Args:
        compose_fn: The function, when the decorator is used without parentheses.
        name: By default the function's.
        description: For people to read; by default the function's docstring.
        ins: More about its inputs, which are its parameters.
        out: More about its output, or about several by name; the function then returns a dict of them.
        tags: Names and values.
        config: Configuration of its ops, as a dict by node; or a :class:`ConfigMapping`, by which the graph itself is
            configured in their place.

    Raises:
        InvalidDefinitionError: An input goes nowhere, or what is returned is no output of an op.

    >>> from notebook_assets import op
    >>> @op
    ... def double(number): return number * 2
    >>> @graph
    ... def fourfold(number):
    ...     return double(double(number))
    >>> fourfold.execute_in_process(input_values={"number": 3}).output_value()
    12
    """
    check_text(name, "@graph: name", '"totals"')
    check_mapping(ins, "@graph: ins", '{"rows": GraphIn()}')
    check_mapping(tags, "@graph: tags", '{"team": "sales"}')

    def define(fn: Callable[..., Any]) -> GraphDefinition:
        if not callable(fn) or isinstance(fn, type):
            raise InvalidDefinitionError(f"@graph decorates a function; got {fn!r}. Options are named: @graph(...).")
        for each, one in (ins or {}).items():
            if not isinstance(each, str) or not isinstance(one, GraphIn):
                raise InvalidDefinitionError(
                    f"@graph: ins[{each!r}] is a GraphIn by the parameter's name; got {one!r}."
                )
        about = {each: one.description for each, one in (ins or {}).items()}
        return compose(fn, name or str(getattr(fn, "__name__", "")), about, out, description, tags, config)

    return define if compose_fn is None else define(compose_fn)


def compose(
    fn: Callable[..., Any],
    name: str,
    ins: Mapping[str, str | None] | None = None,
    out: GraphOut | Mapping[str, Any] | None = None,
    description: str | None = None,
    tags: Mapping[str, Any] | None = None,
    config: Any = None,
) -> GraphDefinition:
    """Run a composition function and return the graph that it wires.

    Args:
        fn: The composition function.
        name: The graph's name.
        ins: Descriptions of inputs, by parameter name.
        out: The names of its outputs, where it has several.
        description: For people to read.
        tags: Names and values.
        config: Configuration of its nodes, or a config mapping.

    Raises:
        InvalidDefinitionError: An input goes nowhere, or what is returned is no output of a node.
    """
    check_name(name, "The name of a graph")
    what, hints = f"The graph {name!r}", annotations_of(fn)
    inputs = _inputs(what, fn, ins or {})
    with composing(what) as composition:
        returned = fn(**{each: Handle(FromInput(each)) for each in inputs})
    outputs = _outputs(what, composition, returned, out)
    unused = [each for each in inputs if each not in composition.used_inputs]
    if unused:
        raise InvalidDefinitionError(f"{what} has the input {unused[0]!r}, which goes nowhere; hand it to an op.")
    made = GraphDefinition(
        name,
        wiring=Wiring(
            nodes=composition.nodes,
            ins={each: In(hints[each]) if each in hints else In() for each in inputs},
            outs={each: _out_of(handle, composition) for each, handle in outputs.items()},
            outputs={each: _final(what, handle) for each, handle in outputs.items()},
        ),
        composition_fn=fn,
        description=description or inspect.getdoc(fn),
        tags=tags,
        config=config,
        recompose=partial(compose, fn, name, ins, out, description, tags, config),
    )
    flat_graph(made)  # raises where an op would run for each value of two dynamic outputs
    return made


def _inputs(what: str, fn: Callable[..., Any], given: Mapping[str, str | None]) -> list[str]:
    parameters = parameters_of(fn)
    for parameter in parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL or parameter.kind is parameter.POSITIONAL_ONLY:
            raise InvalidDefinitionError(f"{what}: the parameter {parameter} names no input; name each.")
    names = [each.name for each in parameters.values() if each.kind is not each.VAR_KEYWORD]
    takes_any = len(names) < len(parameters)
    wrong = [each for each in given if each not in names]
    if wrong and not takes_any:
        raise InvalidDefinitionError(
            f"{what}: ins names {wrong[0]!r}, which is no parameter; it has {names}.{did_you_mean(wrong[0], names)}"
        )
    return [*names, *wrong]


def _outputs(
    what: str, composition: Composition, returned: Any, out: GraphOut | Mapping[str, Any] | None
) -> dict[str, Handle | DynamicHandle]:
    names = list(out) if isinstance(out, Mapping) else None
    found = _by_name(what, returned, names)
    for each, handle in found.items():
        if not isinstance(handle, Handle | DynamicHandle):
            raise InvalidDefinitionError(
                f"{what} returns {handle!r} ({type(handle).__name__}) as its output {each!r}; return what an op "
                "returned, or a dict of such by the names of its outputs."
            )
        composition.note_use(handle)
    if names is None and set(found) - {"result"} and not hasattr(returned, "_fields"):
        raise InvalidDefinitionError(
            f"{what} returns the outputs {list(found)}; name them: out={{{next(iter(found))!r}: GraphOut(), ...}}."
        )
    expected = names if names is not None else (["result"] if isinstance(out, GraphOut) else [])
    wrong = [each for each in expected if each not in found] or [each for each in found if names and each not in names]
    if wrong:
        raise InvalidDefinitionError(
            f"{what} has the outputs {expected}, and its function returns {list(found) or 'none'}; "
            f"{wrong[0]!r} does not fit."
        )
    return found


def _by_name(what: str, returned: Any, names: list[str] | None) -> dict[str, Any]:
    if returned is None:
        return {}
    if isinstance(returned, Mapping):
        return dict(returned)
    if isinstance(returned, tuple) and hasattr(returned, "_fields"):
        return dict(zip(names or returned._fields, returned, strict=False))
    if isinstance(returned, tuple):
        if names is None or len(names) != len(returned):
            raise InvalidDefinitionError(
                f"{what} returns {len(returned)} outputs, and out names {len(names or ['result'])}; name each: "
                'out={"first": GraphOut(), ...}.'
            )
        return dict(zip(names, returned, strict=True))
    return {names[0] if names and len(names) == 1 else "result": returned}


def _final(what: str, handle: Handle | DynamicHandle) -> FromOutput | FromInput:
    if isinstance(handle.source, Collected):
        raise InvalidDefinitionError(f"{what} returns a collected list; hand it to an op, and return what that gives.")
    return handle.source


def _out_of(handle: Handle | DynamicHandle, composition: Composition) -> Out:
    if not isinstance(handle.source, FromOutput):
        return Out()
    inner = composition.nodes[handle.source.node].definition.outs[handle.source.output]
    if isinstance(handle, DynamicHandle) and not inner.is_dynamic:
        return DynamicOut(inner.dagster_type, inner.description, inner.is_required, inner.io_manager_key)
    return inner

"""%%asset: a cell becomes the definition of an asset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from notebook_assets.assets import AssetGraph, AssetIn, AssetsDefinition, asset
from notebook_assets.assets.dependencies import prefix_parts
from notebook_assets.errors import CyclicDependencyError
from notebook_assets.keys import AssetKey
from notebook_assets.magics.cell_code import CellFunction, compile_cell, python_name
from notebook_assets.magics.options import Arguments
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.workspace import known_specs, workspace


def define_from_cell(shell: InteractiveShell, arguments: Arguments, body: str) -> AssetsDefinition:
    """Define the asset that a ``%%asset`` cell describes, and bind it to its name in the notebook.

    Nothing is bound, and an earlier definition stays, when anything about it is wrong.

    Raises:
        InvalidDefinitionError: The cell does not parse, or the options don't fit it.
        UnknownUpstreamError: It reads a name that is no asset and no variable.
        CyclicDependencyError: It would need itself.
        MagicUsageError: An option is wrong.
    """
    *above, name = (arguments.text("NAME") or "").split("/")
    ins = {
        input_name: _asset_in(arguments, index, value)
        for index, (input_name, value) in enumerate(_evaluated(shell, arguments, "--in").items())
    }
    cell = _compiled(shell, arguments, name, body, ins)
    for index, input_name in enumerate(ins):
        if input_name not in cell.inputs:
            raise arguments.error("--in", f"The cell reads no {input_name!r}; it reads {list(cell.inputs)}.", index)
    prefix = arguments.text("--key-prefix")
    key = AssetKey([*(prefix_parts(prefix) if prefix else ()), *above, name])
    defined = asset(
        key=key,
        ins=ins,
        deps=_deps(arguments),
        partitions_def=_partitions(shell, arguments),
        group_name=arguments.text("--group"),
        description=arguments.text("--description"),
        code_version=arguments.text("--code-version"),
        output_required=not arguments.has("--optional"),
    )(cell.function(shell.user_ns))
    _check_fit(defined, cell)
    shell.user_ns[python_name(name)] = defined
    return defined


def _check_fit(defined: AssetsDefinition, cell: CellFunction) -> None:
    """Raise what keeps a new definition from joining the others; what is wrong without it is no reason."""
    problem = workspace().definitions([defined]).graph.problems.get(defined.key)
    if isinstance(problem, CyclicDependencyError):
        before = workspace().definitions().graph
        needs = {key: statement for key, statement in _reads(defined, cell) if _is_above(before, defined.key, key)}
        raise CyclicDependencyError("\n".join([str(problem), *needs.values()]))
    if problem is not None:
        raise problem


def _reads(defined: AssetsDefinition, cell: CellFunction) -> list[tuple[AssetKey, str]]:
    """The upstream keys of a cell, each with the line that reads it."""
    return [(entry.key, cell.reads.get(entry.input_name or "", "")) for entry in defined.dependencies]


def _is_above(graph: AssetGraph, key: AssetKey, other: AssetKey) -> bool:
    """Whether ``other`` is made from ``key``, directly or through others."""
    waiting, seen = [other], set[AssetKey]()
    while waiting:
        at = waiting.pop()
        if at == key:
            return True
        if at in graph.nodes and at not in seen:
            seen.add(at)
            waiting.extend(graph.parents(at))
    return False


def _compiled(
    shell: InteractiveShell, arguments: Arguments, name: str, body: str, ins: Mapping[str, AssetIn]
) -> CellFunction:
    catalogue = workspace().catalogue
    known = {key.name for key in workspace().instance().asset_descriptions() if len(key.parts) == 1}
    known |= {entry.key.name for entry in catalogue.entries() if len(entry.key.parts) == 1}
    source = shell.transform_cell(body)  # type: ignore[no-untyped-call]
    blank_lines = len(body) - len(body.lstrip("\n"))  # transform_cell drops them, but they are numbered
    numbered = f"%%asset {arguments.line}\n" + "\n" * blank_lines + source  # as the person sees it, for tracebacks
    return compile_cell(
        name,
        source,
        filename=shell.compile.cache(numbered, shell.displayhook.prompt_count, numbered),
        first_line=2 + blank_lines,
        is_asset=lambda asked: asked in ins or (asked in known and asked != name),
        is_variable=lambda asked: asked in shell.user_ns,
        known_names=[*known, *(each for each in shell.user_ns if not each.startswith("_"))],
        flags=shell.compile.flags,
    )


def _evaluated(shell: InteractiveShell, arguments: Arguments, option: str) -> dict[str, Any]:
    values = {}
    for index, (name, source) in enumerate(arguments.assignments(option).items()):
        values[name] = _value(shell, arguments, option, source, index)
    return values


def _value(shell: InteractiveShell, arguments: Arguments, option: str, source: str, index: int = 0) -> Any:
    """The value of an expression; an asset wins over a variable of its name."""
    if source.isidentifier():
        entry = workspace().catalogue.get(AssetKey(source))
        if entry is not None:
            return entry.thing
        if source not in shell.user_ns:
            known = {spec.asset_key: spec for spec in known_specs(workspace().instance())}
            if AssetKey(source) in known:
                return known[AssetKey(source)]
    try:
        return eval(source, shell.user_ns)  # noqa: S307  # the person's own expression, in their own notebook
    except Exception as error:
        problem = f"The expression of {option} raised {type(error).__name__}: {error}"
        raise arguments.error(option, problem, index) from error


def _asset_in(arguments: Arguments, index: int, value: Any) -> AssetIn:
    if isinstance(value, AssetIn):
        return value
    if isinstance(value, PartitionMapping):
        return AssetIn(partition_mapping=value)
    key = getattr(value, "key", value)
    if isinstance(key, str | AssetKey):
        return AssetIn(key=key)
    problem = f"An input is an AssetIn, a partition mapping or an asset key; got {type(value).__name__}."
    raise arguments.error("--in", problem, index)


def _deps(arguments: Arguments) -> list[AssetKey]:
    text = arguments.text("--deps")
    return [AssetKey.from_user_string(part.strip()) for part in text.split(",") if part.strip()] if text else []


def _partitions(shell: InteractiveShell, arguments: Arguments) -> PartitionsDefinition | None:
    """Return the partitions that ``--partitions`` gives: a definition, or another asset whose partitions to share."""
    source = arguments.text("--partitions")
    if source is None:
        return None
    value = _value(shell, arguments, "--partitions", source)
    if isinstance(value, PartitionsDefinition):
        return value
    shared = getattr(value, "partitions_def", None)
    if isinstance(shared, PartitionsDefinition):
        return shared
    problem = f"--partitions takes a partitions definition or an asset that has one; got {type(value).__name__}."
    raise arguments.error("--partitions", problem)

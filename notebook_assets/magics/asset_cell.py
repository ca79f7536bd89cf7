"""%%asset: a cell becomes the definition of an asset."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from notebook_assets.assets import AssetGraph, AssetIn, AssetsDefinition, asset
from notebook_assets.assets.dependencies import prefix_parts
from notebook_assets.errors import CyclicDependencyError
from notebook_assets.keys import AssetKey
from notebook_assets.magics.binding import binding_of
from notebook_assets.magics.cell_code import CellFunction, compile_cell
from notebook_assets.magics.options import Arguments
from notebook_assets.mappings import PartitionMapping
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.workspace import known_specs, workspace


@dataclass(frozen=True)
class DefinedCell:
    """The asset that a cell became, and what a person should know of how it did."""

    definition: AssetsDefinition
    remarks: tuple[str, ...] = ()


def define_from_cell(shell: InteractiveShell, arguments: Arguments, body: str) -> DefinedCell:
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
    prefix = arguments.text("--key-prefix")
    key = AssetKey([*(prefix_parts(prefix) if prefix else ()), *above, name])
    binding = binding_of(key, shell.user_ns, workspace().catalogue)
    known = _known_names(key)
    itself = ({key.name} if len(key.parts) == 1 else set()) | ({binding.name} - known)
    cell = _compiled(shell, arguments, key, body, {*ins, *itself, *known})
    for index, input_name in enumerate(ins):
        if input_name not in cell.inputs:
            raise arguments.error("--in", f"The cell reads no {input_name!r}; it reads {list(cell.inputs)}.", index)
    _check_reads_not_itself(key, cell, itself - set(ins))
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
    shell.user_ns[binding.name] = defined
    no_value = "" if cell.gives_value else "its last line is no expression, so its value will be None"
    return DefinedCell(defined, tuple(remark for remark in (binding.remark, no_value) if remark))


def _check_reads_not_itself(key: AssetKey, cell: CellFunction, itself: Collection[str]) -> None:
    """Refuse a cell that reads the asset that it defines; only an input that ``--in`` describes may be it."""
    for name in cell.inputs:
        if name in itself:
            raise CyclicDependencyError(
                f"The cell of asset {key.to_user_string()!r} reads {name!r}, which is that asset itself:\n"
                f"{cell.reads[name]}\n"
                f"Give the asset, or what it reads, another name. Its own earlier partitions are read by "
                f"--in {name}=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)."
            )


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


def _known_names(key: AssetKey) -> set[str]:
    """The names by which a cell reads assets other than its own: those that the notebook or the store knows."""
    here = workspace()
    known = [*here.instance().asset_descriptions(), *(entry.key for entry in here.catalogue.entries())]
    return {other.name for other in known if len(other.parts) == 1 and other != key}


def _compiled(
    shell: InteractiveShell, arguments: Arguments, key: AssetKey, body: str, assets: Collection[str]
) -> CellFunction:
    source = shell.transform_cell(body)  # type: ignore[no-untyped-call]
    blank_lines = len(body) - len(body.lstrip("\n"))  # transform_cell drops them, but they are numbered
    numbered = f"%%asset {arguments.line}\n" + "\n" * blank_lines + source  # as the person sees it, for tracebacks
    return compile_cell(
        key.name,
        source,
        filename=shell.compile.cache(numbered, shell.displayhook.prompt_count, numbered),
        first_line=2 + blank_lines,
        is_asset=lambda asked: asked in assets,
        is_variable=lambda asked: asked in shell.user_ns,
        known_names=[*assets, *(each for each in shell.user_ns if not each.startswith("_"))],
        flags=shell.compile.flags,
        resources=workspace().catalogue.resources,
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

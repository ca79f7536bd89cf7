"""What definitions, repositories and jobs over assets say of themselves."""

from __future__ import annotations

from typing import Any

from notebook_assets.assets import AssetGraph, AssetNode
from notebook_assets.assets.showing_specs import Pairs, card, names, partitions_words
from notebook_assets.definitions.asset_jobs import UnresolvedAssetJobDefinition
from notebook_assets.definitions.definition_set import Definitions
from notebook_assets.definitions.repository_definition import RepositoryDefinition
from notebook_assets.definitions.resolved_jobs import AssetJob
from notebook_assets.display import Rich, Showable, Table, code, note, plain, plural, stack
from notebook_assets.partitions.shown import shown

_FEW = 12


@shown.register
def _of_definitions(definitions: Definitions) -> Rich:
    is_repository = isinstance(definitions, RepositoryDefinition)
    graph = definitions.sound_graph
    loads = [key for key, node in graph.nodes.items() if node.definition is None]
    what = [plural(len(graph.order), "asset"), *([_elsewhere(len(loads), len(graph.order))] if loads else [])]
    what += [plural(len(definitions.jobs), "job")] if definitions.jobs else []
    pairs: Pairs = [
        ("jobs", _in_a_line(str(job.name) for job in definitions.jobs)),
        ("resources", names(definitions.resources)),
        ("schedules", str(len(definitions.schedules)) if definitions.schedules else None),
        ("sensors", str(len(definitions.sensors)) if definitions.sensors else None),
    ]
    name = definitions.name if isinstance(definitions, RepositoryDefinition) else "Definitions"
    description = definitions.description if isinstance(definitions, RepositoryDefinition) else None
    detail = f"repository of {', '.join(what)}" if is_repository else ", ".join(what)
    table = _table(graph)
    if definitions.problem is not None:
        table = stack([table, note(str(definitions.problem), "warning")])
    return card(name, detail, description, pairs, table)


def _elsewhere(many: int, of: int) -> str:
    return "made elsewhere" if many == of else f"{many} of them made elsewhere"


def _in_a_line(given: Any) -> Rich | None:
    found = list(given)
    more = f", … {len(found) - _FEW} more" if len(found) > _FEW else ""
    return code(f"{', '.join(found[:_FEW])}{more}") if found else None


def _table(graph: AssetGraph) -> Rich:
    rows = [_row(graph.nodes[key], len(graph.checks.of(key))) for key in graph.order]
    kept = [at for at in range(5) if at == 0 or any(row[at] not in (None, "") for row in rows)]
    titles = ["asset", "group", "partitions", "made from", "checks"]
    chosen = [[row[at] for at in kept] for row in rows]
    return Table([titles[at] for at in kept], chosen, most_rows=60, noun="asset", empty="No assets.").rich


def _row(node: AssetNode, checks: int) -> list[Showable]:
    parents = ", ".join(dict.fromkeys(each.key.to_user_string() for each in node.dependencies))
    made_from: Showable = parents or ("made elsewhere" if node.definition is None else None)
    partitions = partitions_words(node.partitions_def)
    return [node.key.to_user_string(), node.spec.group, partitions, made_from, checks or None]


@shown.register
def _of_asset_job(job: AssetJob) -> Rich:
    verb = "observes" if job.observes else "makes"
    pairs: Pairs = [
        (verb, _in_a_line(key.to_user_string() for key in job.asset_keys)),
        ("partitions", partitions_words(job.partitions_def)),
        *_said(job),
    ]
    return card(job.name, f"job over {plural(len(job.asset_keys), 'asset')}", job.description, pairs)


@shown.register
def _of_unresolved(job: UnresolvedAssetJobDefinition) -> Rich:
    pairs: Pairs = [
        ("selects", code(str(job.selection))),
        ("partitions", partitions_words(job.partitions_def)),
        *_said(job),
        ("to run it", plain(f'Definitions([...], jobs=[...]).resolve_job_def("{job.name}").execute_in_process()')),
    ]
    return card(job.name, "job over assets", job.description, pairs)


def _said(job: AssetJob | UnresolvedAssetJobDefinition) -> Pairs:
    config = None if job.config is None else type(job.config).__name__
    tags = [f"{name}={value}" for name, value in (job.tags or {}).items()]
    retries = getattr(job.op_retry_policy, "max_retries", None)
    return [
        ("config", code(config) if config else None),
        ("tags", names(tags)),
        ("retries", str(retries) if retries is not None else None),
        ("owners", ", ".join(job.owners) if job.owners else None),
    ]

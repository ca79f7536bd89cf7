"""What checks, their specs and their results say of themselves."""

from __future__ import annotations

from notebook_assets.assets.checks import AssetCheckSpec
from notebook_assets.assets.checks_definition import AssetChecksDefinition
from notebook_assets.assets.checks_results import AssetCheckEvaluation, AssetCheckResult, AssetCheckSeverity
from notebook_assets.assets.showing_specs import Pairs, card, names, partitions_words, upstream
from notebook_assets.display import Rich, Table, facts, metadata_facts, metadata_rich, note, plural, stack
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.shown import shown


def result_words(passed: bool, severity: AssetCheckSeverity) -> str:
    """Return how a check ended.

    >>> result_words(passed=False, severity=AssetCheckSeverity.WARN)
    'warns'
    """
    if passed:
        return "passed"
    return "warns" if severity is AssetCheckSeverity.WARN else "failed"


def _tone(passed: bool, severity: AssetCheckSeverity) -> str:
    return {"passed": "good", "warns": "warning", "failed": "error"}[result_words(passed, severity)]


@shown.register
def _of_checks(definition: AssetChecksDefinition) -> Rich:
    needs = upstream(each for each in definition.dependencies if each.key not in definition.asset_keys)
    pairs: Pairs = [("looks at besides", needs), ("resources", names(definition.required_resource_keys))]
    if len(definition.specs) == 1:
        spec = definition.specs[0]
        more: Pairs = [*pairs, *_metadata(spec)]
        return card(spec.key.to_user_string(), _kind(spec), spec.description, more)
    rows = [
        [spec.name, spec.asset_key.to_user_string(), "yes" if spec.blocking else None, spec.description]
        for spec in definition.specs
    ]
    table = Table(["check", "of", "blocking", "description"], rows, noun="check").rich
    what = f"carries out {plural(len(rows), 'check')}"
    return card(definition.name, what, definition.description, pairs, table)


@shown.register
def _of_spec(spec: AssetCheckSpec) -> Rich:
    pairs: Pairs = [
        ("looks at besides", upstream(spec.additional_deps)),
        ("partitions", partitions_words(spec.partitions_def)),
        *_metadata(spec),
    ]
    return card(spec.key.to_user_string(), f"spec of a {_kind(spec)}", spec.description, pairs)


def _kind(spec: AssetCheckSpec) -> str:
    return "blocking check" if spec.blocking else "check"


def _metadata(spec: AssetCheckSpec) -> Pairs:
    found = normalize_metadata(spec.metadata, "metadata of a check")
    return [(name, metadata_rich(value)) for name, value in found.items()]


@shown.register
def _of_result(result: AssetCheckResult) -> Rich:
    name = ":".join(part for part in (_key(result), result.check_name) if part)
    words = result_words(result.passed, result.severity)
    said = f"{name} {words}" if name else words.capitalize()
    more = f"{said}: {result.description}" if result.description else said
    head = note(more, _tone(result.passed, result.severity))
    return stack([head, metadata_facts(result.values)]) if result.values else head


def _key(result: AssetCheckResult) -> str:
    return getattr(result.asset_key, "to_user_string", lambda: "")()


@shown.register
def _of_evaluation(found: AssetCheckEvaluation) -> Rich:
    asset = found.asset_key.to_user_string()
    piece = asset if found.partition is None else f"{asset}[{found.partition}]"
    words = f"{piece}:{found.check_name} {result_words(found.passed, found.severity)}"
    said = f"{words}: {found.description}" if found.description else words
    head = note(
        f"{said} (blocking)" if found.blocking and not found.passed else said, _tone(found.passed, found.severity)
    )
    values = [(name, metadata_rich(value)) for name, value in (found.metadata or {}).items()]
    return stack([head, facts(values)]) if values else head

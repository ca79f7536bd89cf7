"""A small pipeline whose code, data and failures a test decides, on a store in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    Explanation,
    Instance,
    Output,
    RunResult,
    TimeWindowPartitionMapping,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis import AssetStatus, statuses

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-06")
KEYS = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04", "2024-03-05"]
LETTER = {"materialized": "M", "stale": "S", "empty": "E", "missing": ".", "failed": "F", "skipped": "K"}


@dataclass
class Pipeline:
    """raw → clean → week (this day and the one before) and total (all days)."""

    instance: Instance
    values: dict[str, Any] = field(default_factory=dict)
    """What raw gives for a day: a value, None for no output, or an error to raise."""
    versions: dict[str, str] = field(default_factory=dict)
    """The code version of each asset."""
    allow: frozenset[str] = frozenset()
    """The assets whose inputs may be missing."""
    offset: int = -1
    extra: list[Any] = field(default_factory=list)

    def definitions(self) -> Definitions:
        def raw(context: Any) -> Any:
            value = self.values.get(context.partition_key, int(context.partition_key[-2:]))
            if isinstance(value, Exception):
                raise value
            if value is not None:
                yield Output(value)

        def clean(raw: Any) -> Any:
            return raw

        def week(clean: Any) -> Any:
            return sum(clean.values())

        def total(clean: Any) -> Any:
            return sum(clean.values())

        def options(name: str, upstream: str, **more: Any) -> dict[str, Any]:
            metadata = {"allow_missing_partitions": True} if name in self.allow else None
            return {
                "ins": {upstream: AssetIn(metadata=metadata, **more)},
                "code_version": self.versions.get(name, "1"),
            }

        window = TimeWindowPartitionMapping(start_offset=self.offset, allow_nonexistent_upstream_partitions=True)
        return Definitions(
            [
                asset(partitions_def=DAYS, output_required=False, code_version=self.versions.get("raw", "1"))(raw),
                asset(partitions_def=DAYS, **options("clean", "raw"))(clean),
                asset(partitions_def=DAYS, **options("week", "clean", partition_mapping=window))(week),
                asset(**options("total", "clean"))(total),
                *self.extra,
            ]
        )

    def make(self, what: Any, **options: Any) -> RunResult:
        definitions = self.definitions()
        chosen = [thing for thing in definitions.assets if thing.key.to_user_string() in _names(what)]
        others = [thing for thing in definitions.assets if thing not in chosen]
        return materialize(
            [*chosen, *others],
            selection=" or ".join(_names(what)),
            instance=self.instance,
            raise_on_error=False,
            progress=False,
            **options,
        )

    def status(self, name: str) -> AssetStatus:
        return statuses(self.definitions().graph, self.instance)[AssetKey(name)]

    def states(self, name: str) -> str:
        """The states of an asset's pieces, a letter each: M S E . F K."""
        status = self.status(name)
        return "".join(LETTER[status.state(position).value] for position in range(len(status.keys)))

    def all_states(self) -> str:
        return " ".join(self.states(name) for name in ("raw", "clean", "week", "total"))

    def explain(self, name: str, key: str | None = None) -> Explanation:
        return explain(name, key, definitions=self.definitions(), instance=self.instance)


def _names(what: Any) -> list[str]:
    return what.split() if isinstance(what, str) else list(what)


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """The pipeline, nothing made yet."""
    with Instance.ephemeral() as instance:
        yield Pipeline(instance)


@pytest.fixture
def made(pipeline: Pipeline) -> Pipeline:
    """The pipeline with everything made."""
    assert pipeline.make("raw clean week total", partitions="all").success
    return pipeline


@pytest.fixture
def run_line() -> Callable[[Pipeline, str], RunResult]:
    """Run a line of ``to_do`` as the magic would."""

    def run(pipeline: Pipeline, line: str) -> RunResult:
        from notebook_assets.magics.options import parse
        from notebook_assets.magics.specs import MATERIALIZE

        arguments = parse(MATERIALIZE, line.removeprefix("%materialize "))
        definitions = pipeline.definitions()
        return materialize(
            list(definitions.assets),
            selection=arguments.text("SELECTION"),
            partitions=list(arguments.texts("-p")) or None,
            only=arguments.text("--only"),
            upstream=arguments.has("--upstream"),
            instance=pipeline.instance,
            raise_on_error=False,
            progress=False,
        )

    return run

"""Whatever was made in whatever order: what is stale is what a slow and obvious model says, and so is why.

The model remembers of each piece by which code it was made and which contents it read, piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AssetIn,
    DailyPartitionsDefinition,
    DataVersion,
    Definitions,
    Instance,
    Output,
    SourceAsset,
    TimeWindowPartitionMapping,
    asset,
    materialize,
    partition_status,
)
from notebook_assets.store.observations_table import Seen

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-04")
KEYS = list(DAYS.get_partition_keys())
WINDOW = TimeWindowPartitionMapping(-1, 0, allow_nonexistent_upstream_partitions=True)
NAMES = ("raw", "same", "week", "total")
UPSTREAM = {"raw": ["file"], "same": ["raw"], "week": ["same"], "total": ["week", "raw"]}


def needed(name: str, key: str | None) -> list[tuple[str, str | None]]:
    """What a piece is made from."""
    if name == "raw":
        return [("file", None)]
    if name == "same":
        return [("raw", key)]
    if name == "week":
        at = KEYS.index(str(key))
        return [("same", each) for each in KEYS[max(0, at - 1) : at + 1]]
    return [(up, each) for up in UPSTREAM[name] for each in KEYS]


@dataclass
class Made:
    """What the model remembers of one piece."""

    code: str
    contents: Any
    read: dict[tuple[str, str | None], Any]


@dataclass
class World:
    """What the functions give now: values of raw by day, code versions, the file's data version, and the model."""

    store: Instance
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, 0))
    codes: dict[str, str] = field(default_factory=lambda: dict.fromkeys(NAMES, "1"))
    named: str = "one"
    """The data version that week gives its values, whatever they are."""
    pieces: dict[tuple[str, str | None], Made] = field(default_factory=dict)
    file: str | None = None

    def definitions(self) -> Definitions:
        def raw(context: Any) -> int:
            return self.values[context.partition_key]

        def same(raw: int) -> int:
            return raw // 2  # of different values the same may come

        def week(same: Any) -> Output[int]:
            return Output(sum(same.values()) if isinstance(same, dict) else same, data_version=DataVersion(self.named))

        def total(week: Any, raw: Any) -> int:
            return sum(raw.values())

        def versioned(fn: Any, **options: Any) -> Any:
            return asset(code_version=self.codes[fn.__name__], **options)(fn)

        return Definitions(
            [
                SourceAsset("file"),
                versioned(raw, partitions_def=DAYS, deps=["file"]),
                versioned(same, partitions_def=DAYS),
                versioned(week, partitions_def=DAYS, ins={"same": AssetIn(partition_mapping=WINDOW)}),
                versioned(total),
            ]
        )

    def contents(self, piece: tuple[str, str | None]) -> Any:
        if piece[0] == "file":
            return self.file
        return self.pieces[piece].contents if piece in self.pieces else None

    def make(self, name: str, key: str | None) -> None:
        """Make one piece, if all that it needs is there; note it in the model."""
        key = None if name == "total" else key
        ready = all(piece in self.pieces for piece in needed(name, key) if piece[0] != "file")
        definitions = self.definitions()
        where: dict[str, Any] = {} if key is None else {"partition_key": key}
        result = materialize(
            list(definitions.assets),
            selection=name,
            instance=self.store,
            progress=False,
            raise_on_error=False,
            **where,
        )
        assert result.success is ready
        if ready:
            value = self.store.load(name, key)
            read = {piece: self.contents(piece) for piece in needed(name, key)}
            contents = self.named if name == "week" else value
            self.pieces[name, key] = Made(self.codes[name], contents, read)

    def observe(self, version: str) -> None:
        self.file = version
        self.store.record_observations("file", [Seen(data_version=version)])

    def is_stale(self, piece: tuple[str, str | None]) -> bool:
        """Made by other code, or from other contents than there are now, or from something that is stale itself."""
        made = self.pieces.get(piece)
        if made is None:
            return False
        if made.code != self.codes[piece[0]]:
            return True
        for other, before in made.read.items():
            if other[0] == "file":
                if before != self.file:
                    return True
            elif self.contents(other) != before or self.is_stale(other):
                return True
        return False

    def check(self) -> None:
        frame = partition_status(list(NAMES), instance=self.store, definitions=self.definitions())
        rows = frame[["asset", "partition", "state", "cause"]].astype(object).values.tolist()
        for name, key, state, cause in rows:
            piece = (name, key if isinstance(key, str) else None)
            if piece in self.pieces and state not in ("failed", "skipped"):
                assert (state == "stale") is self.is_stale(piece), (piece, state, cause)
            if state == "stale":
                assert isinstance(cause, str)
                self._check_cause(piece, cause)

    def _check_cause(self, piece: tuple[str, str | None], cause: str) -> None:
        """It names a change that the model knows, in the piece or upstream of it."""
        changed = {"its code changed"} if self.pieces[piece].code != self.codes[piece[0]] else set()
        waiting, seen = [piece], set()
        while waiting:
            here = waiting.pop()
            if here in seen or here not in self.pieces:
                continue
            seen.add(here)
            if self.pieces[here].code != self.codes[here[0]]:
                changed.add(f"the code of {here[0]} changed")
            for other, before in self.pieces[here].read.items():
                waiting.append(other)
                if self.contents(other) != before:
                    name = other[0] if other[1] is None else f"{other[0]}[{other[1]}]"
                    changed |= {f"{name} was made again", f"the source {name} changed"}
        assert any(cause.startswith(each) for each in changed) or "was made again" in cause, (piece, cause, changed)


STEPS = st.one_of(
    st.tuples(st.just("make"), st.sampled_from(NAMES), st.sampled_from(KEYS)),
    st.tuples(st.just("make all"), st.sampled_from(NAMES)),
    st.tuples(st.just("value"), st.sampled_from(KEYS), st.integers(0, 3)),
    st.tuples(st.just("code"), st.sampled_from(NAMES), st.sampled_from("12")),
    st.tuples(st.just("name"), st.sampled_from(["one", "two"])),
    st.tuples(st.just("file"), st.sampled_from(["v1", "v2"])),
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=12), st.booleans())
def test_what_is_stale_is_what_the_model_says(steps: list[Any], is_observed: bool) -> None:
    with Instance.ephemeral() as store:
        world = World(store)
        if is_observed:
            world.observe("v1")
        for name in NAMES:
            for key in KEYS:
                world.make(name, key)
        for step, *arguments in steps:
            if step == "make":
                world.make(*arguments)
            elif step == "make all":
                for key in KEYS:
                    world.make(arguments[0], key)
            elif step == "value":
                world.values[arguments[0]] = arguments[1]
            elif step == "code":
                world.codes[arguments[0]] = arguments[1]
            elif step == "name":
                world.named = arguments[0]
            else:
                world.observe(arguments[0])
            world.check()


def test_a_value_that_is_written_again_unchanged_makes_nothing_stale() -> None:
    with Instance.ephemeral() as store:
        world = World(store)
        for name in NAMES:
            for key in KEYS:
                world.make(name, key)
        world.make("raw", KEYS[1])
        world.values[KEYS[1]] = 1  # another value, of which the same comes
        world.make("raw", KEYS[1])
        world.make("same", KEYS[1])
        frame = partition_status("week", instance=store, definitions=world.definitions())
        assert frame["state"].tolist() == ["materialized"] * 3

"""Resources and configuration in runs: what happens, in which order, is as in the reference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster
import pytest
from pydantic import Field as Described
from pydantic import PrivateAttr

import notebook_assets

Log = list[Any]
Program = Callable[[Any, Log], dict[str, Any]]


def base(dg: Any, log: Log) -> Any:
    class Connection(dg.ConfigurableResource):
        url: str = "local"
        _state: list[int] = PrivateAttr(default_factory=list)

        def setup_for_execution(self, context: Any) -> None:
            log.append(f"open {self.url}")
            self._state.append(1)

        def teardown_after_execution(self, context: Any) -> None:
            log.append(f"close {self.url}")

        def ask(self) -> int:
            return len(self._state)

    return Connection


def two_assets_share_one(dg: Any, log: Log) -> dict[str, Any]:
    connection = base(dg, log)

    @dg.asset
    def one(db: connection) -> None:  # type: ignore[valid-type]
        log.append(("one", db.ask(), db.url))  # type: ignore[attr-defined]

    @dg.asset(required_resource_keys={"db"})
    def two(context, one) -> None:  # type: ignore[no-untyped-def]
        log.append(("two", context.resources.db.ask()))

    return {"assets": [one, two], "resources": {"db": connection(url="x"), "idle": connection(url="idle")}}


def failing_assets_are_torn_down_after(dg: Any, log: Log) -> dict[str, Any]:
    connection = base(dg, log)

    @dg.asset
    def one(db: connection) -> None:  # type: ignore[valid-type]
        log.append("one")
        raise ValueError("no")

    return {"assets": [one], "resources": {"db": connection()}}


def nested_resources_come_first(dg: Any, log: Log) -> dict[str, Any]:
    kind = base(dg, log)

    class Table(dg.ConfigurableResource):
        connection: kind  # type: ignore[valid-type]
        name: str

        def setup_for_execution(self, context: Any) -> None:
            log.append(f"table over {self.connection.ask()}")  # type: ignore[attr-defined]

        def teardown_after_execution(self, context: Any) -> None:
            log.append("table down")

    @dg.asset
    def one(table: Table) -> None:
        log.append((table.name, table.connection.url))  # type: ignore[attr-defined]

    return {"assets": [one], "resources": {"table": Table(connection=kind(url="in"), name="t")}}


def configured_at_launch(dg: Any, log: Log) -> dict[str, Any]:
    connection = base(dg, log)

    @dg.asset
    def one(db: connection) -> None:  # type: ignore[valid-type]
        log.append(db.url)  # type: ignore[attr-defined]

    return {
        "assets": [one],
        "resources": {"db": connection.configure_at_launch()},
        "run_config": {"resources": {"db": {"config": {"url": "late"}}}},
    }


def configured_over_what_is_given(dg: Any, log: Log) -> dict[str, Any]:
    return {
        **two_assets_share_one(dg, log),
        "run_config": {"resources": {"db": {"config": {"url": "late"}}}},
    }


def wrong_resource_config(dg: Any, log: Log) -> dict[str, Any]:
    return {**two_assets_share_one(dg, log), "run_config": {"resources": {"db": {"config": {"url": 3}}}}}


def unknown_resource_config(dg: Any, log: Log) -> dict[str, Any]:
    return {**two_assets_share_one(dg, log), "run_config": {"resources": {"dbs": {"config": {}}}}}


def blocks_around_a_run(dg: Any, log: Log) -> dict[str, Any]:
    class Session(dg.ConfigurableResource):
        @contextmanager
        def yield_for_execution(self, context: Any) -> Iterator[Any]:
            log.append("begin")
            yield self
            log.append("end")

    @dg.asset
    def one(session: Session) -> None:
        log.append("one")
        raise ValueError("no")

    return {"assets": [one], "resources": {"session": Session()}}


def functions_as_resources(dg: Any, log: Log) -> dict[str, Any]:
    @dg.resource(config_schema={"p": dg.Field(str, default_value="default")})
    def first(context) -> Iterator[str]:  # type: ignore[no-untyped-def]
        log.append("first up")
        yield context.resource_config["p"]
        log.append("first down")

    @dg.resource(required_resource_keys={"first"}, config_schema=int)
    def second(context) -> Iterator[str]:  # type: ignore[no-untyped-def]
        log.append("second up")
        yield f"{context.resources.first} {context.resource_config}"
        log.append("second down")

    @dg.resource
    def third() -> int:
        return 3

    @dg.asset(required_resource_keys={"second", "third", "fourth"})
    def one(context) -> None:  # type: ignore[no-untyped-def]
        log.append((context.resources.second, context.resources.third, context.resources.fourth))

    return {
        "assets": [one],
        "resources": {"second": second, "first": first, "third": third, "fourth": "plain"},
        "run_config": {"resources": {"second": {"config": 3}}},
    }


def missing_resource_config(dg: Any, log: Log) -> dict[str, Any]:
    return {**functions_as_resources(dg, log), "run_config": None}


def a_required_resource_is_missing(dg: Any, log: Log) -> dict[str, Any]:
    program = functions_as_resources(dg, log)
    return {**program, "resources": {name: each for name, each in program["resources"].items() if name != "first"}}


def a_resource_fails_to_set_up(dg: Any, log: Log) -> dict[str, Any]:
    @dg.resource
    def bad() -> None:
        raise ValueError("no")

    @dg.asset(required_resource_keys={"bad"})
    def one() -> None:
        log.append("one")

    return {"assets": [one], "resources": {"bad": bad}}


def ready_made_definitions(dg: Any, log: Log) -> dict[str, Any]:
    @dg.asset(required_resource_keys={"hard", "none", "text", "values", "more"})
    def one(context) -> None:  # type: ignore[no-untyped-def]
        found = context.resources
        log.append((found.hard, found.none, found.text, found.values, found.more))

    made = dg.ResourceDefinition
    return {
        "assets": [one],
        "resources": {
            "hard": made.hardcoded_resource(9),
            "none": made.none_resource(),
            "text": made.string_resource(),
            "values": dg.make_values_resource(a=int, b=dg.Field(str, default_value="q")),
            "more": made.string_resource().configured("fixed"),
        },
        "run_config": {"resources": {"text": {"config": "abc"}, "values": {"config": {"a": 1}}}},
    }


def a_dependency_of_any_kind(dg: Any, log: Log) -> dict[str, Any]:
    class Holder(dg.ConfigurableResource):
        plain: dg.ResourceDependency[str]
        given: dg.ResourceDependency[str]

    @dg.asset
    def one(holder: Holder, number: dg.ResourceParam[int]) -> None:
        log.append((holder.plain, holder.given, number))

    return {"assets": [one], "resources": {"holder": Holder(plain="raw", given="more"), "number": 4}}


def configured_functions(dg: Any, log: Log) -> dict[str, Any]:
    class Report(dg.Config):
        title: str
        rows: int = Described(default=3, gt=2)

    @dg.asset
    def one(config: Report) -> None:
        log.append((config.title, config.rows))

    @dg.asset(config_schema={"rows": int, "more": dg.Field(str, default_value="m")})
    def two(context) -> None:  # type: ignore[no-untyped-def]
        log.append(context.op_config)

    return {
        "assets": [one, two],
        "run_config": dg.RunConfig(ops={"one": Report(title="t"), "two": {"config": {"rows": 3}}}),
    }


def with_config(config: Any) -> Program:
    def program(dg: Any, log: Log) -> dict[str, Any]:
        return {**configured_functions(dg, log), "run_config": config}

    return program


ONE, TWO = {"config": {"title": "t"}}, {"config": {"rows": 3}}

PROGRAMS = {
    **{
        each.__name__: each
        for each in (
            two_assets_share_one,
            failing_assets_are_torn_down_after,
            nested_resources_come_first,
            configured_at_launch,
            configured_over_what_is_given,
            wrong_resource_config,
            unknown_resource_config,
            blocks_around_a_run,
            functions_as_resources,
            missing_resource_config,
            a_required_resource_is_missing,
            a_resource_fails_to_set_up,
            ready_made_definitions,
            a_dependency_of_any_kind,
            configured_functions,
        )
    },
    "nothing given": with_config(None),
    "one given": with_config({"ops": {"one": ONE}}),
    "both given": with_config({"ops": {"one": ONE, "two": TWO}}),
    "a wrong type": with_config({"ops": {"one": {"config": {"title": 3}}, "two": TWO}}),
    "an unknown field": with_config({"ops": {"one": {"config": {"title": "t", "row": 1}}, "two": TWO}}),
    "an unknown op": with_config({"ops": {"one": ONE, "two": TWO, "three": {}}}),
    "an unknown section": with_config({"ops": {"one": ONE, "two": TWO}, "op": {}}),
    "an unknown word": with_config({"ops": {"one": {**ONE, "conf": 3}, "two": TWO}}),
    "no config": with_config({"ops": {"one": {"title": "t"}, "two": TWO}}),
}


def outcome(dg: Any, program: Program) -> tuple[Log, bool]:
    """What a program logged, and whether all went well; a run that is refused has not gone well."""
    log: Log = []
    options = program(dg, log)
    try:
        result = dg.materialize_to_memory(options.pop("assets"), raise_on_error=False, **options)
    except Exception:
        return log, False
    return log, result.success


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_does_what_it_does_in_the_reference(name: str) -> None:
    """Set-ups, tear-downs, what functions see and whether the run is refused are the same."""
    assert outcome(notebook_assets, PROGRAMS[name]) == outcome(dagster, PROGRAMS[name])


def test_limits_of_a_field_refuse_the_run() -> None:
    """What only the class can tell is told before anything runs; there, when the function's turn comes."""
    program = with_config({"ops": {"one": {"config": {"title": "t", "rows": 1}}, "two": TWO}})
    assert outcome(notebook_assets, program) == ([], False)
    assert not outcome(dagster, program)[1]

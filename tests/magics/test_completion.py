"""What tab completion offers in the lines of magics, and that a real shell offers it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter, rectify_completions
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from notebook_assets.errors import StoreError
from notebook_assets.magics.completion import MOST, complete, completions_at, register, unregister
from notebook_assets.magics.options import parse
from notebook_assets.magics.specs import MAGICS

ASSETS = ["daily_weather", "daily_flights", "hourly_weather", "my asset", "warehouse/daily"]
DAYS = [f"2013-07-{day:02}" for day in range(1, 32)]
AIRPORTS = ["EWR", "JFK", "La Guardia", "O'Hare", "a,b", "x..y", "🌦"]
MANY = [f"key-{number:06}" for number in range(100_000)]


class Candidates:
    def assets(self) -> list[str]:
        return ASSETS

    def partition_keys(self, asset: str | None, prefix: str) -> list[str]:
        return {"hourly_weather": MANY, "daily_flights": AIRPORTS, "daily_weather": DAYS}.get(asset or "", ["any"])

    def upstream(self, asset: str) -> list[str]:
        return {"daily_weather": ["hourly_weather"]}.get(asset, [])

    def definitions(self) -> list[str]:
        return ["days", "hourly_weather"]

    def groups(self) -> list[str]:
        return ["weather", "flights"]

    def configs(self, prefix: str) -> list[str]:
        return [name for name in ("nightly", "runs/all days.yaml") if name.startswith(prefix)]


def offered(line: str) -> list[str]:
    return complete(MAGICS, line, len(line), Candidates())


def completed(line: str) -> list[str]:
    """The line after each of the completions is taken."""
    found = completions_at(MAGICS, line, len(line), Candidates())
    return [line[: found.start] + text for text in found.texts]


HOW = ["--dry-run", "--background", "--executor", "--workers", "--newest", "--timeout"]
MATERIALIZE_OPTIONS = ["-p", "--only", "--upstream", "--config", *HOW, "--help"]


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        # assets
        ("%materialize dai", ["daily_weather", "daily_flights"]),
        ("  %materialize dai", ["daily_weather", "daily_flights"]),
        ("%materialize war", ["warehouse/daily"]),
        ("made = %materialize hour", ["hourly_weather"]),
        ("made, other = %materialize hour", ["hourly_weather"]),
        ("%partitions hour", ["hourly_weather"]),
        ("%partitions my", ['"my asset"']),
        ("%partitions 'my", ["'my asset'"]),
        ("%mapping daily_weather hour", ["hourly_weather"]),
        ("%mapping --key 2013-07-04 hour", ["hourly_weather"]),
        ("%%asset report --deps daily_weather,hour", ["hourly_weather"]),
        ("%%asset report --deps=hour", ["hourly_weather"]),
        ("%%asset report --deps my", []),
        ("%%asset report --deps 'daily_weather,my", ["my asset"]),
        # selections
        ("%assets +dai", ["daily_weather", "daily_flights"]),
        ("%assets ++hour", ["hourly_weather"]),
        ("%assets not (hour", ["hourly_weather"]),
        ("%assets daily_weather or hour", ["hourly_weather"]),
        ("%assets 'daily_weather or hour", ["hourly_weather"]),
        ("%assets 'hour", ["hourly_weather"]),
        ("%lineage key:hour", ["hourly_weather"]),
        ("%lineage group:", ["weather", "flights"]),
        ("%lineage hourly_weather and group:we", ["weather"]),
        ("%lineage my", ['key:"my asset"']),
        # what a run is configured with
        ("%materialize daily_weather --config ni", ["nightly"]),
        ("%materialize daily_weather --config ", ["nightly", '"runs/all days.yaml"']),
        ("%materialize daily_weather --config 'runs/", ["'runs/all days.yaml'"]),
        # partition keys
        ("%materialize daily_weather -p 2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize daily_weather -p 2013-07-04...2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize +daily_weather+ -p 2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize not_there or (daily_weather) -p 2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize daily_weather -p ...2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize daily_weather --only all -p 2013-07-01 -p 2013-07-3", ["2013-07-30", "2013-07-31"]),
        ("%materialize daily_flights -p ", ["EWR", "JFK", '"La Guardia"', "O'Hare", "a,b", "x..y", "🌦"]),
        ("%materialize daily_flights -p La", ['"La Guardia"']),
        ("%materialize daily_flights -p 'La G", ["'La Guardia'"]),
        ('%materialize daily_flights -p "La Guardia"...O', ["O'Hare"]),
        ("%materialize daily_flights -p x.", ["x..y"]),
        ("%materialize daily_flights -p 🌦", ["🌦"]),
        ("%materialize -p a", ["any"]),
        ("%explain daily_flights J", ["JFK"]),
        ("%explain daily_flights ", [*AIRPORTS[:2], '"La Guardia"', *AIRPORTS[3:]]),
        ("%mapping daily_flights daily_weather --key J", ["JFK"]),
        ("%mapping daily_flights --key=J", ["JFK"]),
        ("%mapping daily_weather hourly_weather --upstream-key key-00000", MANY[:10]),
        ("%mapping daily_weather -u key-00000", MANY[:10]),
        # options and choices
        ("%materialize daily_weather --", ["--only", "--upstream", "--config", *HOW, "--help"]),
        ("%materialize daily_weather -", MATERIALIZE_OPTIONS),
        ("%materialize daily_weather --o", ["--only"]),
        ("%materialize daily_weather --executor t", ["threads"]),
        ("%materialize daily_weather --only ", ["missing", "failed", "stale", "needed", "all"]),
        ("%materialize daily_weather --only m", ["missing"]),
        ("%materialize daily_weather --only=f", ["failed"]),
        ("%materialize daily_weather --only=", ["missing", "failed", "stale", "needed", "all"]),
        ("%materialize daily_weather --only all -", ["-p", "--upstream", "--config", *HOW, "--help"]),
        ("%materialize daily_weather -p 2013-07-01 -", MATERIALIZE_OPTIONS),
        ("%partitions hourly_weather ", ["--help"]),
        ("%%asset report --group w", ["weather"]),
        ("%%asset report --opt", ["--optional"]),
        ("%asset --h", ["--help"]),
        # nothing
        ("%materialize", []),
        ("%materialize zzz", []),
        ("%%materialize dai", []),
        ("%partitions daily_weather hour", []),
        ("%%asset rep", []),
        ("%%asset report --partitions Dai", []),
        ("%%asset report --in x=As", []),
        ("%%asset report --description a", []),
        ("%other dai", []),
        ("materialize dai", []),
        ("x % materialize dai", []),
        ("", []),
    ],
)
def test_what_is_offered_at_the_end_of_a_line(line: str, texts: list[str]) -> None:
    assert offered(line) == texts


def test_before_a_selection_all_assets_are_offered() -> None:
    assert offered("%materialize ") == [*ASSETS[:3], 'key:"my asset"', ASSETS[-1]]
    assert completed("%materialize ")[0] == "%materialize daily_weather"


def test_before_an_asset_name_that_is_new_the_options_are_offered() -> None:
    assert "--partitions" in offered("%%asset ")


def test_what_stands_after_the_cursor_does_not_count() -> None:
    line = "%materialize dai --only all"
    assert complete(MAGICS, line, 16, Candidates()) == ["daily_weather", "daily_flights"]


@pytest.mark.parametrize(
    "line",
    [
        "%materialize daily_flights -p ",
        "%materialize daily_flights -p 'La G",
        "%materialize daily_flights -p EWR...",
        "%materialize daily_flights or (my",
        "%explain daily_flights ",
        "%explain ",
        "%mapping daily_flights --key=",
        "%%asset x --deps a,",
        "%lineage group:",
    ],
)
def test_a_line_that_was_completed_can_be_read(line: str) -> None:
    lines = completed(line)
    assert lines
    for whole in lines:
        name, _, typed = whole.partition(" ")
        parse(next(magic for magic in MAGICS if magic.name == name), typed.replace("(", ""))


def test_a_hundred_thousand_keys_are_capped_filtered_and_fast() -> None:
    assert offered("%explain hourly_weather ") == MANY[:MOST]
    assert offered("%explain hourly_weather key-0999") == MANY[99_900:]
    begin = time.process_time()
    offered("%materialize hourly_weather -p key-099999")
    assert time.process_time() - begin < 0.2


@given(st.text(), st.integers(0, 40))
def test_any_line_is_completed_without_an_error(text: str, cursor: int) -> None:
    for magic in MAGICS:
        line = f"{magic.name} {text}"
        found = completions_at(MAGICS, line, cursor, Candidates())
        assert 0 <= found.start <= max(cursor, 0)


@given(st.lists(st.sampled_from(["daily_flights", "-p", "'", '"', "La", "...", "--only", "=", "(", "key:", " ", " "])))
def test_what_is_offered_continues_what_was_typed(pieces: list[str]) -> None:
    line = "%materialize " + "".join(pieces)
    found = completions_at(MAGICS, line, len(line), Candidates())
    for text in found.texts:
        assert text.lstrip("\"'").startswith(line[found.start :].strip("\"'")) or text.startswith("key:")


# --- a real shell -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["jedi", "no jedi"])
def shell(request: pytest.FixtureRequest) -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    config = Config({"HistoryManager": {"enabled": False}, "IPCompleter": {"use_jedi": request.param}})
    shell = InteractiveShell.instance(config=config)
    register(shell, Candidates())
    shell.user_ns["daily_weather_in_python"] = 1
    shell.user_ns["DailyPartitionsDefinition"] = object
    yield shell
    InteractiveShell.clear_instance()


def tab(shell: InteractiveShell, code: str, cursor: int | None = None) -> list[str]:
    """What a notebook gets for a tab, as the kernel asks for it: the code after each completion."""
    cursor = len(code) if cursor is None else cursor
    with provisionalcompleter():
        found = list(rectify_completions(code, shell.Completer.completions(code, cursor)))
    return [code[: one.start] + one.text + code[one.end :] for one in found]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("%materialize dai", ["%materialize daily_weather", "%materialize daily_flights"]),
        ("%materialize daily_weather -p 2013-07-3", [f"%materialize daily_weather -p 2013-07-{d}" for d in (30, 31)]),
        ("%explain daily_weather 2013-07-31", ["%explain daily_weather 2013-07-31"]),
        ("%materialize daily_flights -p a,b...J", ["%materialize daily_flights -p a,b...JFK"]),
        (
            "%materialize daily_weather --",
            [f"%materialize daily_weather {option}" for option in MATERIALIZE_OPTIONS[1:]],
        ),
        ("%materialize daily_weather --only s", ["%materialize daily_weather --only stale"]),
        ("%explain daily_flights 'La", ["%explain daily_flights 'La Guardia'"]),
        ("%explain daily_flights La", ['%explain daily_flights "La Guardia"']),
        ("x = 1\n%lineage ++hour", ["x = 1\n%lineage ++hourly_weather"]),
        ("%%asset x --group w", ["%%asset x --group weather"]),
        ("\n%%asset x --group w", ["\n%%asset x --group weather"]),
    ],
)
def test_a_shell_offers_nothing_else_in_a_magic(shell: InteractiveShell, code: str, after: list[str]) -> None:
    assert tab(shell, code) == after


def test_a_shell_keeps_the_order_of_partition_keys_and_the_rest_of_the_cell(shell: InteractiveShell) -> None:
    assert tab(shell, "%explain daily_flights \nx", 23) == [
        f"%explain daily_flights {key}\nx" for key in ["EWR", "JFK", '"La Guardia"', *AIRPORTS[3:]]
    ]


def test_a_shell_completes_python_as_always(shell: InteractiveShell) -> None:
    assert tab(shell, "daily_weather_in_py") == ["daily_weather_in_python"]
    assert tab(shell, "%%asset x\ndaily_weather_in_py") == ["%%asset x\ndaily_weather_in_python"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("--partitions DailyPart", "DailyPartitionsDefinition"),
        ("--partitions=DailyPart", "DailyPartitionsDefinition"),
        ("--in x=f(DailyPart", "f(DailyPartitionsDefinition"),
        ("--partitions text.upp", "text.upper"),
    ],
)
def test_an_expression_is_completed_with_the_notebooks_names(shell: InteractiveShell, typed: str, name: str) -> None:
    shell.user_ns["text"] = "a"
    code = f"%%asset x {typed}"
    before = code[: max(code.rfind(" "), code.rfind("=")) + 1]
    assert tab(shell, code) == [before + name]


def test_a_cell_magic_counts_only_where_the_cell_begins(shell: InteractiveShell) -> None:
    assert "x\n%%asset x --group weather" not in tab(shell, "x\n%%asset x --group w")


def test_registering_again_replaces_and_unregistering_removes(shell: InteractiveShell) -> None:
    before = len(shell.Completer.custom_matchers)
    register(shell, Candidates())
    assert len(shell.Completer.custom_matchers) == before
    unregister(shell)
    assert len(shell.Completer.custom_matchers) == before - 1
    assert "%materialize daily_flights" not in tab(shell, "%materialize dai")


def test_a_store_that_can_not_be_read_disturbs_nobody(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(Candidates):
        def assets(self) -> list[str]:
            raise StoreError("gone")

    register(shell, Broken())
    tab(shell, "%materialize dai")
    assert capsys.readouterr() == ("", "")

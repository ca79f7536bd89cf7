"""What stands in the way of a piece, followed upstream to what failed; and what is said before that is tried again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    Definitions,
    Explanation,
    Instance,
    PieceState,
    SourceAsset,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis.user_line import user_line

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")
DAY = "2024-01-03"
FAILING = "def n(context):\n    if context.partition_key == '2024-01-03':\n        z = 1\n        z / 0\n    return 1\n"
STILL = "is still the one that failed: change it (line 4: `z / 0`)."


class Chain:
    """n (by day) → m → o; the text of n's function is what a test makes of it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.text = FAILING

    def definitions(self) -> Definitions:
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(self.text, "<cell of n>", "exec"), namespace)
        function = namespace["n"]
        function.__asset_source__ = self.text
        return Definitions(
            [asset(partitions_def=DAYS)(function), asset(name="m")(lambda n: 1), asset(name="o")(lambda m: 1)]
        )

    def make(self, selection: str | None = None, **options: Any) -> None:
        everything = list(self.definitions().assets)
        materialize(
            everything,
            selection=selection,
            instance=self.instance,
            raise_on_error=False,
            progress=False,
            **(options or {"partitions": "all"}),
        )

    def explain(self, name: str, key: str | None = None) -> Explanation:
        return explain(name, key, definitions=self.definitions(), instance=self.instance)


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chain]:
    """The chain, made once, with a failure on one day; the cell's lines are known to tracebacks, as in a notebook."""
    import linecache

    with Instance.ephemeral() as instance:
        made = Chain(instance)
        lines = FAILING.splitlines(keepends=True)
        monkeypatch.setitem(linecache.cache, "<cell of n>", (len(FAILING), None, lines, "<cell of n>"))
        made.make()
        yield made


def why(found: Explanation) -> list[str]:
    return [re.sub(r"just now|\d+ (s|ms|seconds?) ago", "…", line) for line in found.why]


def test_skipped_is_followed_to_the_failure(chain: Chain) -> None:
    """Through an asset without partitions, which is named without any."""
    found = chain.explain("o")
    assert why(found) == [
        "It was skipped …, for want of 1 piece: m",
        "m was skipped, …, for want of n[2024-01-03].",
        "n[2024-01-03] failed, …: ZeroDivisionError: division by zero",
    ]
    assert "None" not in repr(found)
    assert "None" not in repr(chain.explain("m"))
    assert re.search(r"m +the whole +skipped$", repr(found), re.MULTILINE)


def test_missing_is_followed_to_the_failure(chain: Chain) -> None:
    """What was not made since something upstream failed is told of the same way."""
    chain.instance.wipe("o")
    assert why(chain.explain("o")) == [
        "It was never made. Not all that it needs is there yet.",
        "m was skipped, …, for want of n[2024-01-03].",
        "n[2024-01-03] failed, …: ZeroDivisionError: division by zero",
    ]
    chain.instance.wipe("m")
    assert why(chain.explain("o"))[1:] == [
        "m was never made.",
        "n[2024-01-03] failed, …: ZeroDivisionError: division by zero",
    ]


def test_what_simply_was_not_made_yet_is_not_followed(chain: Chain) -> None:
    for name in ("n", "m", "o"):
        chain.instance.wipe(name)
    assert why(chain.explain("o")) == ["It was never made. Not all that it needs is there yet."]


def test_skipped_but_all_there_now(chain: Chain) -> None:
    chain.text = FAILING.replace("z / 0", "z / 1")
    chain.make("n or m", partitions="all")
    assert why(chain.explain("o")) == ["It was skipped …, for want of 1 piece: m", "All that it needs is there now."]
    assert chain.explain("o").advice == ()


@pytest.mark.parametrize(("name", "key", "whose"), [("n", DAY, "Its code"), ("n", None, "Its code")])
def test_the_same_code_would_fail_again(chain: Chain, name: str, key: str | None, whose: str) -> None:
    """That is said before the line, with the line of code that raised."""
    found = chain.explain(name, key)
    assert found.advice == (f"{whose} {STILL}",)
    assert re.search(rf"To put it right:\s+{re.escape(found.advice[0])}\s+{re.escape(found.to_do[0])}", repr(found))


@pytest.mark.parametrize("name", ["m", "o"])
def test_the_same_code_upstream_would_fail_again(chain: Chain, name: str) -> None:
    assert chain.explain(name).advice == (f"The code of n {STILL}",)


def test_code_that_changed_since_may_be_tried_again(chain: Chain) -> None:
    chain.text = FAILING.replace("z / 0", "z / 1")
    assert chain.explain("n", DAY).advice == ("Its code changed since it failed.",)
    assert chain.explain("o").advice == ("The code of n changed since it failed.",)
    assert chain.explain("n", DAY).to_do == ("%materialize n -p 2024-01-03",)


def test_some_partitions_failed_with_todays_code(chain: Chain) -> None:
    chain.text = FAILING.replace("'2024-01-03'", "'2024-01-04'")
    chain.make("n", partition_key="2024-01-04")
    assert chain.explain("n").advice == (
        "Its code is still the one that failed for 1 of 2 partitions: change it (line 4: `z / 0`).",
    )


def test_the_same_code_with_other_inputs_may_be_tried_again(made: Any) -> None:
    """An error may lie in what was read: where that was made again since, nothing is to be changed first."""
    strict = asset(name="strict", code_version="1")(_strict)
    made.extra = [strict]
    made.make("strict")
    assert made.explain("strict").advice[0].startswith("Its code is still the one that failed: change it (line ")
    made.values["2024-03-03"] = 500
    made.make("raw clean total", partitions="all")
    assert made.explain("strict").advice == ("Its code is still the one that failed, but its inputs changed since.",)


def _strict(total: int) -> int:
    if total < 100:
        raise ValueError("too few")
    return total


# --- an earlier value that is kept


@pytest.fixture
def kept(made: Any) -> Any:
    """The small pipeline, with one day of raw made, changed, and failed since."""
    made.versions["raw"] = "2"
    made.values["2024-03-03"] = ValueError("new code, new error")
    made.make("raw", partition_key="2024-03-03")
    return made


def test_failed_with_a_stale_value_in_words_and_in_the_table(kept: Any) -> None:
    """The failure comes first; that the value is stale is said of the value."""
    found = kept.explain("clean", "2024-03-03")
    assert why(found) == [
        "clean[2024-03-03] was made from an earlier value of raw[2024-03-03], which is stale.",
        "raw[2024-03-03] was made by other code than today's: the code version went from 1 to 2.",
        "raw[2024-03-03] failed (an earlier value is kept, which is stale), …: ValueError: new code, new error",
    ]
    assert "1 failed (a stale value is kept): 2024-03-03" in repr(found)
    assert found.advice[0].startswith("The code of raw is still the one that failed: change it (line ")


def test_failed_itself_with_a_stale_value(kept: Any) -> None:
    found = kept.explain("raw", "2024-03-03")
    assert (found.state, why(found)) == (
        PieceState.FAILED,
        [
            "Its latest attempt, …, raised ValueError: new code, new error",
            "An earlier value is kept and can be loaded, but is stale:",
            "raw[2024-03-03] was made by other code than today's: the code version went from 1 to 2.",
        ],
    )


def test_several_failed_with_earlier_values(kept: Any) -> None:
    kept.values["2024-03-04"] = ValueError("off")
    kept.make("raw", partition_key="2024-03-04")
    total = asset(name="all_of_raw")(lambda raw: 1)
    kept.extra = [total]
    told = repr(kept.explain("all_of_raw"))
    assert "3 stale: " in told
    assert "2 failed (stale values of 2 kept): 2024-03-0" in kept.explain("all_of_raw")._repr_html_()


def test_skipped_with_an_earlier_value(made: Any) -> None:
    made.values["2024-03-03"] = ValueError("off")
    made.make("raw clean", partition_key="2024-03-03")
    assert why(made.explain("clean", "2024-03-03")) == [
        "It was skipped …, for want of 1 piece: raw[2024-03-03]",
        "An earlier value is kept and can be loaded.",
        "raw[2024-03-03] failed (an earlier value is kept), …: ValueError: off",
    ]


# --- sources


@pytest.mark.parametrize("key", [None, "2024-01-02"])
@pytest.mark.parametrize("source", [SourceAsset("elsewhere"), SourceAsset("elsewhere", partitions_def=DAYS)])
def test_a_source_has_no_state(source: SourceAsset, key: str | None) -> None:
    """It is not missing, and what is not seen of it is said."""
    if key is not None and source.partitions_def is None:
        return
    with Instance.ephemeral() as instance:
        found = explain("elsewhere", key, definitions=Definitions([source]), instance=instance)
    assert (found.state, found.why, found.to_do) == (None, ("It is made elsewhere and only read here.",), ())
    assert found.advice == ("Changes to it are not seen here: what is made from it does not become stale by itself.",)
    assert re.search(r"state +source\n\nIt is made elsewhere and only read here\.\n\nChanges to it", repr(found))
    assert "missing" not in repr(found)


# --- the line of a traceback

HEAD = "Traceback (most recent call last):\n"
OWN = '  File "/home/me/flights.py", line 7, in flights\n    return mean(rows)\n           ^^^^^^^^^^\n'
LIBRARY = (
    '  File "/env/lib/python3.11/site-packages/pandas/core/frame.py", line 99, in mean\n    raise KeyError(name)\n'
)
HELPER = "  Cell In[3], line 2, in mean\n    total / 0\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + OWN + "ValueError: x\n", "line 7: `return mean(rows)`"),
        (HEAD + OWN + LIBRARY + "KeyError: 'x'\n", "line 7: `return mean(rows)`"),
        (HEAD + OWN + HELPER + "ZeroDivisionError\n", "Cell In[3], line 2: `total / 0`"),
        (HEAD + HELPER + OWN + "ValueError\n", "flights.py, line 7: `return mean(rows)`"),
        (HEAD + OWN + "KeyError: 1\n\nDuring ...\n\n" + HEAD + HELPER + "ValueError\n", "line 2: `total / 0`"),
        (HEAD + '  File "<string>", line 3, in flights\nValueError: x\n', "line 3"),
        (HEAD + LIBRARY + "KeyError: 'x'\n", None),
        ("ValueError: wrong\n", None),
        ("", None),
        (None, None),
    ],
)
def test_the_line_that_raised(text: str | None, line: str | None) -> None:
    """The last line of people's own code, where the traceback has one; packages are not theirs to change."""
    assert user_line(text) == line


def test_a_long_line_is_cut() -> None:
    assert len(user_line(HEAD + OWN.replace("rows", "rows, " * 100)) or "") < 100


def test_a_long_way_to_the_failure_is_told_by_its_ends() -> None:
    """Its sentences are as many as a person reads."""

    def step(upstream: str) -> Callable[..., int]:
        namespace: dict[str, Any] = {}
        exec(f"def step({upstream}): return 1", namespace)
        function: Callable[..., int] = namespace["step"]
        return function

    def a0() -> int:
        raise ValueError("first")

    assets = [asset(a0), *(asset(name=f"a{number}")(step(f"a{number - 1}")) for number in range(1, 40))]
    with Instance.ephemeral() as instance:
        materialize(assets, instance=instance, raise_on_error=False, progress=False)
        found = explain("a39", definitions=Definitions(assets), instance=instance)
    assert len(found.why) == 14
    assert why(found)[7] == "… and so on, 27 times more …"
    assert why(found)[-1] == "a0 failed, …: ValueError: first"

"""What an asset's code identity covers beside the function: imports inside it, annotations, what its keys mean."""

from __future__ import annotations

import importlib
import linecache
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    Instance,
    StaticPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    asset,
)
from notebook_assets.assets.fingerprint import CodeFingerprint, code_fingerprint
from notebook_assets.workspace import materialize

FILES = {
    "nba_hm.py": "LIMIT = 3\ndef h(x):\n    return deeper(x) + LIMIT\n"
    "def deeper(x):\n    return x\ndef other(x):\n    return 0\n",
    "nba_pkg/__init__.py": "",
    "nba_pkg/sub.py": "def f(x):\n    return x + 1\ndef other(x):\n    return 0\n",
}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes one of the user's modules anew; a kernel that starts afterwards would find it so."""

    def forget() -> None:
        for name in [name for name in sys.modules if name.startswith("nba_")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        linecache.checkcache()

    def written(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        forget()

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in FILES.items():
        written(name, text)
    yield written
    forget()


def prints(body: str) -> CodeFingerprint:
    """The identity of a function of a notebook whose body is ``body``."""
    text = "def f(x):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<cell imports>", "exec", dont_inherit=True), space)
    space["f"].__asset_source__ = text
    return code_fingerprint(space["f"])


BODIES = [
    ("from nba_hm import h\nreturn h(x)", "nba_hm.py"),
    ("from nba_hm import h as g\nreturn [g(each) for each in x]", "nba_hm.py"),
    ("import nba_hm\nreturn nba_hm.h(x)", "nba_hm.py"),
    ("import nba_hm as m\ndef inner():\n    return m.h(x)\nreturn inner()", "nba_hm.py"),
    ("def inner():\n    from nba_hm import h\n    return h(x)\nreturn inner()", "nba_hm.py"),
    ("try:\n    from nba_hm import h\nexcept ImportError:\n    h = None\nreturn h(x)", "nba_hm.py"),
    ("import nba_pkg.sub\nreturn nba_pkg.sub.f(x)", "nba_pkg/sub.py"),
    ("import nba_pkg.sub as s\nreturn s.f(x)", "nba_pkg/sub.py"),
    ("from nba_pkg import sub\nreturn sub.f(x)", "nba_pkg/sub.py"),
    ("from nba_pkg.sub import f\nreturn f(x)", "nba_pkg/sub.py"),
]


@pytest.mark.parametrize(("body", "name"), BODIES)
def test_an_import_inside_a_function_is_followed_like_one_outside(body: str, name: str, write: Any) -> None:
    before = prints(body)
    assert before.unknown == ()
    assert prints(body).digest == before.digest  # the module is loaded by now
    write(name, FILES[name].replace("return 0", "return 99"))
    assert prints(body).digest == before.digest, "what the function does not use may change"
    write(name, FILES[name].replace("return deeper(x)", "return -deeper(x)").replace("x + 1", "x + 2"))
    assert prints(body).digest != before.digest
    write(name, FILES[name].replace("return x", "return x * 2"))
    assert prints(body).digest != before.digest, "to any depth"


def test_it_is_said_which_imports_can_not_be_followed(write: Any) -> None:
    write("nba_broken.py", "raise SystemExit")
    assert prints("import nba_broken\nreturn nba_broken.f").unknown == (
        "nba_broken: a module that can't be loaded here (SystemExit)",
    )
    assert prints("import nba_hm\nreturn vars(nba_hm)").unknown == (
        "nba_hm: a module that is used as a whole is not followed",
    )
    assert prints("from nba_hm import gone\nreturn gone").unknown == ("nba_hm.gone: it is not defined",)
    assert prints("import json, os.path\nreturn json.dumps(os.path.join(x))").unknown == ()


def test_an_asset_says_what_of_its_code_can_not_be_looked_at(write: Any) -> None:
    @asset
    def whole():
        import nba_hm

        return vars(nba_hm)

    assert whole.unknown_code == ("nba_hm: a module that is used as a whole is not followed",)
    assert asset(code_version="1")(whole.fn).unknown_code == ()


DAILY = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")


def code_with(partitions: Any, version: str | None = None) -> str:
    return asset(name="f", partitions_def=partitions, code_version=version)(lambda context: 1).code


@pytest.mark.parametrize("version", [None, "7"])
@pytest.mark.parametrize(
    "other",
    [
        DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05", timezone="Asia/Tokyo"),
        DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05", hour_offset=3),
        WeeklyPartitionsDefinition("2024-01-01", end_date="2024-02-05"),
        HourlyPartitionsDefinition("2024-01-01-00:00", end_date="2024-01-05-00:00"),
        TimeWindowPartitionsDefinition("01-01-2024", "%d-%m-%Y", cron_schedule="0 0 * * *"),
        StaticPartitionsDefinition(["2024-01-01"]),
        None,
    ],
)
def test_what_a_key_means_belongs_to_what_a_piece_was_made_by(other: Any, version: str | None) -> None:
    assert code_with(other, version) != code_with(DAILY, version)


@pytest.mark.parametrize("version", [None, "7"])
@pytest.mark.parametrize(
    "other",
    [
        DailyPartitionsDefinition("2023-12-01", end_date="2024-06-05", timezone="UTC"),
        DailyPartitionsDefinition("2024-01-01", end_offset=3),
        DailyPartitionsDefinition("2024-01-01", exclusions=["0 0 * * 6"]),
        TimeWindowPartitionsDefinition("2024-01-01", "%Y-%m-%d", cron_schedule="0 0 * * *"),
    ],
)
def test_which_keys_there_are_does_not(other: Any, version: str | None) -> None:
    assert code_with(other, version) == code_with(DAILY, version)
    assert code_with(StaticPartitionsDefinition(["a"]), version) == code_with(None, version)


def test_what_annotations_ask_for_belongs_to_the_code() -> None:
    def plain(part: dict): ...

    def framed(part: pd.DataFrame): ...

    def nothing(part: dict) -> None: ...

    def typed(part: list) -> int: ...

    codes = {each.__name__: asset(each).code for each in (plain, framed, nothing, typed)}
    assert codes["plain"] == codes["typed"], "other annotations say, and do nothing"
    assert len({codes["plain"], codes["framed"], codes["nothing"]}) == 3
    assert len({asset(code_version="1")(each).code for each in (plain, framed, nothing)}) == 1


def test_pieces_of_other_windows_are_stale() -> None:
    """The function would make something else of them."""

    def windows(zone: str) -> Any:
        @asset(partitions_def=DailyPartitionsDefinition("2024-03-01", end_date="2024-03-03", timezone=zone))
        def window(context):
            return context.partition_time_window.start.isoformat()

        return window

    with Instance.ephemeral() as store:
        materialize([windows("UTC")], instance=store, partitions="all", progress=False)
        again = materialize([windows("UTC")], instance=store, partitions="all", only="stale", progress=False)
        other = materialize([windows("Asia/Tokyo")], instance=store, partitions="all", only="stale", progress=False)
        assert (again.planned, other.planned) == (0, 2)
        assert store.load("window", "2024-03-01") == "2024-03-01T00:00:00+09:00"

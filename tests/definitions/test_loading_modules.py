"""Loading from modules, beside the reference: which assets, with which keys, dependencies and groups."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster
import pytest
from IPython.core.interactiveshell import InteractiveShell

import notebook_assets
from notebook_assets import DuplicateAssetError, InvalidDefinitionError, asset, load_assets_from_modules

SOURCE = """
src = SourceAsset("src")

@asset
def a(src): ...

@asset(deps=["outside"])
def b(a, src): ...

more = [asset(name="c")(lambda b: 1), asset(name="d", key_prefix=["own"])(lambda a: 1)]
again = a
spec = AssetSpec("spec", deps=["a"])
job = define_asset_job("job", selection="a")
"""
NAMES = ("SourceAsset", "AssetSpec", "asset", "define_asset_job")


def module(package: Any, source: str = SOURCE, name: str = "some_module") -> ModuleType:
    """Return a module in which ``source`` ran with the names of a package."""
    made = ModuleType(name)
    vars(made).update({each: getattr(package, each) for each in NAMES})
    exec(source, vars(made))
    return made


def told(things: Any) -> set[tuple[Any, ...]]:
    """Return key, upstream keys and group of each asset."""
    found = set()
    for thing in things:
        specs = getattr(thing, "specs", None) or [getattr(thing, "spec", thing)]
        for spec in specs if not isinstance(thing, dagster.SourceAsset) else [thing]:
            upstream = tuple(sorted(tuple(_key(dep).path) for dep in getattr(spec, "deps", ()) or ()))
            found.add((tuple(spec.key.path), upstream, spec.group_name or "default"))
    return found


def _key(dep: Any) -> Any:
    return dep.asset_key


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"key_prefix": "p"},
        {"key_prefix": ["p", "q"], "source_key_prefix": "s"},
        {"source_key_prefix": ["s", "t"]},
        {"group_name": "cereal"},
        {"include_specs": True, "group_name": "cereal"},
    ],
    ids=str,
)
def test_assets_of_a_module_are_those_of_the_reference(options: dict[str, Any]) -> None:
    """Prefixes change the keys and the dependencies on what is loaded with them; groups are set."""
    ours = notebook_assets.load_assets_from_modules([module(notebook_assets)], **options)
    theirs = dagster.load_assets_from_modules([module(dagster)], **options)
    assert told(ours) == told(theirs)
    notebook_assets.Definitions(ours)


def test_what_is_loaded_stays_as_it_is() -> None:
    """Copies are changed; without a change the very definitions come back."""
    made = module(notebook_assets)
    prefixed = notebook_assets.load_assets_from_modules([made], key_prefix="p", group_name="g")
    assert made.b.key.to_user_string() == "b"
    assert made.src.spec.group == "default"
    assert made.a not in prefixed
    assert made.a in notebook_assets.load_assets_from_modules([made])


def test_specs_by_themselves_keep_their_keys_and_what_they_depend_on() -> None:
    """They are made elsewhere; where they name what got a prefix, they go on naming it."""
    found = notebook_assets.load_assets_from_modules([module(notebook_assets)], key_prefix="p", include_specs=True)
    assert (("spec",), (("p", "a"),), "default") in told(found)


def test_prefixes_with_slashes_are_several_parts() -> None:
    [found] = notebook_assets.load_assets_from_modules(
        [module(notebook_assets, "@asset\ndef a(): ...")], key_prefix="one/two"
    )
    assert found.key.path == notebook_assets.AssetKey(["one", "two", "a"]).path


def test_prefixed_assets_are_made_and_load(tmp_path: Path) -> None:
    """Inputs are still given to the parameters of their old names."""
    source = "@asset\ndef a():\n    return 1\n\n@asset\ndef b(a):\n    return a + 1\n"
    found = notebook_assets.load_assets_from_modules([module(notebook_assets, source)], key_prefix="p")
    result = notebook_assets.materialize_to_memory(found)
    assert result.output_for_node("p__b") == 2


def test_one_definition_in_two_modules_counts_once() -> None:
    """Two definitions of one key are an error that names the modules."""
    one, two = module(notebook_assets, name="one"), ModuleType("two")
    two.a = one.a
    assert len(notebook_assets.load_assets_from_modules([one, two])) == 5
    with pytest.raises(DuplicateAssetError, match=r"The asset a is defined 2 times, in one, three"):
        notebook_assets.load_assets_from_modules([one, module(notebook_assets, "@asset\ndef a(): ...", "three")])


def test_a_group_that_is_there_already() -> None:
    """The error is the documented one; the same group is none."""
    made = module(notebook_assets, '@asset(group_name="mine")\ndef a(): ...')
    with pytest.raises(InvalidDefinitionError, match=r"Group name already exists on assets a \(group 'mine'\)"):
        notebook_assets.load_assets_from_modules([made], group_name="g")
    assert notebook_assets.load_assets_from_modules([made], group_name="mine") == [made.a]


@pytest.mark.parametrize("wrong", [sys, "sys", 3, ["sys"]], ids=str)
def test_what_is_no_list_of_modules_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidDefinitionError, match="modules is a list of"):
        notebook_assets.load_assets_from_modules(wrong)


@pytest.fixture
def cereals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a package with modules in it, two levels deep."""
    name = "cereals_of_a_test"
    for folder, source in (
        (name, "@asset\ndef top(): ..."),
        (f"{name}/inner", "@asset\ndef middle(top): ..."),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text(f"from notebook_assets import asset\n{source}\n")
    (tmp_path / name / "inner" / "leaf.py").write_text(
        "from notebook_assets import asset, define_asset_job\n@asset\ndef low(middle): ...\n"
        "job = define_asset_job('all')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[loaded]


def test_assets_of_a_package_and_of_all_modules_in_it(cereals: str) -> None:
    """By its name, or by the package itself; so do definitions, with their jobs."""
    by_name = notebook_assets.load_assets_from_package_name(cereals, group_name="cereal")
    assert {found.key.to_user_string() for found in by_name} == {"top", "middle", "low"}
    package = sys.modules[cereals]
    assert {found.spec.group for found in by_name} == {"cereal"}
    by_module = notebook_assets.load_assets_from_package_module(package, key_prefix="p")
    assert {found.key.to_user_string() for found in by_module} == {"p/top", "p/middle", "p/low"}
    for definitions in (
        notebook_assets.load_definitions_from_package_name(cereals),
        notebook_assets.load_definitions_from_package_module(package),
    ):
        assert len(definitions.resolve_job_def("all").asset_keys) == 3


def test_definitions_of_modules_beside_the_reference() -> None:
    """Assets, sources, specs and jobs, with resources."""
    ours = notebook_assets.load_definitions_from_modules([module(notebook_assets)], resources={"r": 1})
    theirs = dagster.load_definitions_from_modules([module(dagster)], resources={"r": 1})
    assert told(ours.assets) == told(theirs.assets)
    assert ours.resources == theirs.resources
    assert [job.name for job in ours.jobs] == [job.name for job in theirs.jobs]


def test_a_notebook_is_a_module(shell: InteractiveShell) -> None:
    """What cells define is loaded; what an earlier cell showed and was defined anew since is not."""
    shell.run_cell("from notebook_assets import asset, load_assets_from_current_module", store_history=True)
    shell.run_cell("@asset\ndef one(): ...\none", store_history=True)
    shell.run_cell("@asset\ndef one(): ...", store_history=True)
    shell.run_cell("found = load_assets_from_current_module(key_prefix='p')", store_history=True)
    assert [each.key.to_user_string() for each in shell.user_ns["found"]] == ["p/one"]
    shell.run_cell("from notebook_assets import load_definitions_from_current_module", store_history=True)
    shell.run_cell("del found\ndefinitions = load_definitions_from_current_module()", store_history=True)
    assert [each.key.to_user_string() for each in shell.user_ns["definitions"].assets] == ["one"]


CHECKED = """
@asset
def a(): ...

@asset_check(asset=a, additional_deps=["other"])
def one():
    return AssetCheckResult(passed=True)

more = [asset_check(asset="foreign", name="two")(lambda: AssetCheckResult(passed=True))]

@job
def of_ops(): ...
"""


def checked_module(package: Any) -> ModuleType:
    """Return a module with checks and a job of ops, made with the names of a package."""
    made = ModuleType("checked")
    vars(made).update({each: getattr(package, each) for each in ("asset", "asset_check", "AssetCheckResult", "job")})
    exec(CHECKED, vars(made))
    return made


@pytest.mark.parametrize("prefix", [None, "p", ["p", "q"]], ids=str)
def test_checks_of_a_module_are_those_of_the_reference(prefix: Any) -> None:
    """With a prefix, of all that they look at; definitions of a module have them too."""

    def found(package: Any) -> set[Any]:
        checks = package.load_asset_checks_from_modules([checked_module(package)], prefix)
        return {
            (tuple(spec.asset_key.path), spec.name, tuple(tuple(dep.asset_key.path) for dep in spec.additional_deps))
            for check in checks
            for spec in check.check_specs
        }

    ours, theirs = found(notebook_assets), found(dagster)
    assert {entry[:2] for entry in ours} == {entry[:2] for entry in theirs}
    assert {entry[2] for entry in ours} == {(), ((*([prefix] if isinstance(prefix, str) else prefix or []), "other"),)}


def test_definitions_of_a_module_have_its_checks_and_jobs_of_ops() -> None:
    source = CHECKED.replace('"foreign"', '"a"').replace(', additional_deps=["other"]', "")
    made = ModuleType("whole")
    names = ("asset", "asset_check", "AssetCheckResult", "job")
    vars(made).update({each: getattr(notebook_assets, each) for each in names})
    exec(source, vars(made))
    definitions = notebook_assets.load_definitions_from_modules([made])
    assert sorted(check.check_key.name for check in definitions.asset_checks) == ["one", "two"]
    assert [job.name for job in definitions.jobs] == ["of_ops"]
    assert notebook_assets.load_asset_checks_from_package_module(made) == list(definitions.asset_checks)


def test_own_checks_follow_the_prefix() -> None:
    """Checks that an asset's function carries out itself are of the prefixed asset."""
    spec = notebook_assets.AssetCheckSpec("rows", asset="a")
    made = ModuleType("own")
    made.a = notebook_assets.asset(name="a", check_specs=[spec])(lambda: 1)
    [found] = notebook_assets.load_assets_from_modules([made], key_prefix="p")
    assert [check.asset_key.to_user_string() for check in found.check_specs] == ["p/a"]


def test_parameters_that_had_other_names_work_and_warn() -> None:
    found = ModuleType("found")

    @asset
    def one() -> None: ...

    @asset(automation_condition="own")
    def two() -> None: ...

    found.one, found.two = one, two  # type: ignore[attr-defined]
    with pytest.warns(DeprecationWarning, match="auto_materialize_policy is deprecated"):
        loaded = load_assets_from_modules([found], auto_materialize_policy="eager")
    assert [each.spec.automation_condition for each in loaded] == ["eager", "own"]
    with pytest.warns(DeprecationWarning, match="legacy_freshness_policy is deprecated"):
        loaded = load_assets_from_modules([found], legacy_freshness_policy="hourly")
    assert [each.spec.freshness_policy for each in loaded] == ["hourly", "hourly"]

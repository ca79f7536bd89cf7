"""Selections select what the reference selects, on random graphs, from random texts and method calls."""

from __future__ import annotations

import random
import warnings
from typing import Any

import pytest

from notebook_assets.keys import AssetKey
from notebook_assets.selection import AssetSelection

dagster = pytest.importorskip("dagster")


def random_assets(rng: random.Random) -> list[dict[str, Any]]:
    """Assets in topological order; a tenth of them sources, which may even need assets that are made here."""
    assets: list[dict[str, Any]] = []
    for number in range(rng.randint(3, 14)):
        name = f"{rng.choice(['x/', 'x/y/', '', ''])}n{number}"
        before = [each["name"] for each in assets]
        assets.append(
            {
                "name": name,
                "parents": tuple(rng.sample(before, min(len(before), rng.choice([0, 1, 1, 2, 3])))),
                "group": rng.choice(["g1", "g2", "h"]),
                "tags": {tag: rng.choice(["", "1", "2"]) for tag in ("t", "u") if rng.random() < 0.4},
                "kinds": tuple(kind for kind in ("python", "sql") if rng.random() < 0.3),
                "owners": tuple(owner for owner in ("team:x", "me@x.com") if rng.random() < 0.3),
                "is_source": rng.random() < 0.15,
            }
        )
    return assets


def reference_graph(assets: list[dict[str, Any]]) -> Any:
    definitions = []
    for each in assets:
        spec = dagster.AssetSpec(
            key=each["name"].split("/"),
            deps=[dagster.AssetKey(parent.split("/")) for parent in each["parents"]],
            group_name=each["group"],
            tags=each["tags"],
            kinds=set(each["kinds"]),
            owners=list(each["owners"]),
        )
        if each["is_source"]:
            definitions.append(spec)
        else:

            @dagster.multi_asset(specs=[spec], name=each["name"].replace("/", "__"))
            def made() -> None: ...

            definitions.append(made)
    return dagster.Definitions(assets=definitions).resolve_asset_graph()


def random_text(rng: random.Random, names: list[str], depth: int = 0) -> str:
    """A text in the reference's newer syntax."""
    choice = rng.random()
    if depth > 3 or choice < 0.45:
        name = rng.choice(names)
        values = [f'key:"{name}"', f"key:{name}", 'key:"x/*"', "key:*1", 'key:"nothing"', "group:g1", 'group:"g*"', "*"]
        values += ['tag:"t"="1"', "tag:u", 'tag:"t"="2"', "kind:python", "kind:<null>", 'owner:"team:x"', "is:external"]
        return rng.choice(values)
    inner = random_text(rng, names, depth + 1)
    if choice < 0.55:
        return f"{inner} and {random_text(rng, names, depth + 1)}"
    if choice < 0.65:
        return f"{inner} or {random_text(rng, names, depth + 1)}"
    if choice < 0.72:
        return f"not {inner}"
    if choice < 0.80:
        return f"{rng.choice(['roots', 'sinks'])}({inner})"
    before, after = rng.choice(["", "+", "0+", "1+", "2+"]), rng.choice(["", "+", "+0", "+1", "+2"])
    return f"{before}({inner}){after}"


def random_calls(rng: random.Random, names: list[str], depth: int = 0) -> str:
    """Python that makes a selection by ``S``, which may be either's class."""
    choice = rng.random()
    if depth > 3 or choice < 0.4:
        name, sources = rng.choice(names), rng.choice(["", ", include_sources=True"])
        values = [f"S.assets({name!r})", f"S.assets({name.split('/')!r}, {rng.choice(names)!r})"]
        values += [f"S.all({sources[2:]})", f"S.groups('g1', 'h'{sources})", f"S.key_prefixes('x'{sources})"]
        values += [f"S.key_prefixes(['x', 'y']{sources})", f"S.tag('t', '1'{sources})", f"S.kind('sql'{sources})"]
        values += ["S.owner('team:x')", f"S.key_substring('1'{sources})", f"S.tag_string('t=2'{sources})"]
        values += [f"S.kind(None{sources})"]
        return rng.choice(values)
    inner = random_calls(rng, names, depth + 1)
    if choice < 0.6:
        return f"({inner} {rng.choice('|&-')} {random_calls(rng, names, depth + 1)})"
    layers = f"{rng.choice([None, None, 0, 1, 2])}, {rng.choice([True, False])}"
    methods = [f"upstream({layers})", f"downstream({layers})", "roots()", "sinks()"]
    methods += ["materializable()", "upstream_source_assets()"]
    return f"{inner}.{rng.choice(methods)}"


def old_text(rng: random.Random, names: list[str]) -> str:
    before, after = rng.choice(["", "+", "++", "+++", "*", "*+"]), rng.choice(["", "+", "++", "*", "+*"])
    return f"{before}{rng.choice(names)}{after}"


def resolved(selection: Any, graph: Any) -> set[str]:
    return {"/".join(key.path) for key in selection.resolve(graph)}


@pytest.mark.parametrize("seed", range(12))
def test_selects_as_the_reference_does(plain_graph: Any, plain_asset: Any, seed: int) -> None:
    rng = random.Random(seed)
    assets = random_assets(rng)
    names = [each["name"] for each in assets]
    graph = plain_graph(
        {each["name"]: plain_asset(**{k: v for k, v in each.items() if k != "name"}) for each in assets}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = reference_graph(assets)
        for _ in range(60):
            sources = rng.random() < 0.3
            text = rng.choice([old_text, random_text, random_text])(rng, names)
            expected = resolved(dagster.AssetSelection.from_string(text, include_sources=sources), theirs)
            ours = AssetSelection.from_string(text, include_sources=sources)
            assert resolved(ours, graph) == expected, (text, sources, assets)
            again = AssetSelection.from_string(str(ours))
            assert (resolved(again, graph), str(again)) == (expected, str(ours)), text
            written = ours.to_selection_str()  # reads the same here and there
            again = AssetSelection.from_string(written, include_sources=sources)
            assert resolved(again, graph) == expected, (text, written)
            known = dagster.AssetSelection.from_string(written, include_sources=sources)
            assert resolved(known, theirs) == expected, (text, written)
        for _ in range(60):
            code = random_calls(rng, names)
            expected = resolved(eval(code, {"S": dagster.AssetSelection}), theirs)
            ours = eval(code, {"S": AssetSelection})
            assert resolved(ours, graph) == expected, (code, assets)
            assert resolved(AssetSelection.from_string(str(ours)), graph) == expected, (code, str(ours))


def test_a_plus_before_a_key_attribute_is_all_layers_there_too(plain_graph: Any, plain_asset: Any) -> None:
    """The old form ``+c`` is one layer, the newer ``+key:c`` all of them; both mean the same in the reference."""
    chain = [{"name": "a", "parents": ()}, {"name": "b", "parents": ("a",)}, {"name": "c", "parents": ("b",)}]
    full = [{"group": "g", "tags": {}, "kinds": (), "owners": (), "is_source": False, **each} for each in chain]
    theirs = reference_graph(full)
    graph = plain_graph({each["name"]: plain_asset(parents=each["parents"]) for each in chain})
    for text, expected in (("+c", {"b", "c"}), ('+key:"c"', {"a", "b", "c"}), ("*c", {"a", "b", "c"})):
        assert resolved(dagster.AssetSelection.from_string(text), theirs) == expected
        assert resolved(AssetSelection.from_string(text), graph) == expected


def test_a_string_is_split_at_slashes_as_there() -> None:
    theirs = dagster.AssetSelection.assets("a/b")
    assert [key.path for key in theirs.selected_keys] == [["a", "b"]]
    assert AssetSelection.assets("a/b") == AssetSelection.assets(AssetKey(["a", "b"]))

"""What changed in code is shown, accepted as equivalent and taken back; an asset is renamed with all its history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    Definitions,
    Instance,
    StaticPartitionsDefinition,
    accept_code,
    asset,
    asset_catalogue,
    code_changes,
    explain,
    materialize,
    rename_asset,
    take_back_code,
)
from notebook_assets.assets.fingerprint import code_fingerprint
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidInvocationError, UnknownAssetError

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as instance:
        yield instance


def cell(source: str, **names: Any) -> SimpleNamespace:
    """Run a cell's source in a namespace like a notebook's."""
    space: dict[str, Any] = {"__name__": "__main__", "asset": asset, "AssetIn": AssetIn, "LETTERS": LETTERS, **names}
    exec(compile(source, "<cell>", "exec", dont_inherit=True), space)
    for name, value in space.items():
        fn = getattr(value, "fn", value)
        if callable(fn) and getattr(fn, "__globals__", None) is space:
            fn.__asset_source__ = _source_of(source, name)
    return SimpleNamespace(**{name: value for name, value in space.items() if not name.startswith("__")})


def _source_of(source: str, name: str) -> str:
    lines = source.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f"def {name}("))
    rest = [at for at in range(first + 1, len(lines)) if lines[at] and not lines[at].startswith(" ")]
    return "\n".join(lines[first : rest[0] if rest else None])


BASE = """
LIMIT = 3
def clean(x):
    return x + 1
@asset(partitions_def=LETTERS)
def rows(context):
    return clean(LIMIT)
@asset(partitions_def=LETTERS)
def totals(rows):
    return rows
"""


def made(store: Instance, source: str = BASE) -> SimpleNamespace:
    space = cell(source)
    assert materialize([space.rows, space.totals], partitions="all", instance=store, progress=False).success
    return space


def states(space: SimpleNamespace, store: Instance) -> dict[str, str]:
    found = statuses(Definitions([space.rows, space.totals]).graph, store)
    return {
        key.to_user_string(): " ".join(state.value[0] for state in status.all_states()) for key, status in found.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "said", "diff"),
    [
        ("LIMIT = 3", "LIMIT = 4", "constant `LIMIT` changed", "@@ -1 +1 @@\n-3\n+4"),
        (
            "return x + 1",
            "return x + 2",
            "helper `clean` changed",
            "@@ -1,2 +1,2 @@\n def clean(x):\n-    return x + 1\n+    return x + 2",
        ),
        (
            "return clean(LIMIT)",
            "return clean(LIMIT) * 2",
            "the body changed",
            "@@ -1,2 +1,2 @@\n def rows(context):\n-    return clean(LIMIT)\n+    return clean(LIMIT) * 2",
        ),
    ],
)
def test_what_changed_is_named_and_its_sources_are_compared(
    store: Instance, old: str, new: str, said: str, diff: str
) -> None:
    made(store)
    space = cell(BASE.replace(old, new))
    definitions = Definitions([space.rows, space.totals])
    found = code_changes("rows", instance=store, definitions=definitions)
    assert [(entry.changes, entry.pieces) for entry in found.earlier] == [((said,), "3 partitions: a...c")]
    assert found.diff == diff
    piece = explain("rows", "a", instance=store, definitions=definitions)
    assert piece.why == (f"rows[a] was made by other code than today's: {said}.",)
    whole = explain("rows", instance=store, definitions=definitions)
    assert whole.why == (f"3 partitions stale: the asset's code changed ({said}) — a...c",)


def test_nothing_changed_where_only_the_formatting_did(store: Instance) -> None:
    made(store)
    space = cell(BASE.replace("return x + 1", "# a remark\n    return (x+1)"))
    found = code_changes("rows", "a", instance=store, definitions=Definitions([space.rows, space.totals]))
    assert found.earlier == ()
    assert "made by today's code" in repr(found)


def test_an_old_source_that_is_not_known_is_said_so(store: Instance) -> None:
    made(store)
    with store._write() as connection:
        connection.execute("UPDATE code_parts SET source = NULL")
    space = cell(BASE.replace("return x + 1", "return x + 2"))
    found = code_changes("rows", instance=store, definitions=Definitions([space.rows, space.totals]))
    assert found.diff == ""
    assert "helper `clean` changed; its old source is not known" in repr(found)
    with store._write() as connection:
        connection.execute("DELETE FROM code_parts")
        connection.execute("DELETE FROM codes")
    found = code_changes("rows", instance=store, definitions=Definitions([space.rows, space.totals]))
    assert found.earlier[0].changes == ("what the old code was is not known",)
    piece = explain("rows", "a", instance=store, definitions=Definitions([space.rows, space.totals]))
    assert piece.why == ("rows[a] was made by other code than today's.",)


def test_hostile_sources_are_shown_as_text(store: Instance, read_html: Callable[[str], Any]) -> None:
    made(store, BASE.replace("return x + 1", "return x + len('<script>alert(1)</script>')"))
    space = cell(BASE.replace("return x + 1", "return x + len('<img src=x onerror=alert(1)>')"))
    found = code_changes("rows", instance=store, definitions=Definitions([space.rows, space.totals]))
    seen = read_html(found._repr_html_())
    assert not {"script", "img"} & seen.tags
    assert "+    return x + len('<img src=x onerror=alert(1)>')" in seen.text
    assert {"nba-added", "nba-removed"} <= set(seen.values)


def test_texts_of_constants_are_not_kept() -> None:
    token, most = "hush", (1, 2)
    assert set(code_fingerprint(lambda: (token, most)).sources().values()) & {"'hush'", "(1, 2)"} == {"(1, 2)"}


@pytest.mark.parametrize("chosen", ["*", ["rows", "totals"], "rows+", "group:default"])
def test_a_changed_helper_is_accepted_for_all_that_a_selection_chooses(store: Instance, chosen: Any) -> None:
    source = BASE.replace("return rows", "return clean(1)")
    made(store, source)
    space = cell(source.replace("return x + 1", "return 1 + x"))
    options: dict[str, Any] = {"instance": store, "definitions": Definitions([space.rows, space.totals])}
    for found in (code_changes(**options), code_changes(chosen, **options)):
        assert [key.name for key in found.assets] == ["rows", "totals"]
        assert repr(found).count("helper `clean` changed") == 2
    assert accept_code(chosen, **options).said == "6 pieces of 2 assets count as made by today's code."
    assert states(space, store) == {"rows": "m m m", "totals": "m m m"}
    assert repr(code_changes(**options)) == "Of 2 assets, all that is stored was made by today's code."
    assert repr(accept_code(chosen, **options)) == "There is nothing to accept."
    assert take_back_code(chosen, **options).said == "6 pieces of 2 assets count as made by the code before."
    assert states(space, store) == {"rows": "s s s", "totals": "s s s"}


def test_what_several_assets_are_asked_has_no_partition_and_needs_a_name_to_accept(store: Instance) -> None:
    space = made(store)
    options: dict[str, Any] = {"instance": store, "definitions": Definitions([space.rows, space.totals])}
    with pytest.raises(InvalidInvocationError, match="Name one asset"):
        code_changes("rows+", "a", **options)
    with pytest.raises(InvalidInvocationError, match=r"'\*' for all"):
        accept_code(None, **options)
    with pytest.raises(UnknownAssetError, match="Did you mean 'rows'"):
        code_changes("rovs", **options)


def test_each_code_and_source_is_kept_once(store: Instance) -> None:
    made(store)
    made(store)
    count = {table: store.db[table].count for table in ("codes", "code_sources")}
    assert count == {"codes": 2, "code_sources": 4}  # rows, totals; their bodies, clean and LIMIT


def test_accepted_code_makes_pieces_and_what_is_made_from_them_fresh_until_it_is_taken_back(store: Instance) -> None:
    made(store)
    space = cell(BASE.replace("return x + 1", "return 1 + x"))
    definitions = Definitions([space.rows, space.totals])
    options: dict[str, Any] = {"instance": store, "definitions": definitions}
    assert states(space, store) == {"rows": "s s s", "totals": "s s s"}
    some = accept_code("rows", ["a", "b"], **options)
    assert (some.pieces, some.changes) == (2, ("helper `clean` changed",))
    assert states(space, store) == {"rows": "m m s", "totals": "m m s"}
    assert accept_code("rows", **options).pieces == 1
    assert accept_code("rows", **options).pieces == 0
    assert states(space, store) == {"rows": "m m m", "totals": "m m m"}
    why = explain("rows", "a", **options).why
    assert why[0] == "Its value is stored, made from today's inputs."
    assert why[1].startswith("It was made by other code, which was accepted as equivalent to today's ")
    assert explain("rows", **options).why == (
        "Every partition is up to date.",
        "3 partitions made by other code, accepted as equivalent to today's — a...c",
    )
    first = store.latest("rows", "a")
    assert first is not None
    assert first.code != space.rows.code  # what really made it
    assert take_back_code("rows", "a", **options).pieces == 1
    assert states(space, store) == {"rows": "s m m", "totals": "s m m"}
    assert take_back_code("rows", **options).pieces == 2
    assert take_back_code("rows", **options).pieces == 0
    assert states(space, store) == {"rows": "s s s", "totals": "s s s"}


def test_a_piece_that_is_made_again_is_no_longer_an_accepted_one(store: Instance) -> None:
    made(store)
    space = made(store, BASE.replace("return x + 1", "return 1 + x"))
    options: dict[str, Any] = {"instance": store, "definitions": Definitions([space.rows, space.totals])}
    assert accept_code("rows", **options).pieces == 0
    other = cell(BASE)
    back: dict[str, Any] = {"instance": store, "definitions": Definitions([other.rows, other.totals])}
    assert accept_code("rows", **back).pieces == 3
    assert materialize([other.rows], partitions="a", instance=store, progress=False).success
    assert take_back_code("rows", **back).pieces == 2
    assert states(other, store)["rows"] == "m s s"


def test_code_that_made_a_piece_and_came_back_after_another_was_accepted_is_told(store: Instance) -> None:
    space = made(store)
    other = cell(BASE.replace("return x + 1", "return 1 + x"))
    accept_code("rows", instance=store, definitions=Definitions([other.rows, other.totals]))
    options: dict[str, Any] = {"instance": store, "definitions": Definitions([space.rows, space.totals])}
    assert "take_back_code undoes that" in explain("rows", "a", **options).why[0]
    take_back_code("rows", **options)
    assert states(space, store)["rows"] == "m m m"


def test_a_code_version_wins_over_the_code(store: Instance) -> None:
    def versioned(number: str, body: str) -> Any:
        return cell(f"@asset(code_version='{number}')\ndef rows():\n    return {body}\n").rows

    materialize([versioned("1", "1")], instance=store, progress=False)
    options: dict[str, Any] = {"instance": store}
    assert code_changes("rows", definitions=Definitions([versioned("1", "2")]), **options).earlier == ()
    found = code_changes("rows", definitions=Definitions([versioned("2", "2")]), **options)
    assert found.earlier[0].changes == ("the code version went from 1 to 2",)
    assert found.diff.splitlines()[-2:] == ["-    return 1", "+    return 2"]


RENAMED = """
def clean(x):
    return x + 1
LIMIT = 3
@asset(partitions_def=LETTERS)
def lines(context):
    return clean(LIMIT)
@asset(partitions_def=LETTERS, ins={"rows": AssetIn("lines")})
def totals(rows):
    return rows
"""


def test_a_renamed_asset_keeps_its_history_and_what_was_made_from_it_stays_fresh(store: Instance) -> None:
    made(store)
    space = cell(RENAMED)
    definitions = Definitions([space.lines, space.totals])
    assert "rename_asset('rows', 'lines')" in str(explain("lines", instance=store, definitions=definitions).advice), (
        "the store describes rows, which is defined no more"
    )
    hint = "rows was made by the same code: rename_asset('rows', 'lines') keeps what is stored of it."
    assert asset_catalogue(instance=store, definitions=definitions).hints == (hint,)
    rename_asset("rows", "lines", instance=store)
    assert asset_catalogue(instance=store, definitions=definitions).hints == ()
    found = statuses(definitions.graph, store)
    assert {str(state) for status in found.values() for state in status.all_states()} == {"materialized"}
    assert [store.load("lines", key) for key in "abc"] == [4, 4, 4]
    assert AssetKey("rows") not in store.asset_descriptions()
    old = cell(BASE)
    advice = explain("rows", instance=store, definitions=Definitions([old.rows, old.totals])).advice
    assert advice[-1].startswith("rows was renamed to lines ")


def test_a_rename_onto_an_asset_with_a_history_is_refused(store: Instance) -> None:
    made(store)
    with pytest.raises(InvalidInvocationError, match=r"'totals' already.*instance\.wipe\('totals'\)"):
        rename_asset("rows", "totals", instance=store)
    store.wipe("totals")
    rename_asset("rows", "totals", instance=store)
    assert store.load("totals", "a") == 4
    with pytest.raises(UnknownAssetError):
        rename_asset("rows", "others", instance=store)


def test_another_connection_notices_a_rename(tmp_path: Any) -> None:
    with Instance(tmp_path) as one, Instance(tmp_path) as two:
        made(one)
        assert two.load("rows", "a") == 4
        rename_asset("rows", "lines", instance=one)
        assert AssetKey("lines") in two.asset_descriptions()
        assert (two.load("lines", "a"), len(two.pieces("rows"))) == (4, 0)


def test_super_counts_the_class_that_it_is_in() -> None:
    class Base:
        def rows(self) -> int:
            return 1

    class Rows(Base):
        def rows(self) -> int:
            return super().rows()

    assert any(name.endswith(("__class__", "Rows")) for name in code_fingerprint(Rows.rows).parts)


def test_code_that_can_not_be_looked_at_is_named_in_the_explanation(store: Instance) -> None:
    space = cell("@asset\ndef rows():\n    return client\n", client=Lock())
    piece = explain("rows", instance=store, definitions=Definitions([space.rows]))
    assert any(line.startswith("Changes of this code are not noticed: client: ") for line in piece.advice)

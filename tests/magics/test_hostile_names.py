"""Names and keys that mean harm (quotes, emoji, paths, HTML, 4 KB) through every magic: shown as text, and usable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.utils.capture import RichOutput

NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    'it\'s "quoted"',
    "../../etc/passwd",
    "..\\..\\windows",
    "a; DROP TABLE assets; --",
    "🌦 weather ⚡",
    "__proto__",
    "%s %(x)s {0} {x}",
    "&amp;&lt;",
    "x" * 4096,
    "</style></svg><b>bold",
    "-n",
    "a/b",
]
FOREIGN_TAGS = {"script", "b", "bold", "iframe", "object", "embed", "link", "meta", "base", "form"}


def check(read_html: Callable[[str], Any], result: Any) -> None:
    """Nothing of a name became a tag or an attribute that runs anything."""
    seen = read_html(result._repr_html_())
    assert seen.tags & FOREIGN_TAGS == set()
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert "\x1b" not in (result.data["text/plain"] if isinstance(result, RichOutput) else repr(result))


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_through_every_magic(notebook: Any, read_html: Callable[[str], Any], name: str) -> None:
    """As an asset's name, a partition key, a group's metadata and an error's message."""
    notebook.shell.user_ns["name"] = name
    notebook.run(
        "keys = StaticPartitionsDefinition([name, 'other'])",
        "@asset(key=AssetKey(name), partitions_def=keys, description=name, metadata={name: name})\n"
        "def first(context):\n"
        "    if context.partition_key == 'other':\n"
        "        raise ValueError(name)\n"
        "    context.add_output_metadata({name: name, 'number': 3})\n"
        "    return name",
        "@asset(key=[name, name], ins={'first': AssetIn(AssetKey(name))}, partitions_def=keys)\n"
        "def second(first):\n    return first",
    )
    from notebook_assets.diagnosis import quote, typed_selection

    one, two = (typed_selection(notebook.run(f"{each}.key")) for each in ("first", "second"))
    key, asked = quote(name), [quote(notebook.run(f"{each}.key").to_user_string()) for each in ("first", "second")]
    run = notebook.shell.run_line_magic
    shown, error = notebook.fails_after_showing(
        f"get_ipython().run_line_magic('materialize', {f'{one} or {two} -p {key} -p other'!r})"
    )
    assert "RunFailedError: Failed: 2 materialized, 1 failed, 1 skipped of 4 pieces" in error
    for output in shown:
        check(read_html, output)
    lines = [
        ("assets", ""),
        ("assets", f"{one}+"),
        ("lineage", ""),
        ("lineage", one),
        ("partitions", asked[0]),
        ("mapping", asked[1]),
        ("mapping", f"{asked[1]} {asked[0]} --key {key}"),
        ("explain", asked[0]),
        ("explain", f"{asked[0]} {key}"),
        ("explain", f"{asked[0]} other"),
        ("explain", f"{asked[1]} other"),
    ]
    for magic, line in lines:
        check(read_html, run(magic, line))
    for call in ("plot_metadata(first, 'number')", "load_asset_value(first.key, partitions='all', missing='skip')"):
        result = notebook.run(call)
        if hasattr(result, "_repr_html_"):
            check(read_html, result)
        else:
            assert result == {name: name}
    written = {path.resolve() for path in Path.cwd().rglob("*")}
    assert all(path.is_relative_to(Path.cwd().resolve() / ".notebook_assets") for path in written)
    assert not (Path.cwd().parent / "etc").exists()


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_as_names_of_a_cell(notebook: Any, read_html: Callable[[str], Any], name: str) -> None:
    """``%%asset NAME``: the name is the asset's, its variable a Python name."""
    from notebook_assets.diagnosis import quote

    result = notebook.shell.run_cell_magic("asset", f"{quote(name)} --description {quote(name)} --materialize", "1")
    check(read_html, result)
    assert result.success
    (key,) = result.counts
    assert notebook.shell.user_ns["load_asset_value"](key) == 1
    assert {path.name for path in Path.cwd().iterdir()} == {".notebook_assets"}


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_in_errors(weather: Any, name: str) -> None:
    """What does not exist is named in one short error, without control characters."""
    from notebook_assets.diagnosis import quote

    for magic in ("explain", "partitions", "mapping"):
        with pytest.raises(Exception, match="There is no asset") as caught:
            weather.shell.run_line_magic(magic, quote(name))
        assert "\x1b" not in str(caught.value)
    with pytest.raises(Exception, match="no partition"):
        weather.shell.run_line_magic("explain", f"daily {quote(name)}")

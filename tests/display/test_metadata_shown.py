"""How metadata is shown: each kind in its way, hostile values as text, long ones folded."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableSchema,
)
from notebook_assets.display import metadata_facts, metadata_rich
from notebook_assets.display.metadata_markdown import LONGEST_MARKDOWN, markdown

HOSTILE = "<script>alert(1)</script>\"' onmouseover=x <img src=x onerror=y>"
ALLOWED = re.compile(
    r"</?(?:p|b|i|s|br|hr|div|span|pre|blockquote|table|thead|tbody|tr|th|td|a|dl|dt|dd|details|summary)\b[^<>]*>"
)
ATTRIBUTES = re.compile(r'\s(?:class|style|title|href|rel|colspan|scope)="[^"<>]*"')


def tags_of(html: str) -> set[str]:
    """Return what is left of the tags once all that may be there is taken away; nothing, if all is well."""
    tags = re.findall(r"<[^<>]*>?", html)
    odd = {tag for tag in tags if not ALLOWED.fullmatch(tag)}
    rests = {re.sub(r"</?\w+\s*/?>", "", ATTRIBUTES.sub("", tag)) for tag in tags}
    return odd | {rest for rest in rests if rest}


def hostile_values() -> list[MetadataValue]:
    rules = TableColumnConstraints(False, True, [HOSTILE])
    schema = TableSchema(
        [TableColumn(HOSTILE, HOSTILE, HOSTILE, rules, {HOSTILE: HOSTILE})], TableConstraints([HOSTILE])
    )
    return [
        MetadataValue.text(HOSTILE),
        MetadataValue.text(HOSTILE * 50),
        MetadataValue.md(HOSTILE),
        MetadataValue.md(f"# {HOSTILE}\n- {HOSTILE}\n\n| {HOSTILE} | b |\n|---|---|\n| {HOSTILE} | 1 |\n> {HOSTILE}"),
        MetadataValue.md(f"```\n{HOSTILE}\n```\n[{HOSTILE}](https://a) **{HOSTILE}** `{HOSTILE}`"),
        MetadataValue.url(HOSTILE),
        MetadataValue.url("https://a/?x=\"'<b>"),
        MetadataValue.path(HOSTILE),
        MetadataValue.notebook(HOSTILE),
        MetadataValue.json({HOSTILE: HOSTILE}),
        MetadataValue.json({HOSTILE: [HOSTILE] * 50}),
        MetadataValue.asset(HOSTILE),
        MetadataValue.job(HOSTILE, HOSTILE, repository_name=HOSTILE),
        MetadataValue.run(HOSTILE),
        MetadataValue.pool(HOSTILE),
        MetadataValue.table([{HOSTILE: HOSTILE}], schema),
        MetadataValue.table_schema(schema),
        MetadataValue.column_lineage(TableColumnLineage({HOSTILE: [TableColumnDep(HOSTILE, HOSTILE)]})),
    ]


@pytest.mark.parametrize("value", hostile_values(), ids=lambda value: value.kind)
def test_hostile_values_are_shown_as_text(value: MetadataValue) -> None:
    html = metadata_facts({HOSTILE: value}).html
    assert "<script" not in html
    assert "<img" not in html
    assert tags_of(html) == set()


@settings(max_examples=300, deadline=None)
@given(st.text("*_`[]()<>!#|-+> \n\\\"'a1~:/&", max_size=60) | st.text(max_size=60))
def test_no_markdown_makes_other_tags(text: str) -> None:
    assert tags_of(markdown(text).html) == set()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** ~~d~~ _e_ __f__", "<p>a <i>b</i> <b>c</b> <s>d</s> <i>e</i> <b>f</b></p>"),
        ("**a *b* c**", "<p><b>a <i>b</i> c</b></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2<i>3</i>4</p>"),
        (r"\*a\* `*b*`", '<p>*a* <span class="nba-mono">*b*</span></p>'),
        ("one\ntwo  \nthree", "<p>one two<br>three</p>"),
        ("## Head #", '<p class="nba-md-head nba-md-2">Head</p>'),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("> a\n> b", "<blockquote><p>a b</p></blockquote>"),
        ("```\na < b\n```", '<pre class="nba-pre">a &lt; b</pre>'),
        ("```\nnever closed", '<pre class="nba-pre">never closed</pre>'),
        ("[a](https://b 't')", '<p>[a](<a href="https://b" rel="noopener noreferrer">https://b</a> &#39;t&#39;)</p>'),
        ("https://b.", '<p><a href="https://b" rel="noopener noreferrer">https://b</a>.</p>'),
        ("<https://b>", '<p><a href="https://b" rel="noopener noreferrer">https://b</a></p>'),
        ("![pic](https://b/p.png)", '<p><a href="https://b/p.png" rel="noopener noreferrer">pic</a></p>'),
        ("[a](javascript:x)", "<p>a</p>"),
        ("a | b", "<p>a | b</p>"),
        ("", ""),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown(text).html == f'<div class="nba-md">{html}</div>'


def test_a_table_in_markdown() -> None:
    html = markdown("| a | b |\n|:--|--:|\n| x \\| y | 1 |\n| short |\n| 1 | 2 | 3 |").html
    assert html.count("<tr>") == 4
    assert '<th class="nba-right">b</th>' in html
    assert "<td>x | y</td>" in html
    assert "3" not in html


def test_a_list_in_markdown_keeps_its_depth() -> None:
    html = markdown("- a\n  - b\n    goes on\n2. c").html
    assert re.findall(r"margin-left:([\d.]+)em", html) == ["0.0", "1.1", "0.0"]
    assert "<span>b goes on</span>" in html
    assert "<span>2.</span><span>c</span>" in html


HARD = ["**", "*a", "[", "`", "[a](", "_a", "* ", "> ", "http://", "**a *b", "|", "![", "~~a", "# ", "\\", "a_", "([a"]


@pytest.mark.parametrize("part", HARD)
def test_no_markdown_takes_long(part: str) -> None:
    began = time.process_time()
    markdown(part * (LONGEST_MARKDOWN // len(part)))
    assert time.process_time() - began < 5


def test_very_long_markdown_is_cut() -> None:
    found = markdown("word " * 10_000)
    assert "… and 30,000 more characters" in found.html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MetadataValue.int(8760), "8,760"),
        (MetadataValue.float(0.123456789), "0.123457"),
        (MetadataValue.float(3.0), "3"),
        (MetadataValue.float(float("nan")), "nan"),
        (MetadataValue.float(float("inf")), "inf"),
        (MetadataValue.float(1e300), "1e+300"),
        (MetadataValue.bool(False), "False"),
        (MetadataValue.null(), "–"),
        (MetadataValue.text("a\nb"), "a\nb"),
        (MetadataValue.text(""), "empty"),
        (MetadataValue.json({"a": [1, "é"]}), '{"a": [1, "é"]}'),
        (MetadataValue.asset(["a", "b"]), "a/b"),
        (MetadataValue.job("nightly", "weather"), "nightly weather"),
        (MetadataValue.python_artifact(sorted), "builtins.sorted"),
        (MetadataValue.table([{"a": 1, "b": 0.5}]), "a    b\n─  ───\n1  0.5"),
        (MetadataValue.table_schema(TableSchema([TableColumn("a", "int")])), "column  type\n──────  ────\na       int"),
        (
            MetadataValue.column_lineage(
                TableColumnLineage({"a": [TableColumnDep("b", "c"), TableColumnDep("d", "e")]})
            ),
            "column  made from\n──────  ─────────\na       b.c, d.e",
        ),
    ],
)
def test_values_as_text(value: MetadataValue, text: str) -> None:
    assert metadata_rich(value).text == text


@pytest.mark.parametrize("value", [MetadataValue.text("x" * 5_000), MetadataValue.json(list(range(5_000)))])
def test_long_values_are_folded_and_there_in_full(value: Any) -> None:
    found = metadata_rich(value)
    assert found.html.startswith("<details><summary>")
    assert len(found.html) > 5_000
    assert len(found.text) < 250


def test_times_are_told_as_people_tell_them() -> None:
    found = metadata_rich(MetadataValue.timestamp(1704067200))
    assert re.fullmatch(r"\d+ years? ago \(2024-01-01 00:00:00 UTC\)", found.text)


def test_a_long_table_is_cut() -> None:
    found = metadata_rich(MetadataValue.table([{"a": at} for at in range(100)]))
    assert "… and 80 more rows" in found.text

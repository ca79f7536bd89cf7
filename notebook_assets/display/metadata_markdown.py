"""Markdown, the part of it that metadata needs: everything is escaped, nothing is loaded, no HTML gets through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from notebook_assets.display.escape import markup, markup_lines, visible
from notebook_assets.display.metadata_inline import inline
from notebook_assets.display.rich import Rich

LONGEST_MARKDOWN = 20_000
"""Characters after which the rest is not shown."""

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_ITEM = re.compile(r"([ \t]{0,40})([-*+]|\d{1,9}[.)])[ \t]+(.*)")
_RULE = re.compile(r"[ \t]{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_DASHES = re.compile(r":?-+:?")
_FENCES = ("```", "~~~")


def markdown(text: str) -> Rich:
    """Return a text in Markdown as HTML: headings, lists, tables, quotes, code, links, bold and italic.

    The text form is the Markdown itself, which people can read.

    >>> markdown("**3** rows, see [the page](https://example.org)").html[:31]
    '<div class="nba-md"><p><b>3</b>'
    >>> markdown("<script>alert(1)</script>").html
    '<div class="nba-md"><p>&lt;script&gt;alert(1)&lt;/script&gt;</p></div>'
    """
    shown = text[:LONGEST_MARKDOWN]
    if len(text) > len(shown):
        shown += f"\n\n… and {len(text) - len(shown):,} more characters"
    lines = shown.replace("\r\n", "\n").split("\n")
    return Rich(f'<div class="nba-md">{"".join(_blocks(lines, 0))}</div>', visible(shown, keep="\n").strip("\n"))


def _blocks(lines: list[str], depth: int) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.lstrip().startswith(_FENCES):
            at, html = _fenced(lines, at)
            yield html
        elif found := _HEADING.fullmatch(line.strip()):
            yield f'<p class="nba-md-head nba-md-{len(found[1])}">{inline(found[2].rstrip("# "))}</p>'
            at += 1
        elif _RULE.fullmatch(line):
            yield "<hr>"
            at += 1
        elif line.lstrip().startswith(">") and depth < 3:
            end = _while(lines, at, lambda each: each.lstrip().startswith(">"))
            inner = [each.lstrip()[1:].removeprefix(" ") for each in lines[at:end]]
            yield f"<blockquote>{''.join(_blocks(inner, depth + 1))}</blockquote>"
            at = end
        elif _is_table(lines, at):
            end = _while(lines, at, lambda each: "|" in each)
            yield _table(lines[at:end])
            at = end
        elif _ITEM.match(line):
            end = _while(lines, at, lambda each: bool(_ITEM.match(each)) or each.startswith("  "))
            yield _list(lines[at:end])
            at = end
        else:
            end = _while(lines, at + 1, lambda each: bool(each.strip()) and not _begins_block(each))
            yield f"<p>{_paragraph(lines[at:end])}</p>"
            at = end


def _while(lines: list[str], at: int, goes_on: Callable[[str], bool]) -> int:
    while at < len(lines) and lines[at].strip() and goes_on(lines[at]):
        at += 1
    return at


def _begins_block(line: str) -> bool:
    stripped = line.lstrip()
    return (
        stripped.startswith((*_FENCES, ">"))
        or _HEADING.fullmatch(line.strip()) is not None
        or _ITEM.match(line) is not None
        or _RULE.fullmatch(line) is not None
    )


def _fenced(lines: list[str], at: int) -> tuple[int, str]:
    fence = lines[at].lstrip()[:3]
    end = at + 1
    while end < len(lines) and not lines[end].lstrip().startswith(fence):
        end += 1
    return end + 1, f'<pre class="nba-pre">{markup_lines(chr(10).join(lines[at + 1 : end]))}</pre>'


def _paragraph(lines: list[str]) -> str:
    parts = [inline(line.strip()) + ("<br>" if line.endswith("  ") else " ") for line in lines]
    return "".join(parts).removesuffix("<br>").strip()


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|").replace("\\|", "\x00")
    return [cell.replace("\x00", "|").strip() for cell in inner.split("|")]


def _is_table(lines: list[str], at: int) -> bool:
    if "|" not in lines[at] or at + 1 >= len(lines) or "-" not in lines[at + 1]:
        return False
    rule = _cells(lines[at + 1])
    return all(_DASHES.fullmatch(cell) for cell in rule) and len(rule) == len(_cells(lines[at]))


def _table(lines: list[str]) -> str:
    sides = ["nba-right" if cell.endswith(":") and not cell.startswith(":") else "" for cell in _cells(lines[1])]
    css = [f' class="{side}"' if side else "" for side in sides]
    head = "".join(f"<th{each}>{inline(cell)}</th>" for each, cell in zip(css, _cells(lines[0]), strict=True))
    rows = []
    for line in lines[2:]:
        cells = (_cells(line) + [""] * len(css))[: len(css)]
        row = "".join(f"<td{each}>{inline(cell)}</td>" for each, cell in zip(css, cells, strict=True))
        rows.append(f"<tr>{row}</tr>")
    table = f'<table class="nba-table"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return f'<div class="nba-scroll">{table}</div>'


def _list(lines: list[str]) -> str:
    """Return a list; deeper items are set in by their spaces, and lines without a mark belong to the item above."""
    items: list[tuple[int, str, str]] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            items.append((len(found[1].expandtabs(4)) // 2, found[2], found[3]))
        elif items:
            indent, mark, text = items[-1]
            items[-1] = (indent, mark, f"{text} {line.strip()}")
    rows = []
    for indent, mark, text in items:
        sign = markup(mark) if mark[0].isdigit() else "•"
        rows.append(f'<div class="nba-md-item" style="margin-left:{min(indent, 8) * 1.1:.1f}em">'
                    f"<span>{sign}</span><span>{inline(text)}</span></div>")  # fmt: skip
    return f"<div>{''.join(rows)}</div>"

"""The style of everything that is shown: scoped to this package's own elements, following the page's theme."""

from __future__ import annotations

from functools import cache

from notebook_assets.display.palette import PALETTE

_DARK_PAGES = (
    '[data-jp-theme-light="false"]',  # JupyterLab, Notebook, nbconvert
    "body.vscode-dark",
    'html[theme="dark"]',
    '[data-theme="dark"]',
)

_BASE = """
.nba-root{
--nba-ink:var(--jp-content-font-color1,var(--vscode-editor-foreground,#1f2328));
--nba-paper:var(--jp-layout-color0,var(--vscode-editor-background,#fff));
--nba-soft:color-mix(in srgb,var(--nba-ink) 66%,transparent);
--nba-dim:color-mix(in srgb,var(--nba-ink) 45%,transparent);
--nba-line:color-mix(in srgb,var(--nba-ink) 15%,transparent);
--nba-wash:color-mix(in srgb,var(--nba-ink) 4%,transparent);
--nba-card:color-mix(in srgb,var(--nba-ink) 3%,var(--nba-paper));
--nba-accent:var(--jp-brand-color1,var(--vscode-focusBorder,#0969da));
color:var(--nba-ink);font-size:13px;line-height:1.5;font-variant-numeric:tabular-nums;
font-family:var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif)}
.nba-root *{box-sizing:border-box}
.nba-root .nba-still{display:none}
.nba-root .nba-live{display:block!important}
.nba-root .nba-scroll{overflow-x:auto;overflow-y:hidden;padding:2px 0}
.nba-root .nba-stack>*+*{margin-top:14px}
.nba-root .nba-title{font-size:15px;font-weight:600;margin:0}
.nba-root .nba-title small{font-size:12px;font-weight:400;color:var(--nba-soft);margin-left:10px}
.nba-root .nba-soft{color:var(--nba-soft)}
.nba-root .nba-mono{font-family:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);
font-size:12px}
.nba-root.nba-root .nba-mark{display:inline-block;width:10px;height:10px;max-width:none;margin:0 7px 0 0;
vertical-align:-.5px;overflow:visible}
.nba-root .nba-state{white-space:nowrap}
.nba-root.nba-root .nba-bar{display:inline-block;width:120px;height:8px;max-width:none;vertical-align:1px;
border-radius:2px}
.nba-root .nba-sr{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
"""

_TABLE = """
.nba-root.nba-root .nba-table{border-collapse:collapse;border:0;margin:0;table-layout:auto;width:auto;font-size:13px;
color:inherit}
.nba-root.nba-root .nba-table caption{caption-side:top;text-align:left;padding:0 12px 8px 0;color:inherit;
white-space:nowrap}
.nba-root.nba-root .nba-table th,.nba-root.nba-root .nba-table td{padding:5px 16px 5px 0;border:0;text-align:left;
vertical-align:baseline;background:none;max-width:34em;overflow-wrap:break-word;white-space:normal;line-height:1.45}
.nba-root.nba-root .nba-table th{font-weight:500;font-size:12px;color:var(--nba-soft);white-space:nowrap;
overflow-wrap:normal;
border-bottom:1px solid var(--nba-line)}
.nba-root.nba-root .nba-table thead,.nba-root.nba-root .nba-table thead tr{border:0;background:none}
.nba-root.nba-root .nba-table tbody tr{background:none;border:0}
.nba-root.nba-root .nba-table tbody tr+tr td{border-top:1px solid var(--nba-line)}
.nba-root.nba-root .nba-table tbody tr:hover td{background:var(--nba-wash)}
.nba-root.nba-root .nba-table .nba-right{text-align:right;white-space:nowrap}
.nba-root.nba-root .nba-table .nba-center{text-align:center}
.nba-root.nba-root .nba-table .nba-nowrap{white-space:nowrap;overflow-wrap:normal}
.nba-root.nba-root .nba-table td.nba-cut{color:var(--nba-soft);font-size:12px;padding-top:7px}
"""

_BLOCKS = """
.nba-root.nba-root .nba-facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:0}
.nba-root.nba-root .nba-facts dt{color:var(--nba-soft);font-weight:400;margin:0;grid-column:1;float:none;width:auto}
.nba-root.nba-root .nba-facts dd{margin:0;grid-column:2;float:none;width:auto;
overflow-wrap:anywhere}
.nba-root .nba-note{border-left:3px solid var(--nba-line);padding:2px 0 2px 12px;overflow-wrap:anywhere}
.nba-root .nba-note.nba-warning{border-color:var(--nba-c-stale)}
.nba-root .nba-note.nba-error{border-color:var(--nba-c-failed)}
.nba-root .nba-note.nba-good{border-color:var(--nba-c-materialized)}
.nba-root.nba-root .nba-pre{
font-family:var(--jp-code-font-family,ui-monospace,SFMono-Regular,Menlo,Consolas,monospace);
font-size:12px;line-height:1.5;margin:0;padding:10px 12px;background:var(--nba-wash);color:inherit;border-radius:4px;
overflow-x:auto;white-space:pre}
.nba-root .nba-pre .nba-added{background:color-mix(in srgb,var(--nba-c-materialized) 18%,transparent)}
.nba-root .nba-pre .nba-removed{background:color-mix(in srgb,var(--nba-c-failed) 18%,transparent)}
.nba-root.nba-root .nba-tree{list-style:none;margin:0;padding:0}
.nba-root.nba-root .nba-tree .nba-tree{margin-left:4px;padding-left:18px;border-left:1px solid var(--nba-line)}
.nba-root.nba-root .nba-tree li{margin:0;padding:2px 0}
.nba-root details>summary{cursor:pointer;color:var(--nba-soft)}
.nba-root details[open]>summary{margin-bottom:8px}
"""

_MARKDOWN = """
.nba-root.nba-root .nba-md>*{margin:0}
.nba-root.nba-root .nba-md>*+*{margin-top:7px}
.nba-root.nba-root .nba-md p{margin:0 0 2px}
.nba-root.nba-root .nba-md .nba-md-head{font-weight:600}
.nba-root.nba-root .nba-md .nba-md-1,.nba-root.nba-root .nba-md .nba-md-2{font-size:15px}
.nba-root.nba-root .nba-md blockquote{border-left:3px solid var(--nba-line);padding:0 0 0 12px;margin-left:0;
color:var(--nba-soft);background:none}
.nba-root.nba-root .nba-md hr{border:0;border-top:1px solid var(--nba-line);height:0}
.nba-root .nba-md-item{display:flex;gap:.6em}
"""

_PROGRESS = """
.nba-root .nba-progress{max-width:720px;padding:4px 0 6px}
.nba-root .nba-progress-head{display:flex;align-items:baseline;gap:12px;margin-bottom:6px}
.nba-root .nba-progress-head b{font-weight:600;font-size:13px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.nba-root .nba-progress-head span{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:12px}
.nba-root .nba-progress-head .nba-progress-share{margin-left:auto;flex:none;font-weight:600}
.nba-root .nba-track{display:flex;height:8px;border-radius:4px;overflow:hidden;background:var(--nba-line)}
.nba-root .nba-seg{display:block;height:100%;flex:0 1 auto;min-width:3px}
.nba-root .nba-run-canceled .nba-seg{opacity:.55}
.nba-root .nba-progress-foot{display:flex;flex-wrap:wrap;gap:2px 20px;margin-top:7px;font-size:12px}
.nba-root .nba-push{margin-left:auto;white-space:nowrap}
"""

_DRAWING = """
.nba-svg{display:block;overflow:visible}
.nba-svg text{font-family:inherit;font-size:11px;fill:var(--nba-soft);font-variant-numeric:tabular-nums}
.nba-svg text.nba-h{font-size:14px;font-weight:600;fill:var(--nba-ink)}
.nba-svg text.nba-k{font-size:12px;fill:var(--nba-ink)}
.nba-svg text.nba-n{font-size:11.5px}
.nba-svg text.nba-x{font-size:10px;fill:var(--nba-soft)}
.nba-svg .nba-ink{fill:var(--nba-ink)}
.nba-svg .nba-halo{paint-order:stroke;stroke:var(--nba-paper);stroke-width:4px;stroke-linejoin:round}
.nba-svg .nba-rule{stroke:var(--nba-line);fill:none;stroke-width:1}
.nba-svg .nba-curve{stroke:var(--nba-ink);stroke-opacity:.28;fill:none;stroke-width:1.2}
.nba-svg .nba-tip{fill:var(--nba-ink);fill-opacity:.45}
.nba-svg .nba-line{stroke:var(--nba-c-running);fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
.nba-svg .nba-point{fill:var(--nba-c-running)}
.nba-svg .nba-card{fill:var(--nba-card);stroke:var(--nba-line);stroke-width:1.2}
.nba-svg .nba-card.nba-source{stroke-dasharray:4 3;fill:var(--nba-paper);stroke:var(--nba-dim)}
.nba-svg .nba-card.nba-selected{stroke:var(--nba-accent);stroke-width:2}
.nba-svg .nba-node:hover .nba-card{stroke:var(--nba-accent)}
.nba-svg text.nba-name{font-size:13px;font-weight:600;fill:var(--nba-ink)}
.nba-svg text.nba-group{font-weight:600}
.nba-svg .nba-frame{fill:var(--nba-wash);stroke:none}
.nba-svg .nba-edge:hover .nba-curve{stroke-opacity:.8}
.nba-svg .nba-chip{fill:var(--nba-wash);stroke:var(--nba-line)}
.nba-svg text.nba-strong{font-weight:600}
.nba-svg text.nba-key{font-size:11.5px;fill:var(--nba-ink)}
.nba-svg .nba-plate{fill:var(--nba-card);stroke:var(--nba-line)}
.nba-svg .nba-plate.nba-lost{stroke:var(--nba-ink);stroke-dasharray:3 2;fill:none}
.nba-svg .nba-curve.nba-lost{stroke-dasharray:4 3;stroke-opacity:.55}
.nba-svg .nba-band{fill:var(--nba-ink);fill-opacity:.07}
.nba-svg .nba-band.nba-odd{fill-opacity:.13}
.nba-svg .nba-band:hover{fill:var(--nba-accent);fill-opacity:.5}
.nba-svg .nba-band.nba-lost{fill:var(--nba-c-nonexistent);fill-opacity:.62}
.nba-svg .nba-change{stroke:var(--nba-ink);stroke-opacity:.6;stroke-width:1;stroke-dasharray:1.5 3;fill:none}
.nba-svg .nba-heat{fill:var(--nba-accent)}
.nba-svg .nba-heat-1{fill-opacity:.3}
.nba-svg .nba-heat-2{fill-opacity:.47}
.nba-svg .nba-heat-3{fill-opacity:.65}
.nba-svg .nba-heat-4{fill-opacity:.82}
.nba-svg .nba-axis{fill:var(--nba-line)}
.nba-svg .nba-hit{fill:transparent;stroke:none}
"""


def _colours(dark: bool) -> str:
    pairs = (f"--nba-c-{look.state.value}:{look.dark if dark else look.light}" for look in PALETTE.values())
    return ";".join(pairs)


def _state_rules() -> str:
    rules = []
    for look in PALETTE.values():
        colour = f"var(--nba-c-{look.state.value})"
        rules.append(f".nba-root .{look.css_class}{{fill:{colour}}}")
        rules.append(f".nba-root .nba-b-{look.state.value}{{background:{colour}}}")
        rules.append(f".nba-root .nba-col.{look.css_class}{{fill:none;stroke:{colour}}}")
    return "\n".join(rules)


@cache
def stylesheet() -> str:
    """Return the style sheet; every selector begins with a class of this package or names one.

    >>> ".nba-root" in stylesheet()
    True
    """
    parts = [_BASE, _themes(), _TABLE, _BLOCKS, _MARKDOWN, _PROGRESS, _DRAWING, _state_rules()]
    return "\n".join(parts).replace("\n\n", "\n").strip()


@cache
def drawing_stylesheet() -> str:
    """Return the part of the style sheet that a drawing in a file of its own needs: it stands on no dark page.

    >>> len(drawing_stylesheet()) < len(stylesheet())
    True
    """
    drawing = "\n".join(rule for rule in _DRAWING.splitlines() if ":hover" not in rule)
    variables = _BASE.partition("\n.nba-root *")[0]
    return f"{variables}\n.nba-root{{{_colours(False)}}}{drawing}\n{_state_rules()}".strip()


def _themes() -> str:
    dark_ink = "--nba-ink:var(--jp-content-font-color1,var(--vscode-editor-foreground,#e6e8ea))"
    dark_paper = "--nba-paper:var(--jp-layout-color0,var(--vscode-editor-background,#111))"
    dark = ",".join(f"{page} .nba-root" for page in _DARK_PAGES)
    return f".nba-root{{{_colours(False)}}}\n{dark}{{{_colours(True)};{dark_ink};{dark_paper}}}"

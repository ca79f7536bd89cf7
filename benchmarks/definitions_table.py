"""The table of definitions: how many times ours the reference takes to define, resolve and select, and our bounds."""

from __future__ import annotations

from compared_lines import Line, Told, table_of

SCRIPT = "subject_definitions.py"

INTRODUCTION = """
## Definitions and selections

Assets of which each is made from up to three others; nothing is run.
"""
EXPLANATION = """
- **Never asked before**: the graph was made, and nothing was selected on it; each time another graph. **Again** is the
  same question on the same graph.
- **Levels, parents, neighbours**: all topological levels, the parents of all assets, and what is up to three steps
  upstream and downstream of twenty.
- Each library is measured in a process of its own, in its processor time; what is told is the median of nine.
"""

LINES = (
    Line("define_1000", "define 1,000 assets", 8),
    Line("graph_of_1000", "their graph"),
    Line("upstream_of_1000", "one's whole upstream, on a graph never asked before", 4),
    Line("upstream_again", "the same again"),
    Line("graph_of_10000", "10,000 assets: graph, levels, parents, neighbours", most=1.0),
)


def definitions_section(told: Told) -> str:
    """Return the section of the page: the table, and what its words mean."""
    return "\n".join([INTRODUCTION, table_of(LINES, told), EXPLANATION.rstrip(), ""])

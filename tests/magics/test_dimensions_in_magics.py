"""Keys of several dimensions may be typed into magics: a key, a rectangle; and completion knows them."""

from __future__ import annotations

ASSET = """
both = MultiPartitionsDefinition({"date": days, "abc": StaticPartitionsDefinition(["x", "y"])})

@asset(partitions_def=both)
def sold(context):
    return context.partition_key.keys_by_dimension["abc"]
"""


def test_a_key_and_a_rectangle_are_made(notebook) -> None:
    notebook.run(ASSET)
    notebook.run('%materialize sold -p "x|2024-03-01"')
    assert notebook.run('load_asset_value("sold", partition_key="x|2024-03-01")') == "x"
    notebook.run("%materialize sold -p x|2024-03-01...y|2024-03-02")
    loaded = notebook.run('load_asset_value("sold", partitions={"date": "2024-03-02"})')
    assert loaded == {"x|2024-03-02": "x", "y|2024-03-02": "y"}
    assert "x     ●●··" in repr(notebook.run("%partitions sold"))
    assert "has 1" in notebook.fails("%materialize sold -p x")


def test_what_the_explanation_says_to_type_can_be_typed(notebook) -> None:
    notebook.run(
        ASSET, "@asset\ndef total(sold):\n    return len(sold)", "%materialize sold -p x|2024-03-01...y|2024-03-30"
    )
    explanation = notebook.run("%explain total")
    assert "x|2024-03-31...y|2024-03-31" in repr(explanation)
    line = notebook.run("explain('sold', 'y|2024-03-31')").to_do[0]
    notebook.run(line)
    assert notebook.run('load_asset_value("sold", partition_key="y|2024-03-31")') == "y"

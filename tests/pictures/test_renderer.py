"""Graphviz is found wherever it is, and its absence is explained."""

from __future__ import annotations

import threading

import pytest

from notebook_assets.errors import NotebookAssetsError
from notebook_assets.pictures import available_renderers, draw_lineage, render_dot, renderer
from notebook_assets.pictures.lineage_data import LineageNode


def test_some_renderer_is_installed():
    assert available_renderers()


def test_several_threads_may_draw_at_once():
    drawn: list[str] = []
    threads = [threading.Thread(target=lambda: drawn.append(render_dot("digraph { a -> b }"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drawn) == 8
    assert all("</svg>" in one for one in drawn)


def test_without_graphviz_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(renderer.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(renderer.shutil, "which", lambda name: None)
    with pytest.raises(NotebookAssetsError, match="pip install pygraphviz"):
        render_dot("digraph {}")


def test_without_graphviz_a_lineage_shows_its_text_form(monkeypatch):
    monkeypatch.setattr(renderer.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(renderer.shutil, "which", lambda name: None)
    html = draw_lineage([LineageNode("daily_weather")], [])._repr_html_()
    assert "daily_weather" in html
    assert "pip install pygraphviz" in html


def test_a_renderer_that_stumbles_is_followed_by_the_next(monkeypatch):
    def broken(dot: str, form: str) -> bytes:
        raise OSError("no such library")

    monkeypatch.setattr(renderer, "available_renderers", lambda: ["one", "two"])
    monkeypatch.setattr(renderer, "_WAYS", (("one", broken), ("two", lambda dot, form: b"<svg/>")))
    assert render_dot("digraph {}") == "<svg/>"
    monkeypatch.setattr(renderer, "_WAYS", (("one", broken),))
    with pytest.raises(NotebookAssetsError, match="one: OSError: no such library"):
        render_dot("digraph {}")


def test_dot_that_does_not_parse_is_an_error():
    with pytest.raises(NotebookAssetsError, match="could not draw"):
        render_dot("digraph {")

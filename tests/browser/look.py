"""Take pictures of a notebook as a person sees it in JupyterLab, one a cell; or of a page, one a screenful.

    python tests/browser/look.py notebooks/01_tour.ipynb --theme dark --width 900 --out shots
    python tests/browser/look.py notebooks/01_tour.html --out shots

The notebook is run in a copy of its folder, on the store that lies beside it (--store for another, --no-run to see only
what is saved in it). The exit code is 1 where a cell failed, the console showed an error or another machine was asked.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter_lab import LabPage, Watch, chromium, find_chromium, lab_server
from playwright.sync_api import Browser


def copy_beside(notebook: Path, folder: Path) -> None:
    """Copy a notebook and the files beside it; folders (data) are linked, and the store is left where it is."""
    for item in notebook.parent.iterdir():
        if item.name.startswith(".") or item.suffix in (".html", ".pyc"):
            continue
        if item.is_dir():
            (folder / item.name).symlink_to(item.resolve(), target_is_directory=True)
        else:
            shutil.copy2(item, folder / item.name)


def look_at_notebook(browser: Browser, options: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """Run the notebook in JupyterLab; return the pictures, and what went wrong."""
    notebook = options.path.resolve()
    store = (options.store or notebook.parent / ".notebook_assets").resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder, settings = Path(scratch, "served"), Path(scratch, "settings")
        folder.mkdir()
        copy_beside(notebook, folder)
        with lab_server(folder, settings, {"NOTEBOOK_ASSETS_HOME": str(store)}) as url:
            lab = LabPage.open(browser, url)
            lab.set_theme(options.theme)
            lab.set_width(options.width)
            lab.watch.clear()
            lab.run_notebook(notebook.name, run=options.run)
            files = lab.shoot_cells(options.out, f"{notebook.stem}-{options.theme}-{options.width}")
            problems = lab.failures() + complaints(lab.watch)
            lab.close_notebook()
    return files, problems


def look_at_page(browser: Browser, options: argparse.Namespace) -> tuple[list[Path], list[str]]:
    """Open an HTML file; return the pictures, and what went wrong."""
    height = 1000
    page = browser.new_page(
        viewport={"width": options.width, "height": height}, color_scheme=options.theme, offline=True
    )
    watch = Watch.over(page)
    page.goto(options.path.resolve().as_uri())
    total: int = page.evaluate("document.documentElement.scrollHeight")
    options.out.mkdir(parents=True, exist_ok=True)
    files = []
    for number, top in enumerate(range(0, total, height), start=1):
        files.append(options.out / f"{options.path.stem}-page-{options.width}-{number:02d}.png")
        clip = {"x": 0.0, "y": float(top), "width": float(options.width), "height": float(min(height, total - top))}
        page.screenshot(path=files[-1], full_page=True, clip=clip)
    return files, complaints(watch)


def complaints(watch: Watch) -> list[str]:
    """Return what the browser saw go wrong, as lines to print."""
    return [f"console: {text}" for text in watch.errors] + [f"asked another machine: {url}" for url in watch.foreign]


def main() -> int:
    """Take the pictures that the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description="Take pictures of a notebook in JupyterLab, or of an HTML page.")
    parser.add_argument("path", type=Path, help="a notebook, or an HTML file")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--width", type=int, default=1400, help="of the window, in pixels")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "shots")
    parser.add_argument(
        "--store", type=Path, help="the store to run on (default: .notebook_assets beside the notebook)"
    )
    parser.add_argument("--no-run", dest="run", action="store_false", help="show what is saved in the notebook")
    options = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        print("There is no Chromium or Chrome in PATH.", file=sys.stderr)
        return 1
    with chromium(executable) as browser:
        look = look_at_page if options.path.suffix == ".html" else look_at_notebook
        files, problems = look(browser, options)
    print(f"{len(files)} pictures in {options.out}: {files[0].name} to {files[-1].name}" if files else "No pictures.")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

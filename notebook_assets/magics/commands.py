"""The magics: each reads its line, calls a public function and gives back what that returns."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand
from IPython.display import display

from notebook_assets.diagnosis.user_line import user_place
from notebook_assets.display import Rich, block
from notebook_assets.errors import (
    InvalidConfigError,
    InvalidSelectionError,
    NotebookAssetsError,
    RunFailedError,
    UnknownAssetError,
    UnknownPartitionError,
)
from notebook_assets.magics import specs
from notebook_assets.magics.asset_cell import define_from_cell
from notebook_assets.magics.key_hints import key_among_words, several_names
from notebook_assets.magics.options import Arguments, Magic, help_page, parse
from notebook_assets.magics.run_configs import config_written
from notebook_assets.magics.run_words import how, whole_number
from notebook_assets.run import RunResult
from notebook_assets.run.tracebacks import traceback_text
from notebook_assets.workspace import (
    BackgroundRun,
    PlanTable,
    accept_code,
    asset_catalogue,
    code_changes,
    explain,
    impact,
    lineage,
    materialize,
    partition_grid,
    resume,
    run_history,
    show_definition,
    show_mapping,
    step_output,
    take_back_code,
)

Body = Callable[..., Any]


def _reads(magic: Magic) -> Callable[[Body], Any]:
    """Have a method read its line as ``magic`` says; its errors are shown without this package's frames."""

    def decorate(method: Body) -> Any:
        def call(self: Magics, line: str, *cell: str) -> Any:
            arguments = parse(magic, line)
            return _help(magic) if arguments.wants_help else method(self, arguments, *cell)

        @wraps(method)
        def read(self: Magics, line: str, *cell: str) -> Any:
            try:
                if cell or not line.rstrip().endswith(";"):
                    return call(self, line, *cell)
                try:  # the `;` that tells IPython to show nothing, unless it belongs to a name
                    call(self, line.rstrip().removesuffix(";").rstrip())
                except (UnknownAssetError, UnknownPartitionError, InvalidSelectionError) as error:
                    with suppress(NotebookAssetsError):
                        return call(self, line)
                    raise error from None
                return None
            except NotebookAssetsError as error:
                text = f"{type(error).__name__}: {error}{_place_of_cause(error)}"
                error._render_traceback_ = lambda: text.splitlines()  # type: ignore[attr-defined]  # IPython asks for it
                raise

        read.__doc__ = help_page(magic)
        return read

    return decorate


def _place_of_cause(error: NotebookAssetsError) -> str:
    """Return where in people's own code an error began that this package passes on, such as one in a resource."""
    cause = error.__cause__
    place = user_place(traceback_text(cause)) if cause is not None else ""
    return f"\n  at {place}" if place else ""


def _help(magic: Magic) -> Rich:
    return block(help_page(magic))


def _one_key(arguments: Arguments) -> str | None:
    """Return the partition that a line names, by its place or by ``-p``."""
    key = arguments.text("-p")
    if key is not None and arguments.has("KEY"):
        raise arguments.error("-p", "The partition is named twice; one is explained at a time.")
    return arguments.text("KEY") if key is None else key


def _shown(result: RunResult | PlanTable | BackgroundRun) -> RunResult | PlanTable | BackgroundRun:
    """Return a result, to be shown below the cell; a cell whose run did not succeed fails, after showing it.

    Raises:
        RunFailedError: Something failed, or was skipped for want of inputs.
    """
    if not isinstance(result, RunResult) or result.success:
        return result
    display(result)  # type: ignore[no-untyped-call]
    raise RunFailedError(result.headline())


@magics_class
class AssetMagics(Magics):
    """All magics of this package."""

    @line_magic("assets")
    @_reads(specs.ASSETS)
    def assets(self, arguments: Arguments) -> Any:
        """List the assets."""
        return asset_catalogue(arguments.text("SELECTION"))

    @line_magic("lineage")
    @_reads(specs.LINEAGE)
    def lineage(self, arguments: Arguments) -> Any:
        """Draw the lineage."""
        return lineage(arguments.text("SELECTION"))

    @line_magic("partitions")
    @_reads(specs.PARTITIONS)
    def partitions(self, arguments: Arguments) -> Any:
        """Show an asset's partitions."""
        return partition_grid(arguments.text("ASSET"))

    @line_magic("mapping")
    @_reads(specs.MAPPING)
    def mapping(self, arguments: Arguments) -> Any:
        """Draw a mapping."""
        keys, upstream_keys = arguments.texts("--key") or None, arguments.texts("--upstream-key") or None
        return show_mapping(
            arguments.text("DOWNSTREAM"), arguments.text("UPSTREAM"), keys=keys, upstream_keys=upstream_keys
        )

    @line_magic("materialize")
    @_reads(specs.MATERIALIZE)
    def materialize(self, arguments: Arguments) -> Any:
        """Make assets."""
        selection = arguments.text("SELECTION") or ""
        run = partial(
            materialize,
            partitions=list(arguments.texts("-p")) or None,
            only=arguments.text("--only"),
            upstream=arguments.has("--upstream"),
            run_config=self._config(arguments),
            raise_on_error=False,
            **how(arguments),
        )
        try:
            return _shown(run(selection))
        except InvalidSelectionError as error:
            if names := several_names(selection):
                return _shown(run(names))
            hint = key_among_words(selection, arguments.texts("-p"))
            raise InvalidSelectionError(f"{error}\n{hint}") if hint else error from None

    @line_magic("resume")
    @_reads(specs.RESUME)
    def resume(self, arguments: Arguments) -> Any:
        """Go on with a run."""
        return _shown(resume(arguments.text("RUN"), raise_on_error=False, **how(arguments)))

    @line_magic("runs")
    @_reads(specs.RUNS)
    def runs(self, arguments: Arguments) -> Any:
        """List the latest runs."""
        return run_history(whole_number(arguments, "N") or 20)

    @line_magic("output")
    @_reads(specs.OUTPUT)
    def output(self, arguments: Arguments) -> Any:
        """Show what a step printed."""
        return step_output(arguments.text("ASSET"), _one_key(arguments), run_id=arguments.text("--run"))

    def _config(self, arguments: Arguments) -> Any:
        """Return what ``--config`` names."""
        text = arguments.text("--config")
        if text is None:
            return None
        try:
            return config_written(text, self.shell.user_ns)  # type: ignore[union-attr]  # a magic has a shell
        except (InvalidConfigError, OSError) as error:
            raise arguments.error("--config", str(error)) from None

    @line_magic("explain")
    @_reads(specs.EXPLAIN)
    def explain(self, arguments: Arguments) -> Any:
        """Explain a piece."""
        return explain(arguments.text("ASSET"), _one_key(arguments))

    @line_magic("impact")
    @_reads(specs.IMPACT)
    def impact(self, arguments: Arguments) -> Any:
        """Say what a change would make stale."""
        return impact(arguments.text("SELECTION"), list(arguments.texts("-p")) or None)

    @line_magic("changes")
    @_reads(specs.CHANGES)
    def changes(self, arguments: Arguments) -> Any:
        """Show what changed in the code, or accept it."""
        name, key = arguments.text("SELECTION"), arguments.text("-p")
        if arguments.has("--accept") and arguments.has("--take-back"):
            raise arguments.error("--take-back", "Either accept what changed, or take that back.")
        if arguments.has("--accept"):
            return accept_code(name, key)
        return take_back_code(name, key) if arguments.has("--take-back") else code_changes(name, key)

    @no_var_expand  # braces in --partitions and --in are the expression's own
    @line_cell_magic("asset")
    @_reads(specs.ASSET)
    def asset(self, arguments: Arguments, cell: str = "") -> Any:
        """Define an asset."""
        if not cell.strip():
            raise arguments.error("NAME", "The cell is the asset's code: write %%asset, and the code below it.")
        made = define_from_cell(self.shell, arguments, cell)  # type: ignore[arg-type]  # a magic has a shell
        card = show_definition(made.definition, made.remarks)
        if not arguments.has("--materialize") and not arguments.texts("-p"):
            return card
        if made.remarks:
            display(card)  # type: ignore[no-untyped-call]
        partitions = list(arguments.texts("-p")) or None
        return _shown(materialize([made.definition.key], partitions=partitions, raise_on_error=False))

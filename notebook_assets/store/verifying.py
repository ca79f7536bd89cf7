"""Verify: a store's rows, values and files held against each other; nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from notebook_assets.display import Column, Shown, Table, facts, note, plain, plural, size, stack, title_line
from notebook_assets.keys import AssetKey
from notebook_assets.store.database import Database
from notebook_assets.store.litter import NO_LITTER, Litter, find_litter
from notebook_assets.store.problems import StoreProblem
from notebook_assets.store.row_checks import wrong_pages, wrong_pieces, wrong_references
from notebook_assets.store.sizes import kept_elsewhere
from notebook_assets.store.values import ValueFiles
from notebook_assets.store.whole_values import CheckedValues, check_values

_ELSEWHERE = (
    "SELECT p.asset_id, count(*) FROM pieces p JOIN materializations m ON m.id = p.event_id "
    "WHERE p.kind = 'materialization' AND m.digest IS NULL GROUP BY p.asset_id"
)
_UNFINISHED = "SELECT id FROM runs WHERE status = 'running' ORDER BY number"


@dataclass(frozen=True, repr=False)
class VerifyReport(Shown):
    """What :meth:`Instance.verify` found; ``report.ok`` says whether all that is recorded is there, whole and readable.

    Litter, runs that are not over and pickles of others are told, and are no damage.

    Args:
        values: How many values were looked at.
        bytes: How many bytes they have.
        problems: What is wrong, one :class:`StoreProblem` each.
        untrusted: How many values are pickles that this user did not sign; 0 where only sizes were compared.
        litter: Files that no row names; `Instance.sweep` removes them.
        unfinished_runs: The ids of the runs that are not over.
        is_deep: Whether values were read, else only that they are there with their sizes.
        elsewhere: Of how many pieces the store never had the value: IO managers keep it, or nobody does. These can't be
            looked at.

    >>> VerifyReport(3, 120, ()).ok
    True
    """

    values: int
    bytes: int
    problems: tuple[StoreProblem, ...]
    untrusted: int = 0
    litter: Litter = NO_LITTER
    unfinished_runs: tuple[str, ...] = ()
    is_deep: bool = True
    elsewhere: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def _forms(self) -> tuple[str, str]:
        how = "read and compared with their digests" if self.is_deep else "there with their sizes"
        pairs = [
            ("values", f"{plural(self.values, 'value')}, {size(self.bytes)}: {how if self.ok else 'looked at'}"),
            ("litter", self.litter.text),
            (
                "runs",
                plural(len(self.unfinished_runs), "run") + " not over" if self.unfinished_runs else "All are over.",
            ),
        ]
        if self.elsewhere:
            pairs.insert(1, ("elsewhere", f"{kept_elsewhere(self.elsewhere)}: not looked at"))
        if self.untrusted:
            unsigned = plural(self.untrusted, "value")
            pairs.append(
                ("pickles", f"{unsigned} not signed by you: trust(asset) if you know who made it, or make it again.")
            )
        told = "All is well." if self.ok else f"{plural(len(self.problems), 'thing is', 'things are')} wrong."
        parts = [title_line("The store", told), facts(pairs)]
        if not self.ok:
            parts.append(note(plain(self._advice), "error"))
            parts.append(self._table.rich)
        whole = stack(parts)
        return whole.html, whole.text

    @property
    def _advice(self) -> str:
        again = "Put back a copy of what is broken, or materialize it again."
        if all(problem.key is not None for problem in self.problems):
            return again
        return f"{again} Close the store, and Instance.recover(folder) saves what can be read of a damaged database."

    @property
    def _table(self) -> Table:
        rows = [
            [
                each.key.to_user_string() if each.key else "–",
                each.partition,
                each.event_id and str(each.event_id),
                each.what,
            ]
            for each in self.problems
        ]
        columns: list[Column | str] = [
            "asset",
            "partition",
            Column("version", "right"),
            Column("what is wrong", most=400),
        ]
        return Table(columns, rows, noun="problem")


def verify_store(
    database: Database, files: ValueFiles, chosen: Callable[[], Mapping[int, AssetKey]], *, deep: bool
) -> VerifyReport:
    """Hold the rows, values and files of a store against each other.

    Args:
        database: The store's database.
        files: Its value files.
        chosen: Gives the assets whose pieces and values are looked at; asked when the database was found sound.
        deep: Whether values are read, else only their sizes compared.

    >>> from notebook_assets import Instance
    >>> with Instance.ephemeral() as store:
    ...     verify_store(store.database, store.files, dict, deep=True).ok
    True
    """
    problems: list[StoreProblem] = []
    checked, litter, unfinished, elsewhere = CheckedValues(), NO_LITTER, (), 0
    with database.read() as connection:
        _collect(problems, lambda: wrong_pages(connection, deep=deep), database)
    if not problems:  # what is damaged gives wrong answers to all other questions
        assets = chosen()
        with database.read() as connection:
            _collect(problems, lambda: wrong_references(connection), database)
            _collect(problems, lambda: wrong_pieces(connection, assets), database)
            unfinished = tuple(row[0] for row in connection.execute(_UNFINISHED))
            elsewhere = sum(many for number, many in connection.execute(_ELSEWHERE) if number in assets)
        checked = check_values(database, files, assets, deep=deep)
        litter = find_litter(database, files)
    found = (*problems, *checked.problems)
    return VerifyReport(checked.values, checked.bytes, found, checked.untrusted, litter, unfinished, deep, elsewhere)


def _collect(problems: list[StoreProblem], find: Callable[[], Iterable[StoreProblem]], database: Database) -> None:
    """Add what a search finds; a search that the database stops is a finding, too."""
    try:
        problems.extend(find())
    except sqlite3.Error as error:
        problems.append(StoreProblem(None, None, None, str(database.explained(error))))

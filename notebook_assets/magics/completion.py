"""Tab completion in the lines of magics: assets, groups, partition keys, options and their choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.interactiveshell import InteractiveShell

from notebook_assets.diagnosis.typed import QUOTES, quote, quoted, typed_name
from notebook_assets.errors import NotebookAssetsError
from notebook_assets.magics.options import Magic, Option, Part, Positional, read_parts
from notebook_assets.magics.specs import MAGICS

MOST = 200
"""No more candidates than this are offered at once; more letters find the others."""

PYTHON = "python"
"""The kind of completions that only a shell can give: a name or an attribute of Python."""

_MATCHER = "notebook_assets.magics"
_MAGIC_LINE = re.compile(r"\s*(?:[^\W\d][\w.,\s]*=\s*)?(?P<name>%%?\w+)\s")
_SELECTION_PREFIX = re.compile(r"(?s).*[\s(+*]|")  # what stands before the name in a word of a selection


class CandidateProvider(Protocol):
    """What there is to be offered."""

    def assets(self) -> list[str]:
        """Return all asset keys, as people write them."""
        ...

    def partition_keys(self, asset: str | None, prefix: str) -> list[str]:
        """Return the partition keys of an asset that begin with ``prefix``; of all assets if none is known."""
        ...

    def groups(self) -> list[str]:
        """Return all groups."""
        ...

    def upstream(self, asset: str) -> list[str]:
        """Return the assets that an asset is made from."""
        ...

    def definitions(self) -> list[str]:
        """Return the variables that hold partitions definitions, the classes of them, and the assets that have one."""
        ...

    def configs(self, prefix: str) -> list[str]:
        """Return the variables that hold a run's configuration, and the files that may, which begin with ``prefix``."""
        ...


@dataclass(frozen=True)
class Completions:
    """What may stand in a line.

    Args:
        start: Index in the line from which to the cursor the text is replaced.
        texts: What may replace it, in the order to be shown; at most :data:`MOST`.
        kind: What the texts are: asset, partition, definition, group, option, choice, or :data:`PYTHON`; empty if
            nothing is known.
    """

    start: int
    texts: tuple[str, ...] = ()
    kind: str = ""


def complete(magics: Iterable[Magic], line: str, cursor: int, candidates: CandidateProvider) -> list[str]:
    """Return what may stand at the cursor; see :func:`completions_at`, which says also from where on.

    >>> from notebook_assets.magics.specs import MAGICS
    >>> class Candidates:
    ...     def assets(self): return ["daily_weather", "hourly_weather"]
    ...     def partition_keys(self, asset, prefix): return ["2013-07-04"]
    ...     def groups(self): return ["weather"]
    ...     def upstream(self, asset): return []
    ...     def definitions(self): return ["days"]
    ...     def configs(self, prefix): return ["nightly"]
    >>> complete(MAGICS, "%materialize dai", 16, Candidates())
    ['daily_weather']
    >>> complete(MAGICS, "%materialize daily_weather --only m", 35, Candidates())
    ['missing']
    """
    return list(completions_at(magics, line, cursor, candidates).texts)


def completions_at(magics: Iterable[Magic], line: str, cursor: int, candidates: CandidateProvider) -> Completions:
    """Return what may stand at the cursor of a line that calls one of ``magics``; nothing for any other line.

    Args:
        magics: The magics that are known.
        line: The whole line, ``%`` included.
        cursor: Index of the character after the cursor; what stands after it does not count.
        candidates: What to offer.
    """
    typed = line[:cursor]
    found = _MAGIC_LINE.match(typed)
    name = found["name"] if found else ""
    magic = next((magic for magic in magics if magic.name == name or f"%{magic.bare_name}" == name), None)
    if found is None or magic is None:
        return Completions(cursor)
    completions = _in_arguments(magic, typed[found.end() :], candidates)
    return Completions(completions.start + found.end(), completions.texts, completions.kind)


def _in_arguments(magic: Magic, typed: str, candidates: CandidateProvider) -> Completions:
    """Complete at the end of ``typed``, which stands after the magic's name."""
    parts = read_parts(magic, typed)
    touching = parts.pop() if parts and parts[-1].word.stop == len(typed) else None
    start = touching.word.start if touching else len(typed)
    if touching and (touching.role in ("flag", "unknown") or typed[start:] == "-"):
        return _options(magic, typed[start:], start, parts)
    owner = touching.owner if touching else _expected(magic, typed, parts)
    if owner is None:
        return _options(magic, "", start, parts) if touching is None else Completions(start)
    offered = _values(owner, typed[start:], start, magic, parts, candidates)
    if not offered.texts and not typed[start:] and isinstance(owner, Positional):
        return _options(magic, "", start, parts)
    return offered


def _expected(magic: Magic, typed: str, parts: Sequence[Part]) -> Option | Positional | None:
    """What comes next: the value of the option before, else the next positional."""
    last = parts[-1] if parts else None
    if last and last.role == "flag" and isinstance(last.owner, Option) and last.owner.kind != "flag":
        return last.owner
    probe = read_parts(magic, f"{typed}x")[-1]
    return probe.owner if probe.role == "word" else None


def _options(magic: Magic, typed: str, start: int, parts: Sequence[Part]) -> Completions:
    """Offer the options that may still stand in the line."""
    used = {part.owner for part in parts if isinstance(part.owner, Option) and not part.owner.repeatable}
    flags = (flag for flag, option in magic.flags.items() if option not in used)
    return _offer(start, (flag for flag in flags if flag.startswith(typed)), "option")


def _values(
    owner: Option | Positional,
    typed: str,
    start: int,
    magic: Magic,
    parts: Sequence[Part],
    candidates: CandidateProvider,
) -> Completions:
    """Offer values for an option or a positional whose text so far is ``typed``."""
    if isinstance(owner, Option) and owner.choices:
        return _words(start, typed, owner.choices, "choice")
    if owner.names == "selection":
        return _in_selection(start, typed, candidates)
    if owner.names == "assets":
        return _in_list(start, typed, candidates)
    if owner.names == "asset":
        return _words(start, typed, candidates.assets(), "asset")
    if owner.names == "group":
        return _words(start, typed, candidates.groups(), "group")
    if owner.names == "upstream":
        asset = _asset_in(parts, candidates)
        return _words(start, typed, candidates.upstream(asset) if asset else candidates.assets(), "asset")
    if owner.names == "config":
        return _words(start, typed, candidates.configs(_unquoted(typed)[1]), "config")
    if owner.names == "definition":
        fits = [name for name in candidates.definitions() if name.startswith(typed)]
        if fits:
            return _offer(start, fits, "definition")
    if owner.names in ("partition", "partitions"):
        at = typed.rfind("...") + 3 if owner.names == "partitions" and "..." in typed else 0
        _, prefix = _unquoted(typed[at:])
        keys = candidates.partition_keys(_asset_in(parts, candidates), prefix)
        return _words(start + at, typed[at:], keys, "partition")
    if owner.names == "upstream_partition":
        _, prefix = _unquoted(typed)
        upstream = _upstream_in(magic, parts, candidates)
        found = dict.fromkeys(key for name in upstream for key in candidates.partition_keys(name, prefix))
        return _words(start, typed, found, "partition")
    if isinstance(owner, Option) and owner.kind in ("expression", "assignment"):
        return Completions(start + len(typed) - len(_last_name(typed)), kind=PYTHON)
    return Completions(start)


def _last_name(typed: str) -> str:
    """The name, dots included, at the end of an unfinished expression."""
    return re.split(r"[^\w.]", typed)[-1]


def _asset_in(parts: Sequence[Part], candidates: CandidateProvider) -> str | None:
    """The first asset that the line names, whose partitions are meant."""
    known = set(candidates.assets())
    for part in parts:
        if part.role == "word":
            for name in [part.word.text, *re.split(r'[\s()+*"]+|key:', part.word.text)]:
                if name in known:
                    return name
    return None


def _upstream_in(magic: Magic, parts: Sequence[Part], candidates: CandidateProvider) -> list[str]:
    """The upstream asset that the line names, else all that its asset is made from."""
    asset = _asset_in(parts, candidates)
    upstream = list(candidates.upstream(asset)) if asset else []
    named = {part.word.text for part in parts if part.role == "word"}
    return [name for name in upstream if name in named] or upstream


def _in_selection(start: int, typed: str, candidates: CandidateProvider) -> Completions:
    """Offer names in a selection: after its operators, and after ``key:`` and ``group:``."""
    before = _SELECTION_PREFIX.match(typed)
    at = before.end() if before else 0
    if not at and typed.startswith(tuple(QUOTES)):
        at = 1  # the whole selection stands in quotes
    for attribute, names, kind in (("key:", candidates.assets, "asset"), ("group:", candidates.groups, "group")):
        if typed.startswith(attribute, at):
            at += len(attribute)
            return _words(start + at, typed[at:], names(), kind)
    fits = (name for name in candidates.assets() if name.startswith(typed[at:]))
    return _offer(start + at, map(typed_name, fits), "asset")


def _in_list(start: int, typed: str, candidates: CandidateProvider) -> Completions:
    """Offer names in a list with commas; one that needs quotes only where the list began with one."""
    in_quotes = typed.startswith(tuple(QUOTES))
    at = max(typed.rfind(",") + 1, int(in_quotes))
    fits = (name for name in candidates.assets() if name.startswith(typed[at:]))
    return _offer(start + at, (name for name in fits if in_quotes or quote(name) == name), "asset")


def _words(start: int, typed: str, texts: Iterable[str], kind: str) -> Completions:
    """Offer the texts that begin as ``typed`` does, in quotes where they need them or where quotes were begun."""
    mark, prefix = _unquoted(typed)
    fits = (text for text in texts if text.startswith(prefix))
    return _offer(start, (quoted(text, mark) if mark else quote(text) for text in fits), kind)


def _unquoted(typed: str) -> tuple[str, str]:
    """The quote with which a word begins, if any, and the word without quotes."""
    if not typed.startswith(tuple(QUOTES)):
        return "", typed
    inside = typed[1:-1] if len(typed) > 1 and typed[-1] == typed[0] else typed[1:]
    return typed[0], inside.replace(f"\\{typed[0]}", typed[0]).replace("\\\\", "\\")


def _offer(start: int, texts: Iterable[str], kind: str) -> Completions:
    return Completions(start, tuple(islice(texts, MOST)), kind)


# --- IPython ----------------------------------------------------------------------------------------------------------


def register(shell: InteractiveShell, candidates: CandidateProvider, magics: Sequence[Magic] = MAGICS) -> None:
    """Have a shell offer completions in the lines of ``magics``; a second call replaces the first.

    Where this offers something, it alone does: names of Python, files and the like are left out. Where it has nothing
    to offer (in an expression, in the body of a cell), the shell completes as always.
    """

    @context_matcher(identifier=_MATCHER, priority=100)  # type: ignore[untyped-decorator]  # IPython does not say more
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        line, cursor = context.line_with_cursor, context.cursor_position
        try:
            found = completions_at(() if _in_body(context) else magics, line, cursor, candidates)
        except (NotebookAssetsError, OSError):  # a store that can't be read must not disturb typing
            found = Completions(cursor)
        texts = _python_names(shell, line[found.start : cursor]) if found.kind == PYTHON else found.texts
        return {
            "completions": [SimpleCompletion(text, type=found.kind) for text in texts],
            "matched_fragment": line[found.start : cursor],
            "suppress": True,
            "ordered": True,
        }

    unregister(shell)
    shell.Completer.custom_matchers.append(matcher)


def _python_names(shell: InteractiveShell, name: str) -> Sequence[str]:
    """The notebook's names or attributes that begin as ``name`` does; by itself a shell with jedi offers none here."""
    if not name:
        return ()
    completer: Any = shell.Completer
    found: Iterable[str] = completer.attr_matches(name) if "." in name else completer.global_matches(name)
    return list(islice(found, MOST))


def _in_body(context: CompletionContext) -> bool:
    """Whether a line that looks like a cell magic is none, since it does not begin the cell."""
    above = context.full_text.split("\n")[: context.cursor_line]
    return context.line_with_cursor.lstrip().startswith("%%") and any(line.strip() for line in above)


def unregister(shell: InteractiveShell) -> None:
    """Have a shell offer no more completions in the lines of magics."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if getattr(matcher, "matcher_identifier", "") != _MATCHER]

"""What compiled code imports while it runs, and what it then asks of that."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import resolve_name
from types import CodeType, ModuleType
from typing import NamedTuple

from notebook_assets.assets.fingerprint_names import nested_codes

_IMPORT = dis.opmap["IMPORT_NAME"]
_ATTRIBUTE_OPCODES = ("LOAD_ATTR", "LOAD_METHOD")


class Imported(NamedTuple):
    """One thing that an import gave.

    ``module`` is what is imported (relative ones begin with their dots), ``start`` the module at which ``path`` begins,
    which for ``import a.b`` is ``a``, and ``path`` the names that are asked for from there.
    """

    module: str
    start: str
    path: tuple[str, ...]


def imports_of(code: CodeType) -> tuple[Imported, ...]:
    """Return what the code imports, with what it asks of the modules among it, sorted.

    >>> imports_of(compile("import json; from .clean import tidy; json.dumps(tidy)", "<cell>", "exec"))
    (Imported(module='.clean', start='.clean', path=('tidy',)), Imported(module='json', start='json', path=('dumps',)))
    """
    if not any(_IMPORT in part.co_code[::2] for part in nested_codes(code)):
        return ()
    parts = [(part, list(dis.get_instructions(part))) for part in nested_codes(code)]
    found: set[Imported] = set()
    for part, instructions in parts:
        for name, imported in _bindings(instructions):
            # A name of this function is another name in the functions inside it, unless they share it.
            places = [inner for code, inner in parts if code is part or name in code.co_freevars]
            asked = {path for inner in places for path in _asked_of(name, inner)}
            if name in part.co_cellvars and len(asked) > 1:  # that it is handed to an inner function asks nothing of it
                asked.discard(())
            found |= {imported._replace(path=(*imported.path, *path)) for path in asked or {()}}
    return tuple(sorted(found))


def _bindings(instructions: list[dis.Instruction]) -> Iterator[tuple[str, Imported]]:
    """Yield the local names that imports bind, each with what it stands for."""
    module, is_from, names = "", False, list[str]()
    for place, each in enumerate(instructions):
        if each.opname == "IMPORT_NAME":
            level = instructions[place - 2].argval  # pushed before the names and the import itself
            module = "." * (level if isinstance(level, int) else 0) + each.argval
            is_from, names = bool(instructions[place - 1].argval), []
        elif module and each.opname == "IMPORT_FROM":
            names.append(each.argval)
        elif module and each.opname.startswith("STORE_"):
            # ``import a.b`` binds a; ``import a.b as c`` takes b out of a, and so on, and binds that.
            start = module if is_from or names else module.partition(".")[0]
            yield each.argval, Imported(module, start, tuple(names[-1:]) if is_from else ())
            module = module if is_from else ""
        elif each.opname == "POP_TOP" and is_from:
            module = ""


def _asked_of(name: str, instructions: list[dis.Instruction]) -> Iterator[tuple[str, ...]]:
    path: list[str] | None = None
    for each in instructions:
        if each.opname == "EXTENDED_ARG":
            continue
        if each.opname in _ATTRIBUTE_OPCODES and path is not None:
            path.append(each.argval)
            continue
        if path is not None:
            yield tuple(path)
            path = None
        loaded = each.argval[-1] if isinstance(each.argval, tuple) and each.argval else each.argval
        if each.opname.startswith("LOAD_") and each.opname not in ("LOAD_CONST", "LOAD_CLOSURE") and loaded == name:
            path = []


def imported_module(imported: Imported, package: str) -> ModuleType:
    """Import as a function of a module in ``package`` would, and return the module at which the path begins.

    Raises:
        ImportError: There is none, or it can't be imported.

    >>> imported_module(Imported("os.path", "os", ("path", "join")), "").__name__
    'os'
    """
    import_module(resolve_name(imported.module, package))
    module = import_module(resolve_name(imported.start, package))
    if imported.path and not hasattr(module, imported.path[0]):
        with suppress(ImportError):  # a module below it, or nothing at all
            import_module(f"{module.__name__}.{imported.path[0]}")
    return module

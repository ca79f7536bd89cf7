"""From one function to all of the user's own code and constants that it names, to any depth."""

from __future__ import annotations

import builtins
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

from notebook_assets.assets.fingerprint_classes import class_members
from notebook_assets.assets.fingerprint_imports import imported_module
from notebook_assets.assets.fingerprint_scope import is_own_import, is_own_module, module_version
from notebook_assets.assets.fingerprint_source import FunctionSyntax, function_syntax, hex_digest
from notebook_assets.assets.fingerprint_values import OpaqueValueError, ValueEncoder, is_asset, is_referred
from notebook_assets.lazy import LazyModule

BODY = "<body>"
"""The name, among the parts, of the function that was asked about: it may be renamed freely."""

_THIS_PACKAGE = __name__.partition(".")[0]
_SESSION_NAMES = frozenset({"In", "Out", "_", "__", "___"})
_LOOKS_UP = frozenset({"eval", "exec", "globals", "__import__"})
_LOADS = frozenset({("importlib", ("import_module",)), ("sys", ("modules",)), ("runpy", ("run_path",))})
_MISSING = object()
_MOST_PARTS = 2_000


@dataclass
class CodeWalk:
    """Follows names from one function; what it meets is put in a queue, so that cycles and depth are no matter."""

    home: str
    parts: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    _named: dict[int, tuple[str, Any]] = field(default_factory=dict)  # by id; holding the object keeps the id its own
    _claimed: set[str] = field(default_factory=set)
    _code: deque[tuple[str, FunctionType | type]] = field(default_factory=deque)
    _constants: dict[str, Any] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _changed: set[str] = field(default_factory=set)

    def begin(self, fn: Callable[..., Any], config: type | Mapping[str, Any] | None = None) -> None:
        """Set where to start; anything but a plain function (a partial, a bound method) counts as a constant does."""
        if isinstance(config, type):
            self.target(config, config.__name__)
        elif config:
            self._constants["config_schema"] = config
        if isinstance(fn, FunctionType):
            self._enqueue(BODY, fn)
        else:
            self._constants[BODY] = fn

    def run(self) -> None:
        """Code first, constants after: only then is it known which of them the code itself changes."""
        while self._code or len(self._done) < len(self._constants):
            if len(self.parts) > _MOST_PARTS:
                self.unknown["..."] = f"it names more than {_MOST_PARTS:,} things; the others don't count"
                return
            if self._code:
                name, code = self._code.popleft()
                self.parts[name] = self._class(name, code) if isinstance(code, type) else self._function(name, code)
                continue
            for name in [name for name in self._constants if name not in self._done]:
                self._done.add(name)
                self._constant(name, self._constants[name])

    def named(self) -> dict[str, Any]:
        """Return what was looked at: functions, classes and constants, by the names of their parts."""
        return {**self._constants, **dict(self._named.values())}

    # --- what a name refers to

    def target(self, value: Any, place: str) -> str | None:
        """Return what code or constant ``value`` counts as, and see to it that it does; None for plain values."""
        if is_asset(value):
            return self._asset(value)
        if isinstance(value, LazyModule):
            return self._library(value._lazy_name)
        if isinstance(value, ModuleType):
            if is_own_module(value.__name__, self.home):
                self.unknown[value.__name__] = "a module that is used as a whole is not followed"
                return value.__name__
            return self._library(value.__name__)
        if isinstance(value, FunctionType | type):
            module = value.__module__ if isinstance(value, type) else value.__globals__.get("__name__", "")
            if is_own_module(str(module), self.home):
                return self._enqueue(self._canonical_name(value, place), value)
        if isinstance(value, MethodType):
            return self._bound_method(value, place)
        wrapped = getattr(value, "__dict__", {}).get("__wrapped__")
        if isinstance(wrapped, FunctionType) and not isinstance(value, type):
            return " ".join(
                [self._library_name(type(value)), str(self.target(wrapped, place)), *self._cases(value, place)]
            )
        if is_referred(value):
            return self._library_name(value)
        return None

    def _cases(self, value: Any, place: str) -> Iterator[str]:
        """The functions that a ``singledispatch`` chooses from."""
        registry = value.__dict__.get("registry")
        for kind, function in registry.items() if isinstance(registry, MappingProxyType) else ():
            yield f"{self.target(kind, place)}: {self.target(function, f'{place}({kind.__name__})')}"

    def _asset(self, value: Any) -> str:
        keys = getattr(value, "keys", None)
        name = "asset " + ",".join(sorted(str(key) for key in keys)) if isinstance(keys, frozenset) else "asset"
        self.parts[name] = "asset:"
        return name

    def _library(self, module: str) -> str:
        top = module.partition(".")[0]
        if top not in sys.stdlib_module_names and top != _THIS_PACKAGE:
            self.parts[top] = f"library:{module_version(top)}"
        return module

    def _library_name(self, value: Any) -> str:
        module = getattr(value, "__module__", None) or getattr(type(value), "__module__", "")
        name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
        owner = getattr(value, "__self__", None)
        if isinstance(value, BuiltinFunctionType) and isinstance(owner, type | ModuleType):
            module = owner.__module__ if isinstance(owner, type) else owner.__name__
        return f"{self._library(str(module))}.{name}"

    def _bound_method(self, method: MethodType, place: str) -> str:
        owner = method.__self__
        function = self.target(method.__func__, f"{place}.{method.__name__}")
        if isinstance(owner, type) or is_asset(owner) or isinstance(owner, ModuleType):
            return f"{function} of {self.target(owner, place)}"
        if is_own_module(type(owner).__module__, self.home):
            self._constants.setdefault(f"{place}.__self__", owner)
            return f"{function} of {place}.__self__"
        if place != "get_ipython":
            self.unknown[place] = f"a method of a {self._library_name(type(owner))}, which is not looked into"
        return str(function)

    def _enqueue(self, name: str, value: FunctionType | type) -> str:
        known = self._named.get(id(value))
        if known is not None:
            return known[0]
        unique, number = name, 2
        while unique in self._claimed:
            unique, number = f"{name}#{number}", number + 1
        self._claimed.add(unique)
        self._named[id(value)] = (unique, value)
        self._code.append((unique, value))
        return unique

    def _canonical_name(self, value: FunctionType | type, place: str) -> str:
        found: Any = sys.modules.get(value.__module__)
        for part in value.__qualname__.split("."):
            found = getattr(found, "__dict__", {}).get(part, _MISSING)
            found = getattr(found, "__func__", found)
        return self._place(value.__module__, value.__qualname__) if found is value else place

    def _place(self, module: str, name: str) -> str:
        return name if module == self.home else f"{module}.{name}"

    # --- the parts

    def _function(self, name: str, function: FunctionType) -> str:
        syntax = function_syntax(function)
        if syntax.note:
            self.unknown[name] = syntax.note
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        module = str(function.__globals__.get("__name__", ""))
        for changed in syntax.changed:
            self._changed.add(f"{name}.{changed}" if changed in cells else self._place(module, changed))
        texts = [syntax.digest, *(f"{path} {self._resolve(path, function, cells, name)}" for path in syntax.names)]
        texts += self._decorators(syntax, function, cells, name)
        for parameter, value in _defaults(function):
            if parameter in syntax.evaluated_defaults or syntax.note:
                texts.append(f"{parameter} {self._refer(value, f'{name}.{parameter}')}")
        texts += self._imports(syntax, function)
        return f"function:{hex_digest(chr(10).join(texts))}"

    def _imports(self, syntax: FunctionSyntax, function: FunctionType) -> Iterator[str]:
        """What is imported while the function runs counts as what its module imports; own modules are loaded for it."""
        package = str(function.__globals__.get("__package__") or "")
        for imported in syntax.imports:
            if not (imported.module.startswith(".") or is_own_import(imported.module, self.home)):
                continue
            try:
                value = imported_module(imported, package)
            except (Exception, SystemExit) as error:  # a module may do anything while it is loaded
                self.unknown[imported.module] = f"a module that can't be loaded here ({type(error).__name__})"
                yield f"import {imported.module} (missing)"
                continue
            yield f"import {imported.module} {self._follow(value, imported.path, value.__name__)}"

    def _decorators(
        self, syntax: FunctionSyntax, function: FunctionType, cells: dict[str, Any], name: str
    ) -> Iterator[str]:
        """Decorators count as code, except those that define assets; what they made of the function is followed too."""
        for paths, digest in zip(syntax.decorators, syntax.decorator_digests, strict=True):
            base = function.__globals__.get(paths[0][0], _MISSING) if paths else _MISSING
            module = base.__name__ if isinstance(base, ModuleType) else str(getattr(base, "__module__", ""))
            if base is not _MISSING and module.partition(".")[0] != _THIS_PACKAGE:
                yield f"@{digest} {[self._resolve(path, function, cells, name) for path in paths]}"

    def _resolve(self, path: tuple[str, ...], function: FunctionType, cells: dict[str, Any], owner: str) -> str:
        base, *attributes = path
        space = function.__globals__
        module = str(space.get("__name__", ""))
        place = self._place(module, base)
        if base in cells:
            place, value = f"{owner}.{base}", _cell_value(cells[base])
        elif base in space:
            value = space[base]
        elif hasattr(builtins, base):
            if base in _LOOKS_UP:
                self.unknown[base] = "what it looks up is known only when it runs"
            return f"builtins.{base}"
        else:
            value = _MISSING
        if module == "__main__" and base in _SESSION_NAMES:
            self.unknown[base] = "the session's history is not code"
            return base
        return self._follow(value, attributes, place)

    def _follow(self, value: Any, attributes: Sequence[str], place: str) -> str:
        """Refer to what is asked of a value; what is asked of own modules is looked up in them."""
        left = list(attributes)
        while isinstance(value, ModuleType) and left and is_own_module(value.__name__, self.home):
            place = self._place(value.__name__, left[0])
            value = vars(value).get(left.pop(0), _MISSING)
        if value is _MISSING:
            self.parts[place] = "missing:"
            self.unknown[place] = "it is not defined"
            return place
        if isinstance(value, ModuleType) and (value.__name__, tuple(left[:1])) in _LOADS:
            self.unknown[f"{place}.{left[0]}"] = "what it looks up is known only when it runs"
        if isinstance(value, FunctionType) and left and left[0] in ("__doc__", *value.__dict__):
            return f"{self._refer(value, place)} {self._attribute(value, place, left[0])}"
        return self._refer(value, place)

    def _attribute(self, function: FunctionType, place: str, name: str) -> str:
        """What code asks of a function: its docstring, or what someone set on it."""
        if place in self._changed:
            self.unknown[f"{place}.{name}"] = "the code itself changes it, so that its value doesn't count"
            return f"{place}.{name}"
        return self._refer(getattr(function, name), f"{place}.{name}")

    def _refer(self, value: Any, place: str) -> str:
        target = self.target(value, place)
        if target is None:
            self._constants.setdefault(place, value)
            return place
        return target

    def _class(self, name: str, cls: type) -> str:
        encoder = ValueEncoder(self.target, self._is_own)
        texts = []
        for member, value in class_members(cls):
            place = f"{name}.{member}"
            try:
                texts.append(f"{member} {hex_digest(encoder.encode(value, place).hex())}")
            except OpaqueValueError as error:
                texts.append(f"{member} {self._library_name(type(value))}")
                self.unknown[place] = str(error)
        return f"class:{hex_digest(chr(10).join(texts))}"

    def _constant(self, name: str, value: Any) -> None:
        if name in self._changed:
            self.unknown[name] = "the code itself changes it, so that its value doesn't count"
            self.parts[name] = "constant:state"
            return
        encoder = ValueEncoder(self.target, self._is_own)
        try:
            self.parts[name] = f"constant:{hex_digest(encoder.encode(value, name).hex())}"
            for note in encoder.notes:
                self.unknown[name] = note
        except OpaqueValueError as error:
            self.parts[name] = f"constant:{hex_digest(self._library_name(type(value)))}"
            self.unknown[name] = f"{error}, so that only its type counts"

    def _is_own(self, module: str) -> bool:
        return is_own_module(module, self.home)


def _cell_value(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _MISSING


def _defaults(function: FunctionType) -> Iterator[tuple[str, Any]]:
    code, defaults = function.__code__, function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    yield from zip(positional[len(positional) - len(defaults) :], defaults, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())

"""Porter: pickles what other processes need for the calls of a run, each thing once."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from notebook_assets.errors import NotPortableError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources.logs import piece_log
from notebook_assets.resources.memory_io_manager import InMemoryIOManager
from notebook_assets.resources.resource_definition import definitions_of
from notebook_assets.run.executor_culprit import culprit
from notebook_assets.run.executor_kits import (
    INSTANCE,
    Around,
    Kit,
    Parcel,
    PartKit,
    PortedNode,
    RunKit,
    SourceKit,
    Things,
)
from notebook_assets.run.input_sources import InputSource
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.step_calls import StepCalls
from notebook_assets.run.work import CallsApart
from notebook_assets.store.upath_io_manager import UPathIOManager

if TYPE_CHECKING:
    import cloudpickle
else:
    cloudpickle = lazy_module("cloudpickle")


class Porter:
    """Pickles what other processes need.

    Args:
        scope: What all steps of the run share.
    """

    def __init__(self, scope: RunScope) -> None:
        self._scope = scope
        self._numbers: dict[int, int] = {}
        self._held: list[object] = []  # so that ids stay theirs
        self._packing: set[int] = set()
        self._things: list[Mapping[str, object]] = []
        self._keys: dict[int, str] = {}  # of resources that are set up, by their ids
        self.shared: list[Parcel] = []
        self._kits: dict[int, Parcel] = {}
        resources = scope.resources
        kit = RunKit(
            folder=str(scope.instance.folder),
            run_id=resources.run_id or "",
            run=resources.run,
            tags=scope.tags,
            config=scope.config,
            resource_config=resources.config,
            retry_policy=scope.retry_policy,
            around=Around(_folder(), list(sys.path), dict(os.environ), piece_log().level),
        )
        try:
            self.run: bytes = cloudpickle.dumps(kit)
        except Exception as error:  # whatever a configuration holds
            raise NotPortableError(
                f"The configuration of the run can't be handed to another process: {type(error).__name__}: {error}."
            ) from error

    def pack(self, thing: object, what: str) -> Parcel:
        """Return something pickled.

        Args:
            thing: What.
            what: What to call it in an error, as a sentence begins.

        Raises:
            NotPortableError: It can't be pickled.
        """
        buffer = io.BytesIO()
        pickler = _pickler()(buffer, self, thing)
        try:
            pickler.dump(thing)
        except NotPortableError:
            raise
        except Exception as error:  # whatever its class does when it is pickled
            raise NotPortableError(
                f"{what} can't be handed to another process: {type(error).__name__}: {error}. Make what can't be "
                "pickled (a connection, a lock, an open file) inside the function or by a resource; or use "
                'executor="threads".'
            ) from error
        return Parcel(buffer.getvalue(), frozenset(pickler.shared))

    def number(self, thing: object, what: str) -> int:
        """Return the number of something that many things share, which is pickled when it is first met."""
        found = self._numbers.get(id(thing))
        if found is None:
            self._packing.add(id(thing))
            parcel = self.pack(thing, what)
            self._packing.discard(id(thing))
            found = self._numbers[id(thing)] = len(self.shared)
            self.shared.append(parcel)
            self._held.append(thing)
        return found

    def known(self, thing: object) -> int | None:
        """Return the number of something, None where it has none; a resource within another one gets one."""
        key = self._keys.get(id(thing))
        if key is None or id(thing) in self._packing:  # which holds itself
            return self._numbers.get(id(thing))
        return self._number_of(key, thing)

    def asked(self, place: int, key: str) -> int:
        """Return the number of a resource that something asked for without having said that it needs it.

        Raises:
            NotPortableError: It can't be pickled.
        """
        return self._number_of(key, self._things[place][key])

    def _number_of(self, key: str, thing: object) -> int:
        return self.number(thing, f"The resource {key!r}")

    @property
    def instance(self) -> object:
        """The store of the run."""
        return self._scope.instance

    def kit(self, calls: CallsApart) -> Parcel:
        """Return what is needed for the calls of a function.

        Raises:
            NotPortableError: Something of it can't be pickled, or its values stay in the memory of this process.
        """
        found = self._kits.get(id(calls))
        if found is None:
            parts = [self._part(part) for part in calls.parts]
            label = calls.parts[0].definition.label
            try:
                found = self.pack(Kit(type(calls), parts), label)
            except NotPortableError as error:
                found_in = culprit(calls.parts[0].definition.fn)
                raise NotPortableError(f"{error}{found_in}") from error.__cause__
            seen = [part.seen() for part in parts]
            found = Parcel(found.data, found.shared.union(*seen))  # not in the pickle
            self._kits[id(calls)] = found
            self._held.append(calls)
        return found

    def _part(self, calls: StepCalls) -> PartKit:
        resources = self._scope.resources
        _check_manager(calls.manager, str(calls.key))
        return PartKit(
            node=calls.node,
            sources={name: self._source(source) for name, source in calls.sources.items()},
            may_be_none=list(calls.types.may_be_none),
            things=self._seen(resources.things_of(calls.node), {*resources.needed([calls.node]), "io_manager"}),
        )

    def _source(self, source: InputSource) -> SourceKit:
        upstream = source.upstream
        _check_manager(source.manager, str(upstream.key))
        ported = PortedNode(spec=upstream.spec, settled_def=upstream.settled_def, kept_by=upstream.io_manager_key)
        needed = {upstream.io_manager_key, source.dependency.input_manager_key, "io_manager"}
        return SourceKit(
            dependency=source.dependency,
            upstream=ported,
            things=self._seen(self._scope.resources.things_of(upstream), needed),
            config=source.config,
            upstream_config=source.upstream_config,
            shared_by=self._scope.shared.shared_positions(source.source),
        )

    def _seen(self, things: Mapping[str, object], needed: set[str | None]) -> Things:
        """Return the resources that something sees: at hand are those that it needs, and what these need or hold."""
        definitions = definitions_of(things)
        self._keys.update((id(thing), key) for key, thing in things.items() if key in definitions)
        self._things.append(things)
        wanted = [key for key in things if key in needed]
        held: dict[str, int] = {}
        while wanted:
            key = wanted.pop()
            held[key] = self._number_of(key, things[key])
            more = definitions[key].required_resource_keys if key in definitions else ()
            inside = self.shared[held[key]].shared
            wanted += [
                each
                for each, thing in things.items()
                if each not in held and (each in more or self._numbers.get(id(thing)) in inside)
            ]
        return Things(len(self._things) - 1, held, [key for key in things if key not in held])


@cache
def _pickler() -> type[Any]:
    """Return the class of what pickles; it is made when it is first needed, since its base takes time to load."""

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        """Pickles by number what others share; and definitions of partitions, which may be large, once."""

        def __init__(self, file: io.BytesIO, porter: Porter, root: object) -> None:
            super().__init__(file, protocol=5)
            self._porter = porter
            self._root = root
            self.shared: set[int] = set()

        def persistent_id(self, obj: Any) -> Any:
            if obj is self._root:
                return None
            if obj is self._porter.instance:
                return INSTANCE
            if isinstance(obj, PartitionsDefinition):
                number: int | None = self._porter.number(obj, "A definition of partitions")
            else:
                number = self._porter.known(obj)
            if number is not None:
                self.shared.add(number)
            return number

    return Pickler


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def _check_manager(manager: object, name: str) -> None:
    if isinstance(manager, InMemoryIOManager) or _is_at_memory(manager):
        kind = type(manager).__name__ + ("" if isinstance(manager, InMemoryIOManager) else " at memory://")
        raise NotPortableError(
            f"The values of {name} stay in the memory of the process that makes them ({kind}), so that "
            'other processes can\'t make or read them. Use executor="threads", or another IO manager.'
        )


def _is_at_memory(manager: object) -> bool:
    """Whether an IO manager keeps its files in fsspec's memory, of which each process has its own; below caches too."""
    if not isinstance(manager, UPathIOManager):
        return False
    try:
        system = getattr(manager._base_path, "fs", None)
    except Exception:  # a path of the user's whose system can't be set up: the step will tell
        return False
    while system is not None:
        protocol = getattr(system, "protocol", ())
        if "memory" in ((protocol,) if isinstance(protocol, str) else protocol):
            return True
        system = getattr(system, "fs", None)
    return False

"""What a call that makes several assets gives, one by one: whose it is, and what it amounts to."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import (
    NO_VALUE,
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    MaterializeResult,
    Output,
)
from notebook_assets.display import plural
from notebook_assets.errors import OutputTypeError, a_kind, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.private_loop import PrivateLoop

_EVENTS = (Output, MaterializeResult, AssetMaterialization, AssetObservation, AssetCheckResult)


@dataclass
class MultiOutcome:
    """What one call gives.

    Args:
        definition: What is called.
        going: The assets that the call is to make.
        partition: The partition that is being made, if any.
        loop: Where coroutines run.
        before: Those of the assets that earlier attempts of the call gave.
    """

    definition: AssetsDefinition
    going: Sequence[AssetKey]
    partition: str | None
    loop: PrivateLoop
    before: frozenset[AssetKey] = frozenset()
    given: set[AssetKey] = field(default_factory=set)
    checked: list[AssetCheckResult] = field(default_factory=list)
    """The results of its own checks."""
    beside: Outcome = field(default_factory=Outcome)
    """What it reported of other assets: not made by it, or not by this call."""
    _notes: dict[AssetKey, Outcome] = field(default_factory=dict)

    def outputs(self, returned: Any) -> Iterator[tuple[AssetKey, Outcome | None]]:
        """Yield what is made of each asset as soon as the function gives it, at last those that it gave without a word.

        None is yielded for what it need not give, and gave in an earlier attempt.

        Raises:
            OutputTypeError: It gives what is no output, or none of what it makes, or one twice, or not all.
        """
        if inspect.iscoroutine(returned):
            returned = self.loop.run(returned)
        if inspect.isgenerator(returned):
            yield from self._yielded(returned)
        elif inspect.isasyncgen(returned):
            yield from self._yielded(self.loop.collect(returned))
        else:
            yield from self._returned(returned)
        yield from self._unmentioned()

    def _yielded(self, things: Iterable[Any]) -> Iterator[tuple[AssetKey, Outcome]]:
        for thing in things:
            if isinstance(thing, Output | MaterializeResult):
                yield self._output(thing)
            elif isinstance(thing, AssetMaterialization):
                self._note(thing)
            elif isinstance(thing, AssetObservation):
                self.beside.observations.append(thing)
            elif isinstance(thing, AssetCheckResult):
                self.checked.append(thing)
            else:
                raise OutputTypeError(
                    f"{self.definition.label} yielded {a_kind(thing)}. A function that makes several assets "
                    "yields Output(value, output_name) or MaterializeResult(asset_key=...)."
                )

    def _returned(self, returned: Any) -> Iterator[tuple[AssetKey, Outcome]]:
        names = [name for name, key in self.definition.outputs.items() if key in self.going]
        label, all_names = self.definition.label, ", ".join(self.definition.outputs)
        if returned is None and self.definition.without_values.issuperset(self.going):
            if any(not self._is_required(key) for key in self.going):
                raise OutputTypeError(
                    f"{label} returned nothing, and not all that it makes is always made. Say what was: return or "
                    "yield MaterializeResult(asset_key=...) for each."
                )
            return
        things = returned if isinstance(returned, tuple) and len(self.definition.specs) > 1 else (returned,)
        if all(isinstance(thing, MaterializeResult) for thing in things):
            yield from self._yielded(things)
            return
        if len(self.definition.specs) > 1 and not isinstance(returned, tuple):
            raise OutputTypeError(
                f"{label} returned {_a(returned)}, but makes several assets. Return a tuple of their values, in this "
                f"order: {all_names}; or yield Output(value, output_name) for each."
            )
        if self.definition.stores_by_itself:
            raise OutputTypeError(
                f"{label} returned values, but its assets are defined by specs, so it stores them itself. Return "
                "MaterializeResult(asset_key=...) for each, or define them by outs={...}."
            )
        if len(things) != len(names):
            raise OutputTypeError(
                f"{label} returned a tuple of {len(things)}, but is to give {plural(len(names), 'output')}: "
                f"{', '.join(names)}."
            )
        for name, thing in zip(names, things, strict=True):
            yield self._at_place(name, thing)

    def _at_place(self, name: str, thing: Any) -> tuple[AssetKey, Outcome]:
        if isinstance(thing, Output) and thing.output_name not in (name, "result"):
            raise OutputTypeError(
                f"{self.definition.label} returned the output {thing.output_name!r} where {name!r} is expected. "
                "Return them in the order of outs, or yield them."
            )
        return self._taken(self.definition.outputs[name], thing)

    def _output(self, thing: Output[Any] | MaterializeResult[Any]) -> tuple[AssetKey, Outcome]:
        outputs, label = self.definition.outputs, self.definition.label
        if isinstance(thing, Output):
            only = len(outputs) == 1 and thing.output_name == "result"
            name = next(iter(outputs)) if only else thing.output_name
            if name not in outputs:
                raise OutputTypeError(
                    f"{label} gave an output called {name!r}; it has {', '.join(outputs)}.{did_you_mean(name, outputs)}"
                )
            return self._taken(outputs[name], thing)
        if thing.asset_key is None and len(self.going) > 1:
            names = ", ".join(key.to_user_string() for key in self.going)
            raise OutputTypeError(f"{label} gave a MaterializeResult without saying of which asset: asset_key={names}.")
        key = self.going[0] if thing.asset_key is None else AssetKey.from_coercible(thing.asset_key)
        if key not in self.definition.keys:
            known = [str(key) for key in self.definition.keys]
            raise OutputTypeError(
                f"{label} gave a MaterializeResult of {key}, which it does not make.{did_you_mean(str(key), known)}"
            )
        return self._taken(key, thing)

    def _taken(self, key: AssetKey, thing: Any) -> tuple[AssetKey, Outcome]:
        """Return what an output amounts to, with what was told of the asset before."""
        if key not in self.going:
            raise OutputTypeError(
                f"{self.definition.label} gave {key}, which this call is not to make. Ask "
                "context.selected_asset_keys (or selected_output_names) which are wanted."
            )
        if key in self.given:
            raise OutputTypeError(f"{self.definition.label} gave {key} twice; a call makes each asset once.")
        self.given.add(key)
        outcome = self._notes.pop(key, Outcome())
        outcome.is_made, outcome.value = True, thing
        if isinstance(thing, Output | MaterializeResult):
            outcome.value = thing.value
            outcome.metadata.update(thing.values)
            outcome.tags.update(thing.tags or {})
            outcome.data_version = thing.data_version.value if thing.data_version else None
        if isinstance(thing, MaterializeResult):
            self.checked += thing.check_results or ()
        if isinstance(outcome.value, _EVENTS):
            raise OutputTypeError(f"{key} was given {a_kind(outcome.value)} as its value; give the inner one.")
        return key, outcome

    def take_logged(self, events: Iterable[AssetMaterialization | AssetObservation]) -> None:
        """Take what was told by the context, and was not told of an output that came later."""
        for event in events:
            if isinstance(event, AssetObservation):
                self.beside.observations.append(event)
            else:
                self._note(event)

    def _note(self, event: AssetMaterialization) -> None:
        key = AssetKey.from_coercible(event.asset_key)
        if key not in self.going or event.partition not in (None, self.partition):
            self.beside.others.append(event)
        elif key in self.given:
            piece_log().warning("What was told of %s after its output is not kept; tell it before.", key)
        else:
            outcome = self._notes.setdefault(key, Outcome())
            outcome.metadata.update(event.values)
            outcome.tags.update(event.tags or {})

    def _unmentioned(self) -> Iterator[tuple[AssetKey, Outcome | None]]:
        """Yield what counts as made although the function said nothing of it, and what yielded nothing."""
        lacking = [key for key in self.going if key not in self.given]
        values = [key for key in lacking if key not in self.definition.without_values and self._is_required(key)]
        if values:
            names = {key: name for name, key in self.definition.outputs.items()}
            raise OutputTypeError(
                f"{self.definition.label} did not give {', '.join(repr(names[key]) for key in values)}. If that "
                "may happen, define it with AssetOut(is_required=False); the piece is then recorded as empty."
            )
        for key in lacking:
            self.given.add(key)
            outcome = self._notes.pop(key, Outcome())
            outcome.is_made = self._is_required(key)
            if key in self.before and not outcome.is_made:
                yield key, None
                continue
            outcome.value = NO_VALUE
            yield key, outcome

    def _is_required(self, key: AssetKey) -> bool:
        """Whether an asset is always made; one that stores by itself, and in part, is made when it says so."""
        in_part = self.definition.stores_by_itself and self.definition.can_subset
        return not self.definition.specs_by_key[key].skippable and not in_part


def _a(value: object) -> str:
    return "nothing" if value is None else f"{a_kind(value)}"

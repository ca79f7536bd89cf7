"""Hooks: functions that are called when an op of a job succeeded or failed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, overload

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import check_texts
from notebook_assets.resources.logs import piece_log


@dataclass(frozen=True)
class HookContext:
    """What a hook can ask about the op that succeeded or failed.

    >>> from notebook_assets import failure_hook, job, op
    >>> @failure_hook
    ... def told(context):
    ...     print(f"{context.op.name} of {context.job_name}: {context.op_exception}")
    >>> @op
    ... def broken():
    ...     raise ValueError("no rows")
    >>> @job(hooks={told})
    ... def daily():
    ...     broken()
    >>> daily.execute_in_process(raise_on_error=False).success
    broken of daily: no rows
    False
    """

    op: Any
    step_key: str
    around: Any
    """What all ops of the run share."""
    op_config: Any = None
    op_exception: BaseException | None = None
    op_output_values: Mapping[str, Any] = field(default_factory=dict)
    hook_def: HookDefinition | None = None

    @property
    def job_name(self) -> str:
        """The job that runs."""
        return str(self.around.job_name)

    @property
    def run_id(self) -> str:
        """The run."""
        return str(self.around.run_id)

    @property
    def resources(self) -> Any:
        """The resources of the run, as attributes."""
        return self.around.resources

    @property
    def instance(self) -> Any:
        """The store."""
        return self.around.instance

    @property
    def log(self) -> logging.Logger:
        """A logger; what it is told from the level INFO on shows below the cell."""
        return piece_log()

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The resources that the hook asked for."""
        return self.hook_def.required_resource_keys if self.hook_def else frozenset()


@dataclass(frozen=True)
class HookDefinition:
    """A function that is called after ops. Made by :func:`success_hook` and :func:`failure_hook`.

    >>> HookDefinition("told", print, "success")("done")
    done
    """

    name: str
    fn: Callable[[HookContext], Any]
    when: str
    required_resource_keys: frozenset[str] = frozenset()

    def __call__(self, context: HookContext) -> Any:
        """Call the function, for tests."""
        return self.fn(context)


def hooks_after(hooks: AbstractSet[HookDefinition], when: str) -> list[HookDefinition]:
    """Return the hooks to call after a ``"success"`` or a ``"failure"``, by name.

    >>> [hook.name for hook in hooks_after({HookDefinition("b", print, "success")}, "success")]
    ['b']
    """
    return sorted((hook for hook in hooks if hook.when == when), key=lambda hook: str(hook.name))


def checked_hooks(hooks: Iterable[HookDefinition] | None, what: str) -> frozenset[HookDefinition]:
    """Return hooks as a set; none for None.

    Args:
        hooks: The hooks.
        what: What errors call them.

    Raises:
        InvalidDefinitionError: They are no set, or something in it is no hook.

    >>> sorted(hook.name for hook in checked_hooks([HookDefinition("told", print, "success")], "hooks"))
    ['told']
    """
    if hooks is None:
        return frozenset()
    if isinstance(hooks, str | HookDefinition) or not isinstance(hooks, Iterable):
        hint = f" Write {{{hooks.name}}}." if isinstance(hooks, HookDefinition) else ""
        raise InvalidDefinitionError(f"{what} is a set of hooks; got {hooks!r} ({type(hooks).__name__}).{hint}")
    found = list(hooks)
    for each in found:
        if not isinstance(each, HookDefinition):
            raise InvalidDefinitionError(
                f"{what} holds hooks; got {each!r} ({type(each).__name__}). Make one of a function by @success_hook or "
                "@failure_hook."
            )
    return frozenset(found)


def failure_of_hook(hook: HookDefinition, context: HookContext) -> Exception | None:
    """Call a hook; return its error, which is logged and changes nothing else, None where all went well.

    >>> told = HookDefinition("told", lambda context: None, "success")
    >>> failure_of_hook(told, HookContext(None, "clean", None)) is None
    True
    """
    try:
        hook.fn(context)
    except Exception as error:
        context.log.error("The hook %s failed after %s: %s", hook.name, context.step_key, error)
        return error
    return None


@overload
def success_hook(hook_fn: Callable[[HookContext], Any], /) -> HookDefinition: ...
@overload
def success_hook(
    hook_fn: None = None, *, name: str | None = None, required_resource_keys: AbstractSet[str] | None = None
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...
def success_hook(
    hook_fn: Callable[[HookContext], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """Make a function a hook that is called when an op succeeded.

    Args:
        hook_fn: Takes a :class:`HookContext`.
        name: By default the function's.
        required_resource_keys: Resources that it uses.

    >>> @success_hook
    ... def told(context): ...
    >>> told.when
    'success'
    """
    return _hook(hook_fn, "success", name, required_resource_keys)


@overload
def failure_hook(hook_fn: Callable[[HookContext], Any], /) -> HookDefinition: ...
@overload
def failure_hook(
    hook_fn: None = None, *, name: str | None = None, required_resource_keys: AbstractSet[str] | None = None
) -> Callable[[Callable[[HookContext], Any]], HookDefinition]: ...
def failure_hook(
    hook_fn: Callable[[HookContext], Any] | None = None,
    *,
    name: str | None = None,
    required_resource_keys: AbstractSet[str] | None = None,
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    """Make a function a hook that is called when an op failed; ``context.op_exception`` is why.

    Args:
        hook_fn: Takes a :class:`HookContext`.
        name: By default the function's.
        required_resource_keys: Resources that it uses.

    >>> @failure_hook(required_resource_keys={"mail"})
    ... def complain(context): ...
    >>> complain.when, complain.name
    ('failure', 'complain')
    """
    return _hook(hook_fn, "failure", name, required_resource_keys)


def _hook(
    fn: Callable[[HookContext], Any] | None, when: str, name: str | None, keys: AbstractSet[str] | None
) -> HookDefinition | Callable[[Callable[[HookContext], Any]], HookDefinition]:
    check_texts(keys, f"@{when}_hook: required_resource_keys", '{"mail"}')

    def define(hook_fn: Callable[[HookContext], Any]) -> HookDefinition:
        if not callable(hook_fn):
            raise InvalidDefinitionError(f"@{when}_hook decorates a function; got {hook_fn!r}.")
        return HookDefinition(name or str(getattr(hook_fn, "__name__", "hook")), hook_fn, when, frozenset(keys or ()))

    return define if fn is None else define(fn)

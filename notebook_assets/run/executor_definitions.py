"""ExecutorDefinition: an executor by the words of the reference, with its configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, overload

from notebook_assets.errors import InvalidDefinitionError, a_kind
from notebook_assets.resources import Field, Selector
from notebook_assets.resources.config_types import MISSING, config_type_of, processed
from notebook_assets.run.executor_choice import IN_PROCESS, NAMES, PROCESSES, Executor

_OTHERS = {
    "retries": Field(dict, is_required=False),
    "start_method": Field(dict, is_required=False),
    "tag_concurrency_limits": Field(list, is_required=False),
    "step_execution_mode": Field(str, is_required=False),
}
"""What configurations of the reference name, and nothing here needs."""

_SEVERAL = {"max_concurrent": Field(int, is_required=False), **_OTHERS}


@dataclass(frozen=True)
class InitExecutorContext:
    """What a function that makes an executor is told: the executor's definition and its configuration."""

    executor_def: ExecutorDefinition
    executor_config: Any


@dataclass(frozen=True)
class ExecutorDefinition:
    """The definition of an executor; made by :func:`executor`.

    Args:
        name: What it is called.
        config_schema: What its configuration looks like; None where it takes none.
        executor_creation_fn: Gives the executor, or the name of one.
        description: For people to read.
        config: Its configuration.

    >>> multiprocess_executor.configured({"max_concurrent": 4}).made_executor()
    Executor(name='processes', max_workers=4)
    """

    name: str
    config_schema: Any = None
    executor_creation_fn: Callable[[InitExecutorContext], Executor | str] = lambda _: IN_PROCESS
    description: str | None = None
    config: Any = MISSING

    def __repr__(self) -> str:
        return f"<executor {self.name}>"

    def configured(self, config_or_config_fn: Any, name: str | None = None) -> ExecutorDefinition:
        """Return the same executor with its configuration given.

        Args:
            config_or_config_fn: The configuration.
            name: Another name for it.

        Raises:
            InvalidConfigError: It does not fit.
        """
        found = replace(self, name=name or self.name, config=config_or_config_fn)
        found._checked_config()
        return found

    def _checked_config(self) -> Any:
        schema = {} if self.config_schema is None else self.config_schema
        return processed(config_type_of(schema), self.config, f"The executor {self.name!r}: config")

    def made_executor(self) -> Executor:
        """Return the executor.

        Raises:
            InvalidConfigError: Its configuration lacks something.
            InvalidDefinitionError: Its function gave something else.
        """
        made = self.executor_creation_fn(InitExecutorContext(self, self._checked_config()))
        if isinstance(made, str) and made in NAMES:
            return Executor(made)
        if not isinstance(made, Executor):
            raise InvalidDefinitionError(
                f"The executor {self.name!r} gave {a_kind(made)}; it gives one of {', '.join(map(repr, NAMES))}, or "
                'Executor("threads", max_workers=4).'
            )
        return made


_Makes = Callable[[InitExecutorContext], Executor | str]


@overload
def executor(name: _Makes) -> ExecutorDefinition: ...


@overload
def executor(
    name: str | None = None, config_schema: Any = None, requirements: Any = None
) -> Callable[[_Makes], ExecutorDefinition]: ...


def executor(name: Any = None, config_schema: Any = None, requirements: Any = None) -> Any:
    """Define an executor by a function that gives one.

    Args:
        name: What it is called; by default as the function.
        config_schema: What its configuration looks like.
        requirements: Accepted; nothing here needs it.

    >>> @executor(config_schema={"at_once": int})
    ... def patient(context):
    ...     return Executor("threads", max_workers=context.executor_config["at_once"])
    >>> patient.configured({"at_once": 8}).made_executor()
    Executor(name='threads', max_workers=8)
    """

    def defined(fn: _Makes) -> ExecutorDefinition:
        called = name if isinstance(name, str) else getattr(fn, "__name__", "executor")
        return ExecutorDefinition(called, config_schema, fn, fn.__doc__)

    return defined(name) if callable(name) else defined


def _in_process(context: InitExecutorContext) -> Executor:
    return Executor(IN_PROCESS)


def _processes(context: InitExecutorContext) -> Executor:
    return _with_most(context.executor_config)


def _either(context: InitExecutorContext) -> Executor:
    config = context.executor_config or {}
    return Executor(IN_PROCESS) if "in_process" in config else _with_most(config.get("multiprocess"))


def _with_most(config: Mapping[str, Any] | None) -> Executor:
    return Executor(PROCESSES, (config or {}).get("max_concurrent") or None)


in_process_executor = ExecutorDefinition(
    "in_process",
    {"retries": Field(dict, is_required=False)},
    _in_process,
    "One piece after the other, in this process.",
)
multiprocess_executor = ExecutorDefinition("multiprocess", _SEVERAL, _processes, "In other processes.")
multi_or_in_process_executor = ExecutorDefinition(
    "multi_or_in_process_executor",
    Selector({"multiprocess": Field(_SEVERAL), "in_process": Field({"retries": Field(dict, is_required=False)})}),
    _either,
    "In other processes; in this one where its configuration says so.",
    {"multiprocess": {}},
)

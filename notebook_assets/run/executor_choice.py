"""Executor: who makes the pieces of a run, and how many at a time; and what may be written for one."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any

from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.partitions.shown import SelfShown

IN_PROCESS, THREADS, PROCESSES = "in_process", "threads", "processes"
NAMES = (IN_PROCESS, THREADS, PROCESSES)
ORDERS = ("oldest", "newest")


@dataclass(frozen=True)
class Executor(SelfShown):
    """Who makes the pieces of a run.

    Args:
        name: ``"in_process"``: the cell itself, one piece after the other. ``"threads"``: threads, for what waits or
            lets go of Python's lock. ``"processes"``: other processes, for all that computes.
        max_workers: How many pieces are made at once; by default as many as there are processors.

    Raises:
        InvalidInvocationError: There is no such executor, or a number of workers that can't be.

    >>> Executor("threads", max_workers=4)
    Executor(name='threads', max_workers=4)
    >>> Executor("thread")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidInvocationError: There is no executor 'thread'; there are 'in_process', 'threads', 'processes'. Did you mean 'threads'?
    """  # noqa: E501  # an error's message stands on one line

    name: str = IN_PROCESS
    max_workers: int | None = None

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise InvalidInvocationError(_unknown(self.name))
        most = self.max_workers
        if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
            raise InvalidInvocationError(f"max_workers is a whole number from 1 on; got {most!r}.")
        if self.name == IN_PROCESS and (most or 1) > 1:
            raise InvalidInvocationError(
                f"max_workers={most} is for executors that make several pieces at once; the one in this process makes "
                'one after the other. Choose executor="threads" or executor="processes".'
            )

    @property
    def workers(self) -> int:
        """How many pieces are made at once."""
        return 1 if self.name == IN_PROCESS else self.max_workers or os.cpu_count() or 1


def _unknown(name: object) -> str:
    names = ", ".join(map(repr, NAMES))
    return f"There is no executor {name!r}; there are {names}.{did_you_mean(str(name), NAMES)}"


def executor_of(thing: Any, max_workers: int | None = None, timeout: float | None = None) -> Executor:
    """Return the executor that someone means.

    Args:
        thing: A name, an :class:`Executor`, the definition of one, or None for this process.
        max_workers: How many pieces are made at once, whatever the executor says.
        timeout: How many seconds a call may take, which only processes can keep to.

    Raises:
        InvalidInvocationError: It is none, or does not go with the others.

    >>> executor_of("processes", max_workers=2)
    Executor(name='processes', max_workers=2)
    >>> executor_of(None)
    Executor(name='in_process', max_workers=None)
    """
    check_executor(thing, "executor")
    found = thing
    if hasattr(found, "made_executor"):
        found = found.made_executor()
    if found is None or isinstance(found, str):
        found = Executor(IN_PROCESS if found is None else found)
    if max_workers is not None:
        found = replace(found, max_workers=max_workers)
    if timeout is not None:
        _check_timeout(timeout, found)
    return found  # type: ignore[no-any-return]


def check_executor(thing: Any, where: str, error: type[Exception] = InvalidInvocationError) -> None:
    """Raise an error unless something can be meant as an executor.

    Args:
        thing: What was given.
        where: What it was given as.
        error: What to raise.

    >>> check_executor(5, "executor_def")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidInvocationError: executor_def is "in_process", "threads", "processes" or an executor, such as multiprocess_executor; got 5.
    """  # noqa: E501  # an error's message stands on one line
    if thing is None or isinstance(thing, str | Executor) or hasattr(thing, "made_executor"):
        if isinstance(thing, str) and thing not in NAMES:
            raise error(_unknown(thing))
        return
    raise error(
        f'{where} is "in_process", "threads", "processes" or an executor, such as multiprocess_executor; got {thing!r}.'
    )


def check_order(order: object) -> None:
    """Raise an error unless something says which partitions come first.

    Args:
        order: What was given.

    Raises:
        InvalidInvocationError: There is no such order.

    >>> check_order("newset")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidInvocationError: order= is 'oldest' or 'newest': which partitions come first; got 'newset'. Did you mean 'newest'?
    """  # noqa: E501  # an error's message stands on one line
    if order not in ORDERS:
        words = " or ".join(map(repr, ORDERS))
        raise InvalidInvocationError(
            f"order= is {words}: which partitions come first; got {order!r}.{did_you_mean(str(order), ORDERS)}"
        )


def _check_timeout(timeout: Any, executor: Executor) -> None:
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not timeout > 0:
        raise InvalidInvocationError(f"timeout is a number of seconds greater than 0; got {timeout!r}.")
    if executor.name != PROCESSES:
        raise InvalidInvocationError(
            f"timeout={timeout:g} can only be kept where a call can be stopped, in other processes; with the executor "
            f'{executor.name!r} it can\'t. Choose executor="processes", or leave timeout out.'
        )

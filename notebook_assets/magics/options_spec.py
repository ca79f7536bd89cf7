"""What a magic takes, declared: its positional arguments and its options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from notebook_assets.errors import InvalidDefinitionError

Kind = Literal["flag", "text", "expression", "assignment", "config"]
"""flag: there or not; text: a word; expression: Python; assignment: NAME=PYTHON; config: JSON, or a word."""

Names = Literal[
    "",
    "asset",
    "upstream",
    "assets",
    "selection",
    "partition",
    "partitions",
    "upstream_partition",
    "definition",
    "group",
    "config",
]
"""What the words of an argument name, for tab completion: nothing known, one asset, one that the line's first asset is
made from, assets with commas between, an asset selection, one partition key, a partition key or a range of them,
a key of what the line's first asset is made from, a partitions definition or an asset that has one, a group, what a
run is configured with."""

_FLAG = re.compile(r"-[A-Za-z]|--[a-z][a-z-]*[a-z]")


@dataclass(frozen=True)
class Positional:
    """An argument known by its place.

    Args:
        name: How it is called in the usage line, in capitals.
        help: What it is, in a few words.
        required: Whether a line without it is an error.
        joined: Takes all words that are left, joined by blanks, as typed; only the last positional may.
        names: What it names.

    >>> Positional("ASSET", "the asset").usage
    'ASSET'
    """

    name: str
    help: str
    required: bool = True
    joined: bool = False
    names: Names = ""

    @property
    def usage(self) -> str:
        """The argument as the usage line shows it."""
        name = f"{self.name}..." if self.joined and self.required else self.name
        return name if self.required else f"[{name}]"


@dataclass(frozen=True)
class Option:
    """An argument known by its flag.

    Args:
        flags: All spellings, ``-x`` or ``--word``; the first is the option's name in :class:`Arguments`.
        help: What it does, in a few words.
        kind: What follows the flag.
        metavar: How the value is called in the usage line; choices say it themselves.
        repeatable: Whether it may stand more than once.
        choices: All values that it takes; none means any.
        names: What the value names.

    Raises:
        InvalidDefinitionError: A flag is not spelled like one, or the parts don't go together.

    >>> Option(("--only",), "which pieces", choices=("missing", "all")).usage
    '[--only missing|all]'
    """

    flags: tuple[str, ...]
    help: str
    kind: Kind = "text"
    metavar: str = ""
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    names: Names = ""

    def __post_init__(self) -> None:
        if not self.flags or not all(_FLAG.fullmatch(flag) for flag in self.flags):
            raise InvalidDefinitionError(f"The flags of an option are like '-x' or '--word'; got {self.flags!r}.")
        if self.choices and self.kind != "text":
            raise InvalidDefinitionError(f"Only an option of kind 'text' has choices; {self.name} is a {self.kind}.")
        if self.kind == "flag" and self.metavar:
            raise InvalidDefinitionError(f"The flag {self.name} has no value, so no metavar; got {self.metavar!r}.")

    @property
    def name(self) -> str:
        """The first flag."""
        return self.flags[0]

    @property
    def value_name(self) -> str:
        """What stands for the value in usage lines; empty for a flag."""
        if self.kind == "flag":
            return ""
        fallback = {"text": "TEXT", "expression": "EXPR", "assignment": "NAME=EXPR", "config": "JSON"}[self.kind]
        return self.metavar or "|".join(self.choices) or fallback

    @property
    def usage(self) -> str:
        """The option as the usage line shows it."""
        return f"[{f'{self.name} {self.value_name}'.rstrip()}]{'...' if self.repeatable else ''}"


@dataclass(frozen=True)
class Magic:
    """A magic: what is typed after its name, and what to tell people about it.

    Args:
        name: With its percent signs: ``%assets``, ``%%asset``.
        summary: What it does, in one sentence.
        positionals: Arguments known by their places, in order; optional ones last.
        options: Arguments known by their flags; ``--help`` need not be listed.
        examples: Lines that work, for the help page.

    Raises:
        InvalidDefinitionError: Two options share a flag, or positionals stand in an order that can't be read.

    >>> Magic("%partitions", "Show the partitions.", positionals=(Positional("ASSET", "the asset"),)).usage
    '%partitions ASSET [--help]'
    """

    name: str
    summary: str
    positionals: tuple[Positional, ...] = ()
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"%%?[A-Za-z_]\w*", self.name):
            raise InvalidDefinitionError(f"The name of a magic is like '%name' or '%%name'; got {self.name!r}.")
        flags = [flag for option in self.options for flag in option.flags]
        if len({*flags, "--help"}) != len(flags) + 1:
            raise InvalidDefinitionError(f"Two options of {self.name} share a flag: {', '.join([*flags, '--help'])}.")
        if any(positional.joined for positional in self.positionals[:-1]):
            raise InvalidDefinitionError(f"Only the last positional of {self.name} can take all words that are left.")
        required = [positional.required for positional in self.positionals]
        if required != sorted(required, reverse=True):
            raise InvalidDefinitionError(f"The optional positionals of {self.name} must stand after the required ones.")

    @property
    def bare_name(self) -> str:
        """The name without percent signs, under which IPython knows it."""
        return self.name.lstrip("%")

    @property
    def flags(self) -> dict[str, Option | None]:
        """Every flag that it takes, with its option; ``--help`` has none."""
        return {**{flag: option for option in self.options for flag in option.flags}, "--help": None}

    @property
    def usage_parts(self) -> list[str]:
        """The usage line in pieces that must not be broken over two lines."""
        takes: list[Positional | Option] = [*self.positionals, *self.options]
        return [self.name, *(part.usage for part in takes), "[--help]"]

    @property
    def usage(self) -> str:
        """All that may be typed, in one line."""
        return " ".join(self.usage_parts)

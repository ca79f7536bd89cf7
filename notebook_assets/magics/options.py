"""How the line of a magic is read: a :class:`Magic` says what may stand there, :func:`parse` gives the arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from notebook_assets.errors import InvalidDefinitionError, MagicUsageError, did_you_mean, near_matches
from notebook_assets.magics.options_caret import underline
from notebook_assets.magics.options_help import help_page, magic_table, usage_lines
from notebook_assets.magics.options_spec import Magic, Option, Positional
from notebook_assets.magics.options_words import Word, read_word, skip_blanks

__all__ = ["Arguments", "Magic", "Option", "Part", "Positional", "help_page", "magic_table", "parse", "read_parts"]

_OPTION_LIKE = re.compile(r"-[A-Za-z]|--")
_KEY_FLAGS = ("--partition", "--partitions", "--partition-key", "--partition_key", "--key", "--keys")
_ASSIGNMENT = re.compile(r"\s*(\w+)\s*=(?!=)\s*")


@dataclass(frozen=True)
class Part:
    """One thing that stands in a line, whether it is right or not.

    Args:
        role: flag (of ``owner``, or ``--help`` if there is none), value (of the option before), word (of a positional),
            unknown (an option that the magic does not have), surplus (a word too many).
        word: Where it stands and what it means.
        owner: The option or positional that it belongs to.
    """

    role: Literal["flag", "value", "word", "unknown", "surplus"]
    word: Word
    owner: Option | Positional | None = None


@dataclass(frozen=True)
class Arguments:
    """What a person typed after a magic's name, checked. Ask by the names in the :class:`Magic`: ``"ASSET"``, ``"-p"``.

    Args:
        magic: The magic.
        line: What was typed.
        found: The words by the name of their positional or option.
        wants_help: Whether ``--help`` was typed; then nothing else was checked.
    """

    magic: Magic
    line: str
    found: Mapping[str, tuple[Word, ...]]
    wants_help: bool = False

    def has(self, name: str) -> bool:
        """Whether the argument or flag was typed."""
        return bool(self._words(name))

    def text(self, name: str) -> str | None:
        """Return the argument's text (an expression's source), or None if it was not typed."""
        return next(iter(self.texts(name)), None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of an argument that may be repeated, in the order typed."""
        return tuple(word.text for word in self._words(name))

    def assignments(self, name: str) -> dict[str, str]:
        """Return expression sources by name, for an option of the kind ``NAME=EXPR``."""
        return dict(_assignment(word.text) for word in self._words(name))

    def error(self, name: str, problem: str, index: int = 0) -> MagicUsageError:
        """Return an error about an argument that was read but turned out wrong; to be raised by who found it out.

        Args:
            name: The argument.
            problem: A sentence that says what is wrong and what to try.
            index: Which one, if it was typed more than once.
        """
        words = self._words(name)
        start, stop = (words[index].start, words[index].stop) if words else (len(self.line), len(self.line))
        return _usage_error(self.magic, self.line, problem, start, stop)

    def _words(self, name: str) -> tuple[Word, ...]:
        names = [positional.name for positional in self.magic.positionals]
        names += [option.name for option in self.magic.options]
        if name not in names:
            raise InvalidDefinitionError(f"{self.magic.name} takes no {name!r}; it takes {', '.join(names)}.")
        return self.found.get(name, ())


def parse(magic: Magic, line: str) -> Arguments:
    """Return what ``line``, all that stands after the magic's name, says.

    Raises:
        MagicUsageError: An option that the magic does not have, a missing or surplus argument, an option twice, a bad
            choice, an open quote or bracket, Python that does not parse. The text shows where and the usage.

    >>> magic = Magic("%explain", "Explain.", (Positional("ASSET", ""), Positional("KEY", "", required=False)))
    >>> parse(magic, "daily 'New York'").text("KEY")
    'New York'
    """
    parts = read_parts(magic, line)
    if any(part.role == "flag" and part.owner is None for part in parts):
        return Arguments(magic, line, {}, wants_help=True)
    found: dict[str, list[Word]] = {}
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        _check_part(magic, line, part, following, found)
        if part.owner is not None and (part.role != "flag" or _is_flag(part.owner)):
            found.setdefault(part.owner.name, []).append(part.word)
    for positional in magic.positionals:
        if positional.required and positional.name not in found:
            problem = f"{positional.name} is missing ({positional.help})."
            raise _usage_error(magic, line, problem, len(line.rstrip()) + 1, 0)
        if positional.joined and positional.name in found:
            found[positional.name] = [_joined(line, found[positional.name])]
    return Arguments(magic, line, {name: tuple(words) for name, words in found.items()})


def read_parts(magic: Magic, line: str) -> list[Part]:
    """Return all that stands in ``line``, in order, without judging it; tab completion reads unfinished lines so.

    >>> magic = Magic("%lineage", "Draw.", (Positional("SELECTION", "", required=False, joined=True),))
    >>> [part.role for part in read_parts(magic, "a --wide")]
    ['word', 'unknown']
    """
    parts: list[Part] = []
    place = 0
    options_ended = False
    at = skip_blanks(line, 0)
    while at < len(line):
        if not options_ended and re.match(r"--(\s|$)", line[at:]) and line[at:].strip() != "--":
            options_ended, at = True, at + 2
        elif not options_ended and _OPTION_LIKE.match(line, at):
            parts += _read_option(magic, line, at)
            at = parts[-1].word.stop
        else:
            positional = magic.positionals[place] if place < len(magic.positionals) else None
            selection = positional is not None and positional.names == "selection"
            word = read_word(line, at, "selection" if selection else "text")
            parts.append(Part("word" if positional else "surplus", word, positional))
            place += positional is not None and not positional.joined
            at = word.stop
        at = skip_blanks(line, at)
    return parts


def _read_option(magic: Magic, line: str, start: int) -> list[Part]:
    """Read the flag at ``start``, and its value if it takes one and one is there."""
    spelled = re.compile(r"[^\s=]+").match(line, start)
    assert spelled is not None  # noqa: S101  # the caller saw a dash there
    flag, at = spelled[0], spelled.end()
    if flag not in magic.flags:
        return (
            [Part("unknown", Word(start, at, flag))] if line[at : at + 1] != "=" else _unknown_with_value(line, start)
        )
    option = magic.flags[flag]
    parts = [Part("flag", Word(start, at, flag), option)]
    attached = line[at : at + 1] == "="
    if option is None or option.kind == "flag":
        if attached:
            stop = read_word(line, at).stop
            parts[0] = Part("flag", Word(start, stop, flag, f"{flag} takes no value", at), option)
        return parts
    at = at + 1 if attached else skip_blanks(line, at)
    if attached or (at < len(line) and not _OPTION_LIKE.match(line, at)):
        parts.append(Part("value", read_word(line, at, "text" if option.kind == "text" else "expression"), option))
    return parts


def _unknown_with_value(line: str, start: int) -> list[Part]:
    """An option that does not exist, with a value attached: what is marked is the flag, what is skipped is all."""
    at = line.index("=", start)
    return [Part("unknown", Word(start, at, line[start:at])), Part("surplus", read_word(line, at))]


def _check_part(magic: Magic, line: str, part: Part, following: Part | None, found: Mapping[str, list[Word]]) -> None:
    """Raise what is wrong with a part, if something is."""
    word = part.word
    if part.role == "unknown":
        raise _usage_error(magic, line, _unknown_option(magic, word.text), word.start, word.stop)
    if word.problem:
        raise _usage_error(magic, line, f"{word.problem}.", word.problem_at, word.problem_at + 1)
    if part.role == "surplus":
        problem = f"{word.text!r} is one argument too many.{_surplus_hint(found, magic)}"
        raise _usage_error(magic, line, problem, word.start, word.stop)
    if not isinstance(part.owner, Option):
        return
    if part.role == "flag" and not _is_flag(part.owner) and (following is None or following.role != "value"):
        problem = f"{word.text} needs a value, {part.owner.value_name}; put quotes around one that begins with a dash."
        raise _usage_error(magic, line, problem, word.start, word.stop)
    if part.role == "value" or _is_flag(part.owner):
        _check_value(magic, line, part.owner, word, found)


def _check_value(magic: Magic, line: str, option: Option, word: Word, found: Mapping[str, list[Word]]) -> None:
    if option.name in found and not option.repeatable:
        raise _usage_error(magic, line, f"{option.name} can stand only once.", word.start, word.stop)
    if option.choices and word.text not in option.choices:
        problem = f"{option.name} is one of {', '.join(option.choices)}; got {word.text!r}."
        raise _usage_error(magic, line, problem + did_you_mean(word.text, option.choices), word.start, word.stop)
    if option.kind in ("text", "config") and not word.text:
        raise _usage_error(magic, line, f"{option.name} needs a value that is not empty.", word.start, word.stop)
    expression = word.text
    if option.kind == "assignment":
        name, expression = _assignment(word.text)
        if not name.isidentifier():
            problem = f"{option.name} needs NAME=EXPR, a Python name and an expression; got {word.text!r}."
            raise _usage_error(magic, line, problem, word.start, word.stop)
        if name in (_assignment(earlier.text)[0] for earlier in found.get(option.name, ())):
            raise _usage_error(magic, line, f"{option.name} names {name!r} twice.", word.start, word.stop)
    if option.kind in ("expression", "assignment"):
        _check_expression(magic, line, option, word, expression)


def _check_expression(magic: Magic, line: str, option: Option, word: Word, expression: str) -> None:
    try:
        ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        problem = f"{option.name} needs a Python expression, in quotes if it has blanks outside brackets: {reason}."
        begin = line.find(expression.strip(), word.start, word.stop)
        if begin < 0 or not isinstance(error, SyntaxError) or not error.offset:
            raise _usage_error(magic, line, problem, word.start, word.stop) from None
        begin = min(begin + error.offset - 1, word.stop - 1)
        raise _usage_error(magic, line, problem, begin, begin + 1) from None


def _assignment(text: str) -> tuple[str, str]:
    """Split ``NAME=EXPR``; an empty name says that it is none. Quotes around the whole expression are taken off."""
    found = _ASSIGNMENT.match(text)
    if not found:
        return "", text
    word = read_word(text, found.end(), "expression")
    return found[1], word.text if word.stop == len(text) and not word.problem else text[found.end() :]


def _is_flag(owner: Option | Positional) -> bool:
    return isinstance(owner, Option) and owner.kind == "flag"


def _joined(line: str, words: list[Word]) -> Word:
    """All words as one, as typed; one word that is all in quotes stands for what is inside."""
    first, last = words[0], words[-1]
    text = " ".join(word.text for word in words)
    if len(words) == 1:
        whole = read_word(line, first.start, "expression")
        text = whole.text if whole.stop == first.stop and not whole.problem else text
    return Word(first.start, last.stop, text)


def _unknown_option(magic: Magic, flag: str) -> str:
    short = next((known for known in magic.flags if len(known) == 2 and flag.startswith(known)), None)
    if short and not flag.startswith("--"):
        return f"there is no option {flag!r}. Put a blank after {short!r}."
    if "-p" in magic.flags and "--partitions" not in magic.flags and flag in _KEY_FLAGS:
        return f"there is no option {flag!r}. Did you mean '-p'?"
    words = [known.removeprefix("--") for known in magic.flags if known.startswith("--")]
    near = [f"'--{word}'" for word in near_matches(flag.lstrip("-"), words)]  # by their dashes all are alike
    return f"there is no option {flag!r}." + (f" Did you mean {' or '.join(near)}?" if near else "")


def _surplus_hint(found: Mapping[str, list[Word]], magic: Magic) -> str:
    spoken = [option.name for option in magic.options if option.kind in ("expression", "assignment")]
    used = next((name for name in found if name in spoken), None)
    return f" Put quotes around the expression of {used} if this belongs to it." if used else ""


def _usage_error(magic: Magic, line: str, problem: str, start: int, stop: int) -> MagicUsageError:
    """Say what is wrong, where, and what may stand there."""
    before = f"{magic.name} "
    typed = (before + line).rstrip() + " "  # one more column, for what is missing at the end
    typed = re.sub(r"[\r\n]", " ", typed)
    marked = underline(typed, start + len(before), max(start, stop) + len(before))
    shown = "\n".join(row.rstrip() for row in marked.split("\n"))
    return MagicUsageError("\n".join([f"{magic.name}: {problem}", shown, *usage_lines(magic)]))

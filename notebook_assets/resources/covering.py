"""What of a configuration is written down nowhere: what secrets hold, and what was read from the environment."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from notebook_assets.errors import InvalidConfigError
from notebook_assets.resources.env_var import EnvVar, environment_value, is_env_var

COVER = "••••••"
_SECRET = ("password", "secret", "token", "api_key", "apikey", "credential")


class Covered:
    """Stands for a secret where a value is written.

    >>> Covered()
    ••••••
    """

    def __repr__(self) -> str:
        return COVER


class VariablesRead(dict[str, Any]):
    """The fields of an instance that were read from the environment, as they were written; equal to any other such.

    Two instances with the same values are the same, wherever those come from.

    >>> VariablesRead({"url": 1}) == VariablesRead()
    True
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VariablesRead)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


def is_secret_name(name: object) -> bool:
    """Return whether a field is called like a secret.

    >>> is_secret_name("db_password"), is_secret_name("url")
    (True, False)
    """
    return isinstance(name, str) and any(word in name.lower() for word in _SECRET)


def is_secret(name: object, value: Any) -> bool:
    """Return whether a field is called like a secret, and holds one: a text, a number, or a dict or a list of them.

    >>> is_secret("password", "hunter2"), is_secret("url", "https://example.org"), is_secret("max_tokens", 100)
    (True, False, False)
    """
    return is_secret_name(name) and _tells(str(name), value)


def _tells(name: str, value: Any) -> bool:
    if is_variable(value):
        return False
    if isinstance(value, str | bytes):
        return len(value) > 0
    if isinstance(value, int | float):
        return not isinstance(value, bool) and "tokens" not in name.lower()  # of which people count how many
    if isinstance(value, Mapping):
        return any(_tells(name, each) for each in value.values())
    return isinstance(value, list | tuple | set | frozenset) and any(_tells(name, each) for each in value)


def is_variable(value: object) -> bool:
    """Return whether it stands for a variable of the environment, in a configuration written as a dict too.

    >>> is_variable({"env": "HOME"}), is_variable("HOME")
    (True, False)
    """
    return is_env_var(value) or (isinstance(value, dict) and list(value) == ["env"] and isinstance(value["env"], str))


def holds_variables(value: object) -> bool:
    """Return whether it is such a stand-in, or a dict or a list with one in it.

    >>> holds_variables({"urls": [{"env": "HOME"}]})
    True
    """
    if is_variable(value):
        return True
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(map(holds_variables, inner))


def with_variables(written: Any, value: Any) -> Any:
    """Return a value as it is to be shown: with the names of variables where they were read.

    Args:
        written: The value as people wrote it.
        value: The value, read.

    >>> with_variables([{"env": "HOST"}, {"env": "this"}], ["example.org", {"env": "this"}])
    [EnvVar('HOST'), {'env': 'this'}]
    """
    if is_variable(written):
        if not isinstance(written, dict):
            return written
        return EnvVar(written["env"]) if isinstance(value, str | int | float) else value
    if isinstance(written, Mapping) and isinstance(value, Mapping):
        return {key: with_variables(written.get(key), each) for key, each in value.items()}
    if isinstance(written, list | tuple) and isinstance(value, list | tuple) and len(written) == len(value):
        return [with_variables(*pair) for pair in zip(written, value, strict=True)]
    return value


def covered(value: Any, name: object = "") -> Any:
    """Return a configuration to be written down: the same with the secrets in it covered.

    Args:
        value: The configuration, or a part of it.
        name: The field that holds it.

    >>> covered({"url": "example.org", "password": "hunter2"})
    {'url': 'example.org', 'password': ••••••}
    """
    if is_secret(name, value):
        return Covered()
    if isinstance(value, Mapping):
        return {key: covered(each, key) for key, each in value.items()}
    return type(value)(covered(each) for each in value) if type(value) in (list, tuple) else value


def fields_written(thing: Any, fields: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Go through fields of a Config or a resource and what may be written down of their values.

    Args:
        thing: The Config or the resource.
        fields: Their names and values.

    >>> list(fields_written(None, [("url", "example.org"), ("password", "hunter2")]))
    [('url', 'example.org'), ('password', ••••••)]
    """
    read = getattr(thing, "_variables", {})
    for name, value in fields:
        yield name, covered(read.get(name, value), name)


def quoted(value: Any, path: str = "") -> str:
    """Return what an error says of a value that does not fit, cut short.

    Args:
        value: The value.
        path: Where in the configuration it stands; below a field that is called like a secret, all is covered.

    >>> quoted(["a"], "ops.daily.config.rows"), quoted(["a"], "ops.daily.config.password")
    ("['a']", '••••••')
    """
    _, is_inside, inside = path.partition(".config")
    hidden = value is not None and is_secret_name(inside if is_inside else path)
    return COVER if hidden else reprlib.repr(covered(value))


def held_secrets(value: Any, name: object = "") -> Iterator[str]:
    """Go through what must not be told of a configuration: texts of secrets, and what variables hold.

    Args:
        value: The configuration as it was written.
        name: The field that holds it.

    >>> list(held_secrets({"url": "example.org", "password": ["hunter2"]}))
    ['hunter2']
    """
    if is_variable(value):
        try:
            yield str(environment_value(EnvVar(value["env"]) if isinstance(value, dict) else value))
        except InvalidConfigError:
            return
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from held_secrets(each, name if is_secret_name(name) else key)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from held_secrets(each, name)
    elif is_secret(name, value):
        yield str(value)


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return a text in which secrets are covered.

    >>> masked("no connection to hunter2", ["hunter2"])
    'no connection to ••••••'
    """
    for secret in sorted(set(secrets), key=len, reverse=True):
        for written in (secret, repr(secret)[1:-1]):
            text = text.replace(written, COVER) if written else text
    return text

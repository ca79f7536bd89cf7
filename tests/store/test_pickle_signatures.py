"""A pickle is read only with this user's signature, and refused before anything of it runs."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from notebook_assets.errors import BrokenValueError, StoreError, StoreNotWritableError, UntrustedPickleError
from notebook_assets.store import Instance
from notebook_assets.store.formats import EncodedValue, digest_of


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def forge(instance: Instance, data: bytes, signature: bytes | None) -> None:
    """Put other bytes into the only row, digest and all, as someone who can write the store would."""
    instance.close()
    with closing(sqlite3.connect(instance.folder / "store.db")) as connection, connection:
        connection.execute("UPDATE value_blobs SET data = ?", (data,))
        connection.execute("UPDATE materializations SET digest = ?", (digest_of("pickle", data),))
        if signature is not None:
            connection.execute("UPDATE materializations SET signature = ?", (signature,))


def test_a_signed_pickle_loads(put: Callable[..., int], instance: Instance) -> None:
    put("a", None, (1, 2))
    assert instance.load("a") == (1, 2)


@pytest.mark.parametrize("signature", [None, b"", b"\0" * 32])
def test_a_pickle_from_elsewhere_is_refused_before_it_is_opened(
    put: Callable[..., int], instance: Instance, tmp_path: Path, signature: bytes | None
) -> None:
    put("a", None, (1, 2))
    forge(instance, pickle.dumps(Bomb(tmp_path / "boom")), signature)
    with Instance(instance.folder) as again:
        with pytest.raises(UntrustedPickleError, match=r"value of a is a pickle.*instance\.trust"):
            again.load("a")
        assert not (tmp_path / "boom").exists()


def test_a_pickle_changed_by_any_one_byte_is_refused(put: Callable[..., int], instance: Instance) -> None:
    put("a", None, (1, 2))
    data = instance.db.execute("SELECT data FROM value_blobs").fetchone()[0]
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with instance.database.write() as connection:
            connection.execute("UPDATE value_blobs SET data = ?", (changed,))
        with pytest.raises(BrokenValueError):
            instance.load("a")
        with instance.database.write() as connection:
            connection.execute("UPDATE materializations SET digest = ?", (digest_of("pickle", changed),))
        with pytest.raises(UntrustedPickleError):
            instance.load("a")


def test_relabelling_a_pickle_does_not_get_it_past_the_check(
    put: Callable[..., int], instance: Instance, tmp_path: Path
) -> None:
    put("a", None, b"bytes")
    forge(instance, pickle.dumps(Bomb(tmp_path / "boom")), None)
    with closing(sqlite3.connect(instance.folder / "store.db")) as connection, connection:
        connection.execute("UPDATE materializations SET format = 'pickle'")
    with Instance(instance.folder) as again, pytest.raises(UntrustedPickleError):
        again.load("a")
    assert not (tmp_path / "boom").exists()


def test_another_user_must_trust_it_first(
    put: Callable[..., int], instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a", "p", (1, 2))
    put("a", "q", tuple(range(20_000)))
    put("a", "j", 5)
    instance.close()
    shutil.copytree(instance.folder, tmp_path / "copy")
    monkeypatch.setenv("NOTEBOOK_ASSETS_SECRET", str(tmp_path / "other user"))
    with Instance(tmp_path / "copy") as copy:
        assert copy.load("a", "j") == 5
        with pytest.raises(UntrustedPickleError):
            copy.load("a", "p")
        assert copy.trust("a") == 2
        assert copy.load("a", "p") == (1, 2)
        assert len(copy.load("a", "q")) == 20_000


def test_trust_is_not_given_to_what_was_altered(put: Callable[..., int], instance: Instance) -> None:
    put("a", None, (1, 2))
    with instance.database.write() as connection:
        connection.execute("UPDATE value_blobs SET data = data || x'00'")
    with pytest.raises(BrokenValueError, match="not to be trusted"):
        instance.trust("a")


def test_the_key_is_the_owners_alone_and_outside_the_store(
    put: Callable[..., int], instance: Instance, own_secret: Path
) -> None:
    put("a", None, (1, 2))
    assert len(own_secret.read_bytes()) == 32
    if sys.platform != "win32":
        assert stat.S_IMODE(own_secret.stat().st_mode) == 0o600
    assert own_secret.read_bytes() not in (instance.folder / "store.db").read_bytes()


def test_the_key_is_in_the_users_data_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTEBOOK_ASSETS_SECRET")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    with Instance.ephemeral() as instance:
        run = instance.begin_run()
        instance.record_materialization("a", run_id=run, value=instance.encode((1,), "a"))
    assert os.listdir(tmp_path / "notebook_assets") == ["secret"]


def test_a_key_that_can_not_be_written_is_a_clear_error(
    put: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "blocked").write_text("a file")
    monkeypatch.setenv("NOTEBOOK_ASSETS_SECRET", str(tmp_path / "blocked" / "secret"))
    with pytest.raises(StoreNotWritableError, match="NOTEBOOK_ASSETS_SECRET"):
        put("a", None, (1, 2))
    put("a", None, [1, 2])  # only pickles need it


def test_a_key_cut_short_is_a_clear_error(put: Callable[..., int], own_secret: Path) -> None:
    own_secret.write_bytes(b"short")
    with pytest.raises(StoreError, match="holds 5 bytes"):
        put("a", None, (1, 2))


def test_two_processes_agree_on_one_new_key(start_python: Callable[..., object], own_secret: Path) -> None:
    script = "from notebook_assets.store.signing import sign; print(sign(b'x').hex())"
    started = [start_python(script) for _ in range(4)]
    assert len({process.communicate()[0] for process in started}) == 1  # type: ignore[attr-defined]
    assert [path.name for path in own_secret.parent.iterdir()] == ["secret"]


def test_values_encoded_by_a_worker_are_signed_by_the_store(instance: Instance, run_id: str) -> None:
    data = pickle.dumps((1,))
    value = EncodedValue("pickle", "tuple", data, digest_of("pickle", data))
    instance.record_materialization("a", run_id=run_id, value=value)
    assert instance.load("a") == (1,)

"""OutputAside: what a step in another process printed so far, in a file, so that it outlives that process."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from notebook_assets.run.step_text import StepText

_HEAD = 20  # bytes at the beginning of the file, which say how many characters are left out
_MOST = 1024 * 1024
"""Bytes of the file; of more, the middle is taken out."""


class OutputAside:
    """Writes what a step prints to a file while it goes on; one process writes it, the one that started that reads it.

    Args:
        path: The file.

    >>> kept = OutputFile()
    >>> aside = OutputAside(kept.path)
    >>> aside.add("3 rows", StepText())
    >>> kept.read().text()
    '3 rows'
    >>> kept.close()
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND)
        self._owner = os.getpid()
        self._size = 0
        with suppress(OSError):  # nobody needs the name any more; systems that can't remove it leave that to the reader
            Path(path).unlink()

    def add(self, text: str, whole: StepText) -> None:
        """Write a text.

        Args:
            text: What was printed.
            whole: All that the step printed, this included.
        """
        if os.getpid() != self._owner:  # a child that the function forked
            return
        with suppress(OSError):  # a full disk is no reason to fail a step
            self._write(text if self._size else f"{0:0{_HEAD}}{text}")
            if self._size > _MOST:
                ends = whole.ends()
                self.clear()
                self._write(f"{whole.dropped:0{_HEAD}}{ends}")

    def clear(self) -> None:
        """Forget what was written: another step begins."""
        if self._size:
            self._size = 0
            with suppress(OSError):
                os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self._size += len(data)
        os.write(self._file, data)


class OutputFile:
    """The file, as the process has it that reads it.

    >>> kept = OutputFile()
    >>> kept.read().text()
    ''
    >>> kept.close()
    """

    def __init__(self) -> None:
        self._file, self.path = tempfile.mkstemp(prefix="notebook-assets-")

    def read(self) -> StepText:
        """Return what was written, within the bound of what is kept of a step."""
        kept = StepText()
        with suppress(OSError):
            os.lseek(self._file, 0, os.SEEK_SET)
            data = os.read(self._file, 4 * _MOST)
            kept.dropped = int(data[:_HEAD] or b"0")
            kept.add(data[_HEAD:].decode("utf-8", "replace"))
        return kept

    def close(self) -> None:
        """Let go of the file; a second time does no harm."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            with suppress(OSError):
                Path(self.path).unlink()

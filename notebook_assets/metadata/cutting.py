"""Long texts: how much of them is kept, and how the rest is told."""

from __future__ import annotations

LONGEST_TEXT = 64 * 1024
"""Characters of the longest text that the store keeps of metadata, of an error's message or of its traceback."""


def cut_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return ``text``, without its middle where it has more than ``longest`` characters, and with a note of that.

    >>> cut_text("abcdefghij", 4)
    'ab\\n[... 6 of 10 characters are left out ...]\\nij'
    """
    if len(text) <= longest:
        return text
    half = longest // 2
    note = f"[... {len(text) - 2 * half:,} of {len(text):,} characters are left out ...]"
    return f"{text[:half]}\n{note}\n{text[-half:]}"

"""Ten thousand texts that mean harm: to paths, file names, SQL, HTML, terminals, formats and eyes."""

from __future__ import annotations

import random
import unicodedata
from itertools import cycle, islice

PATHS = [
    "..",
    "../",
    "..\\",
    "/",
    "\\",
    "~",
    "~root",
    "./",
    "//",
    "C:",
    "\\\\server\\share",
    "file://",
    "%2e%2e%2f",
    "=2e=2e=2f",
]
DEVICES = [
    "con",
    "prn",
    "aux",
    "nul",
    "com1",
    "lpt9",
    "CON.txt",
    "nul.json",
    "aux ",
    "con.",
    "$MFT",
    "Thumbs.db",
    ".git",
    ".htaccess",
]
SQL = [
    "'; DROP TABLE pieces; --",
    '" OR 1=1 --',
    "') UNION SELECT * FROM runs --",
    "%",
    "_",
    "\\'",
    "x'00'",
    ";",
    "--",
    "/*",
]
HTML = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style>",
    "</svg>",
    "&lt;",
    "&#x3c;",
    "<!--",
    "]]>",
]
FORMATS = ["%s", "{0}", "${HOME}", "$(id)", "`id`", "{{7*7}}", "\\n", "\\u0000", "%00", "#{x}"]
EYES = [
    "\u202eevil",
    "\u200b",
    "\u2066x\u2069",
    "\ufeff",
    "a\u0301",
    "á",
    "ﬁ",
    "ſ",
    "İ",
    "ı",
    "ß",
    "Å",
    "Å",
    "🐍",
    "👩‍👩‍👧",
    "\U000e0001",
]
ENDS = [".", " ", "...", ".part", ".txt", ".pickle", "~1", "~~", "=", "-", "\u00a0"]
CONTROLS = ["\x00", "\n", "\r", "\t", "\x1b[31m", "\x07", "\x7f", "\x9b", "\u2028", "\x1f"]
QUOTES = ["'", '"', "`", "“", "´", "''", '""', "\\", "|", "*", "?", ":", "<", ">"]
LONG = ["x" * 4096, "é" * 2048, "🐍" * 1024, "A" * 255, "a" * 101, "=" * 99]
KINDS = [PATHS, DEVICES, SQL, HTML, FORMATS, EYES, ENDS, QUOTES]


def hostile_texts(number: int, *, controls: bool, seed: int = 5) -> list[str]:
    """Return so many different texts; of control characters only where asked for.

    Among them are texts that differ only in case, in the form of an accent, or in what a file system would cut off.
    """
    chance = random.Random(seed)
    kinds = [*KINDS, CONTROLS] if controls else KINDS
    found = dict.fromkeys([text for kind in (*kinds, LONG) for text in kind])
    for kind in islice(cycle(kinds), number * 4):
        if len(found) >= number:
            break
        parts = [chance.choice(kind), *(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(0, 3)))]
        chance.shuffle(parts)
        text = "".join(parts)
        for twin in (text, text.upper(), text.lower(), text.swapcase(), *_forms(text), f"{text} ", f"{text}."):
            found[twin] = None
        if chance.random() < 0.01:
            found[text + chance.choice(LONG) + str(chance.random())] = None
    return list(found)[:number]


def _forms(text: str) -> list[str]:
    return [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC")]

"""The magics of this package: what may be typed after each of their names."""

from __future__ import annotations

from notebook_assets.magics.options import Magic, Option, Positional

_SELECTION = "assets: a, a+, +a (one layer more; *a, +key:a: all), group:x, and/or/not between"

_CHOSEN = Option(
    ("-p",),
    "a partition, a range (either end may be open), or all",
    metavar="KEY|FIRST...LAST",
    repeatable=True,
    names="partitions",
)

ASSETS = Magic(
    "%assets",
    "List the assets: key, group, partitions, state, last time, type of value.",
    positionals=(Positional("SELECTION", _SELECTION, required=False, joined=True, names="selection"),),
    examples=("%assets", "%assets group:weather and not *daily_weather"),
)

LINEAGE = Magic(
    "%lineage",
    "Draw which asset is made from which.",
    positionals=(Positional("SELECTION", _SELECTION, required=False, joined=True, names="selection"),),
    examples=("%lineage", "%lineage ++year_report"),
)

PARTITIONS = Magic(
    "%partitions",
    "Show the state of every partition of an asset: a calendar for days and hours.",
    positionals=(Positional("ASSET", "the asset's key", names="asset"),),
    examples=("%partitions hourly_weather",),
)

MAPPING = Magic(
    "%mapping",
    "Draw which partitions of an asset need which of the assets above it.",
    positionals=(
        Positional("DOWNSTREAM", "the asset that needs the others", names="asset"),
        Positional("UPSTREAM", "one asset that it needs; all if left out", required=False, names="upstream"),
    ),
    options=(
        Option(
            ("--key", "-p"), "a partition of DOWNSTREAM to look at", metavar="KEY", repeatable=True, names="partition"
        ),
        Option(
            ("--upstream-key", "-u"),
            "a partition of UPSTREAM to look at: what needs it?",
            metavar="KEY",
            repeatable=True,
            names="upstream_partition",
        ),
    ),
    examples=(
        "%mapping daily_weather hourly_weather --key 2013-03-10",
        "%mapping daily_weather hourly_weather --upstream-key 2013-03-10-03:00",
    ),
)

_RUNNING = (
    Option(("--dry-run",), "only show what would be made, and why", kind="flag"),
    Option(("--background",), "go on while other cells are run", kind="flag"),
    Option(
        ("--executor",),
        "who makes the pieces",
        choices=("in_process", "threads", "processes"),
    ),
    Option(("--workers",), "how many are made at once", metavar="N"),
    Option(("--newest",), "the newest partitions first", kind="flag"),
    Option(("--timeout",), "how long one may take, with --executor processes", metavar="SECONDS"),
)

MATERIALIZE = Magic(
    "%materialize",
    "Make assets, or some of their partitions, and store the values.",
    positionals=(Positional("SELECTION", _SELECTION, joined=True, names="selection"),),
    options=(
        _CHOSEN,
        Option(
            ("--only",),
            "which of these",
            choices=("missing", "failed", "stale", "needed", "all"),
        ),
        Option(("--upstream",), "make first what these need and is not up to date", kind="flag"),
        Option(
            ("--config",),
            "what they are configured with",
            kind="config",
            metavar="NAME|FILE|JSON",
            names="config",
        ),
        *_RUNNING,
    ),
    examples=(
        "%materialize daily_weather -p 2013-07-04",
        "%materialize daily_weather+ -p 2013-07-04...2013-07-10 --only missing",
        "%materialize daily_weather --config nightly.yaml",
        "%materialize daily_weather --only missing --newest --dry-run",
        "%materialize daily_weather --background --executor threads --workers 4",
    ),
)

RESUME = Magic(
    "%resume",
    "Go on with a run that was interrupted, canceled or failed: make what it planned and did not make.",
    positionals=(Positional("RUN", "the run's id, or how it begins; by default the latest such run", required=False),),
    options=_RUNNING,
    examples=("%resume", "%resume 3f2a --background"),
)

RUNS = Magic(
    "%runs",
    "List the latest runs: what of, how each ended, how many pieces it made, when, how long it took.",
    positionals=(Positional("N", "how many; by default 20", required=False),),
    examples=("%runs", "%runs 100"),
)

OUTPUT = Magic(
    "%output",
    "Show what the making of an asset or partition printed and logged.",
    positionals=(
        Positional("ASSET", "the asset's key", names="asset"),
        Positional("KEY", "one of its partitions", required=False, names="partition"),
    ),
    options=(
        Option(("-p",), "the same, as %materialize takes it", metavar="KEY", names="partition"),
        Option(("--run",), "in which run: its id, or how that begins; by default the latest attempt", metavar="RUN"),
    ),
    examples=("%output daily_weather 2013-07-04",),
)

EXPLAIN = Magic(
    "%explain",
    "Say what an asset or partition needs, what of that is there, and what to do.",
    positionals=(
        Positional("ASSET", "the asset's key", names="asset"),
        Positional("KEY", "one of its partitions", required=False, names="partition"),
    ),
    options=(Option(("-p",), "the same, as %materialize takes it", metavar="KEY", names="partition"),),
    examples=("%explain daily_weather 2013-12-31",),
)

IMPACT = Magic(
    "%impact",
    "Say what would become stale if assets, or some of their partitions, changed.",
    positionals=(Positional("SELECTION", _SELECTION, joined=True, names="selection"),),
    options=(_CHOSEN,),
    examples=("%impact hourly_weather -p 2013-12-31-00:00",),
)

CHANGES = Magic(
    "%changes",
    "Show what changed in an asset's code since it was made, as a diff; or accept it as equivalent.",
    positionals=(Positional("SELECTION", _SELECTION, required=False, joined=True, names="selection"),),
    options=(
        Option(("-p",), "a partition key of one, or with --accept also a range", metavar="KEY", names="partition"),
        Option(("--accept",), "what other code made counts as made by today's", kind="flag"),
        Option(("--take-back",), "take back the last --accept", kind="flag"),
    ),
    examples=("%changes", "%changes daily_weather", "%changes daily_weather+ --accept"),
)

ASSET = Magic(
    "%%asset",
    "Make the cell an asset: it reads its inputs by name, its last line is the value.",
    positionals=(Positional("NAME", "the asset's name"),),
    options=(
        Option(
            ("--partitions",),
            "its partitions definition, or an asset whose partitions to share",
            kind="expression",
            names="definition",
        ),
        Option(("--group",), "its group", metavar="G", names="group"),
        Option(("--in",), "how an input is read: AssetIn(...)", kind="assignment", repeatable=True),
        Option(("--deps",), "assets needed but not read", metavar="A,B", names="assets"),
        Option(("--key-prefix",), "parts of the key before the name", metavar="P"),
        Option(("--description",), "what it is", metavar="TEXT"),
        Option(("--code-version",), "changes when the code's meaning does", metavar="V"),
        Option(("--optional",), "a cell that yields nothing is no failure", kind="flag"),
        Option(("--materialize",), "make it at once", kind="flag"),
        Option(("-p",), "partitions to make at once", metavar="KEY|FIRST...LAST", repeatable=True, names="partitions"),
    ),
    examples=('%%asset daily --partitions DailyPartitionsDefinition("2013-01-01")',),
)

MAGICS: tuple[Magic, ...] = (
    ASSETS,
    LINEAGE,
    PARTITIONS,
    MAPPING,
    MATERIALIZE,
    RESUME,
    RUNS,
    OUTPUT,
    EXPLAIN,
    IMPACT,
    CHANGES,
    ASSET,
)
"""All of them, in the order of the documentation."""

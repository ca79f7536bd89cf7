"""What the line of a magic may say, and what people read when it says something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.diagnosis import quote
from notebook_assets.errors import InvalidDefinitionError, MagicUsageError
from notebook_assets.magics.options import Arguments, Magic, Option, Positional, help_page, magic_table, parse
from notebook_assets.magics.options_caret import columns, underline
from notebook_assets.magics.options_help import usage_lines
from notebook_assets.magics.options_words import read_word
from notebook_assets.magics.specs import ASSET, ASSETS, EXPLAIN, LINEAGE, MAGICS, MAPPING, MATERIALIZE, PARTITIONS


def materialize(line: str) -> Arguments:
    return parse(MATERIALIZE, line)


# --- what survives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("2013-07-04...2013-07-10", "2013-07-04...2013-07-10"),
        ("2013-07-04...", "2013-07-04..."),
        ("...2013-07-10", "...2013-07-10"),
        ("a,b", "a,b"),
        ("x..y", "x..y"),
        ("O'Hare", "O'Hare"),
        ("5'6\"", "5'6\""),
        ('{"a":1}', '{"a":1}'),
        ("'New York'", "New York"),
        ('"New York"...Newark', "New York...Newark"),
        ('Newark..."New York"', "Newark...New York"),
        ('"say \\"hi\\""', 'say "hi"'),
        ('"a\\\\b"', "a\\b"),
        ("a\\b", "a\\b"),
        ('"a\\nb"', "a\\nb"),
        ("🌦", "🌦"),
        ("東京", "東京"),
        ("a|b", "a|b"),
        ("$HOME", "$HOME"),
        ("*", "*"),
        ("-5", "-5"),
        ("'--upstream'", "--upstream"),
        ("#1", "#1"),
        ("a=b", "a=b"),
    ],
)
def test_a_partition_key_is_what_was_typed(typed: str, key: str) -> None:
    assert materialize(f"daily -p {typed} --upstream").texts("-p") == (key,)


@given(st.text(min_size=1).filter(lambda text: "\0" not in text), st.sampled_from("\"'"))
def test_a_quoted_word_is_read_back_as_itself(text: str, mark: str) -> None:
    written = quote(text, mark)
    word = read_word(f"{written} --upstream", 0)
    assert (word.text, word.problem) == (text, "")
    assert materialize(f"daily -p {written} --upstream").texts("-p") == (text,)
    assert materialize(f"daily -p {written}...{written}").texts("-p") == (f"{text}...{text}",)


def assert_read_or_refused(line: str) -> None:
    for magic in MAGICS:
        said = ""
        try:
            parse(magic, line)
        except MagicUsageError as error:
            said = str(error)
        assert not said or ("^" in said and f"Usage: {magic.name}" in said)


@given(st.text())
def test_any_line_is_read_or_refused_with_a_usage_line(line: str) -> None:
    assert_read_or_refused(line)


WORDS = [
    "-p",
    "--only",
    "missing",
    "a",
    "'b",
    "(",
    ")",
    '"',
    "--in",
    "x=1",
    "--partitions",
    "f(1)",
    "--",
    "--help",
    "...",
]


@given(st.lists(st.sampled_from(WORDS)))
def test_any_mixture_of_known_words_is_read_or_refused(words: list[str]) -> None:
    assert_read_or_refused(" ".join(words))


@pytest.mark.parametrize(
    ("typed", "selection"),
    [
        ("daily_weather", "daily_weather"),
        ("+daily_weather or group:x", "+daily_weather or group:x"),
        ("not (a or b)  and c*", "not (a or b) and c*"),
        ("a and -p 2013 --only all not b", "a and not b"),
        ("'a and not b'", "a and not b"),
        ('key:"my asset" or b', 'key:"my asset" or b'),
        ("'key:\"my asset\"'", 'key:"my asset"'),
        ("tag:x='y z'", "tag:x='y z'"),
        ("a -- --b", "a --b"),
    ],
)
def test_a_selection_is_all_that_is_no_option(typed: str, selection: str) -> None:
    assert materialize(typed).text("SELECTION") == selection


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        (
            'DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")',
            'DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")',
        ),
        ("days", "days"),
        ("\"Daily('2013-01-01') if x else None\"", "Daily('2013-01-01') if x else None"),
        ('\'Static(["a b", "c"])\'', 'Static(["a b", "c"])'),
        ('Static(["a ) b", "it\'s"])', 'Static(["a ) b", "it\'s"])'),
        ('"%Y".join([ "a" ])', '"%Y".join([ "a" ])'),
        ("{ 'a': [ 1, ( 2 ) ] }", "{ 'a': [ 1, ( 2 ) ] }"),
        ('x["a b"]', 'x["a b"]'),
    ],
)
def test_an_expression_may_hold_blanks_in_brackets_or_in_quotes(typed: str, expression: str) -> None:
    for line in (f"daily --partitions {typed} --group g", f"daily --partitions={typed} --group=g"):
        arguments = parse(ASSET, line)
        assert arguments.text("--partitions") == expression
        assert arguments.text("--group") == "g"
        assert arguments.text("NAME") == "daily"


def test_an_input_option_gives_expressions_by_name() -> None:
    line = 'daily --in a=AssetIn("q", metadata={"x": 1}) --in "b = f( 1)" --in c="g (2)" --in d=x==1'
    assert parse(ASSET, line).assignments("--in") == {
        "a": 'AssetIn("q", metadata={"x": 1})',
        "b": "f( 1)",
        "c": "g (2)",
        "d": "x==1",
    }


def test_options_and_words_may_stand_in_any_order() -> None:
    arguments = parse(MAPPING, "--key 2013-03-10 daily --key=2013-11-03 hourly")
    assert arguments.text("DOWNSTREAM") == "daily"
    assert arguments.text("UPSTREAM") == "hourly"
    assert arguments.texts("--key") == ("2013-03-10", "2013-11-03")


def test_what_was_not_typed_is_absent() -> None:
    arguments = materialize("daily")
    assert arguments.text("--only") is None
    assert arguments.texts("-p") == ()
    assert not arguments.has("--upstream")
    assert materialize("daily --upstream").has("--upstream")
    assert parse(ASSETS, "").text("SELECTION") is None
    assert parse(LINEAGE, "  ").text("SELECTION") is None
    assert parse(EXPLAIN, "daily").text("KEY") is None
    assert parse(ASSET, "daily").assignments("--in") == {}


def test_asking_for_an_argument_that_the_magic_does_not_declare_is_an_error() -> None:
    with pytest.raises(InvalidDefinitionError, match="takes no '--upstram'; it takes SELECTION, -p"):
        materialize("daily").has("--upstram")


# --- what is refused --------------------------------------------------------------------------------------------------

REFUSED = [
    (MATERIALIZE, "daily --onyl missing", "there is no option '--onyl'. Did you mean '--only'?", "--onyl"),
    (MATERIALIZE, "daily --onyl=missing", "there is no option '--onyl'. Did you mean '--only'?", "--onyl"),
    (MATERIALIZE, "daily -p2013", "there is no option '-p2013'. Put a blank after '-p'.", "-p2013"),
    (MATERIALIZE, "daily -q", "there is no option '-q'.", "-q"),
    (MATERIALIZE, "daily --", "there is no option '--'.", "--"),
    (MATERIALIZE, "daily --only mising", "got 'mising'. Did you mean 'missing'?", "mising"),
    (MATERIALIZE, "daily --only all --only all", "--only can stand only once.", "all"),
    (MATERIALIZE, "daily --upstream --upstream", "--upstream can stand only once.", "--upstream"),
    (MATERIALIZE, "daily --upstream=yes", "--upstream takes no value", "="),
    (MATERIALIZE, "daily -p", "-p needs a value, KEY|FIRST...LAST", "-p"),
    (MATERIALIZE, "daily -p --only all", "-p needs a value", "-p"),
    (MATERIALIZE, "daily -p ''", "-p needs a value that is not empty", "''"),
    (MATERIALIZE, "daily -p 'New York", "the quote ' is never closed", "'"),
    (MATERIALIZE, "daily -p 'New'York", "a word in quotes ends with its quote", "Y"),
    (MATERIALIZE, "-p 2013", "SELECTION is missing (assets: a", " "),
    (PARTITIONS, "", "ASSET is missing (the asset's key)", " "),
    (PARTITIONS, "daily weekly", "'weekly' is one argument too many.", "weekly"),
    (ASSET, "x --partitions Daily( --optional", "the bracket ( is never closed", "("),
    (ASSET, "x --partitions lambda x: 1", "in quotes if it has blanks outside brackets: invalid syntax", None),
    (ASSET, "x --partitions days if y", "Put quotes around the expression of --partitions", "if"),
    (ASSET, "x --partitions a)", "--partitions needs a Python expression", ")"),
    (ASSET, "x --in AssetIn()", "--in needs NAME=EXPR, a Python name and an expression; got 'AssetIn()'", "AssetIn()"),
    (ASSET, "x --in a==b", "--in needs NAME=EXPR", "a==b"),
    (ASSET, "x --in 3=b", "--in needs NAME=EXPR", "3=b"),
    (ASSET, "x --in a=", "--in needs a Python expression", None),
    (ASSET, "x --in a=1 --in a=2", "--in names 'a' twice.", "a=2"),
]


@pytest.mark.parametrize(("magic", "line", "says", "marked"), REFUSED)
def test_a_wrong_line_is_refused_with_the_place_and_the_usage(
    magic: Magic, line: str, says: str, marked: str | None
) -> None:
    with pytest.raises(MagicUsageError) as caught:
        parse(magic, line)
    text = str(caught.value)
    first, typed, carets, *usage = text.split("\n")
    assert first.startswith(f"{magic.name}: ")
    assert says in first
    assert typed.strip() == f"{magic.name} {line}".strip()
    if marked is not None:
        begin = carets.index("^")
        assert typed.ljust(begin + 1)[begin : len(carets)] == marked
    assert usage == usage_lines(magic)


def test_a_whole_error_reads_so() -> None:
    with pytest.raises(MagicUsageError) as caught:
        materialize("daily_weather --onyl missing")
    assert str(caught.value) == (
        "%materialize: there is no option '--onyl'. Did you mean '--only'?\n"
        "  %materialize daily_weather --onyl missing\n"
        "                             ^^^^^^\n"
        "Usage: %materialize SELECTION... [-p KEY|FIRST...LAST]...\n"
        "                    [--only missing|failed|stale|needed|all] [--upstream]\n"
        "                    [--config NAME|FILE|JSON] [--dry-run] [--background]\n"
        "                    [--executor in_process|threads|processes] [--workers N]\n"
        "                    [--newest] [--timeout SECONDS] [--help]"
    )


def test_an_error_found_later_points_at_the_argument() -> None:
    error = materialize("daily -p 2013 -p 2014").error("-p", "no such partition.", index=1)
    first, typed, carets, *_ = str(error).split("\n")
    assert first == "%materialize: no such partition."
    assert typed[carets.index("^") : len(carets)] == "2014"


def test_carets_stand_under_wide_characters_and_in_sight_in_a_long_line() -> None:
    assert underline("東京 x", 3, 4) == "  東京 x\n       ^"
    line, carets = underline("a" * 300 + "bad" + "c" * 300, 300, 303).split("\n")
    assert columns(line) < 110
    assert line[carets.index("^") : len(carets)] == "bad"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(0, 50), st.integers(0, 50))
def test_carets_never_fail(line: str, start: int, stop: int) -> None:
    assert "^" in underline(line, start, stop)


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("magic", MAGICS, ids=lambda magic: magic.name)
def test_a_help_page_fits_a_plain_terminal_and_names_everything(magic: Magic) -> None:
    page = help_page(magic)
    assert len(page.split("\n")) <= 24
    assert max(len(line) for line in page.split("\n")) <= 80
    for taken in (*magic.positionals, *magic.options):
        assert f"\n  {taken.name}" in page
        assert taken.help.split()[0] in page


@pytest.mark.parametrize("magic", MAGICS, ids=lambda magic: magic.name)
def test_the_examples_of_a_magic_can_be_typed(magic: Magic) -> None:
    for example in magic.examples:
        name, _, line = example.partition(" ")
        assert name == magic.name
        parse(magic, line)


def test_help_is_given_even_if_the_rest_is_wrong() -> None:
    assert materialize("--help").wants_help
    assert materialize("--onyl --help").wants_help
    assert not materialize("daily -p '--help'").wants_help


def test_the_table_has_a_row_for_each_magic_and_escapes_bars() -> None:
    rows = magic_table(MAGICS).split("\n")
    assert len(rows) == 2 + len(MAGICS)
    for row in rows:
        assert row.replace("\\|", "").count("|") == 3


# --- declarations that can't be right ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declare",
    [
        lambda: Option(("only",), ""),
        lambda: Option((), ""),
        lambda: Option(("--only",), "", kind="flag", choices=("a",)),
        lambda: Option(("--only",), "", kind="flag", metavar="X"),
        lambda: Magic("assets", ""),
        lambda: Magic("%a", "", options=(Option(("-p",), ""), Option(("-p",), ""))),
        lambda: Magic("%a", "", options=(Option(("--help",), ""),)),
        lambda: Magic("%a", "", (Positional("A", "", joined=True), Positional("B", ""))),
        lambda: Magic("%a", "", (Positional("A", "", required=False), Positional("B", ""))),
    ],
)
def test_a_declaration_that_can_not_be_read_is_refused(declare: object) -> None:
    with pytest.raises(InvalidDefinitionError):
        declare()  # type: ignore[operator]

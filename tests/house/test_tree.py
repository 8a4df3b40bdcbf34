"""Guards of the tree: what may lie where, and what may never be in it."""

from __future__ import annotations

import ast
import re
from datetime import date
from functools import cache

from tests.house import tree

# HL7 Sweden's and Skatteverket's published test numbers; nothing else may look like a person.
PUBLISHED = frozenset(
    {
        "191212121212",
        "195009072553",
        "196101182803",
        "189002029800",
        "200302022389",
        "199002222397",
        "200001252386",
        "189602029812",
        "196109732393",
        "197010632391",
    }
)
VECTORS = (
    "tests/domain/vectors"  # published with the personnummer libraries; what stands there is published too
)
LOOKS_LIKE_A_PERSON = re.compile(r"(?<![0-9A-Za-z.])((?:18|19|20)?\d{6})[-+]?(\d{4})(?![0-9A-Za-z])")
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core", "data", "info"}
# Written with a bracket in them, so that this file does not hold what it forbids.
NOT_OURS = re.compile(
    r"py[p]i\.org|python[h]osted\.org|npm[j]s\.org|repo1?\.[m]aven|maven[.]org|deb\.[d]ebian\.org"
    r"|(?<![\w.])/[w]ork/|/[r]oot/|/[h]ome/[a-z]|/[U]sers/"
)


def luhn_holds(ten_digits: str) -> bool:
    """
    The check digit of a ten-digit Swedish number fits the nine before it.
    """
    doubled = (int(digit) * (2 - n % 2) for n, digit in enumerate(ten_digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_day(eight_digits: str) -> bool:
    """
    The digits are a date, or one of a samordningsnummer (day + 60).
    """
    year, month, day = int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:])
    try:
        date(year, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def persons_in(text: str) -> set[str]:
    """
    What in a text can be somebody's personnummer: a date, a birth number and a check digit that fits.
    """
    found = set()
    for day, rest in LOOKS_LIKE_A_PERSON.findall(text):
        centuries = [day] if len(day) == 8 else ["19" + day, "20" + day]
        if luhn_holds(day[-6:] + rest) and any(is_day(full) for full in centuries):
            found.add(day + rest)
    return found


@cache
def published() -> frozenset[str]:
    """
    The last ten digits of every published test number.
    """
    vectors = {number for path in tree.under(VECTORS) for number in persons_in(tree.text(path))}
    return frozenset(number[-10:] for number in PUBLISHED | vectors)


def is_published(number: str) -> bool:
    """
    The number, in its long or its short form, is one of the published test numbers.
    """
    return number[-10:] in published()


def test_a_real_looking_number_is_seen_by_the_scan() -> None:
    """
    The scan itself works: it sees a number that is not published, in each form, and passes one that is.
    """
    unknown = "19640823" + "3234"
    assert persons_in(f'"id": "{unknown}"') == {unknown}
    assert persons_in(f"pnr {unknown[2:8]}-{unknown[8:]}.") == {unknown[2:]}
    assert not is_published(unknown)
    assert is_published("1212121212")
    assert persons_in("sha 196408233234abc, tel 0340-88000") == set()


def test_no_identity_number_but_the_published_ones() -> None:
    """
    No file holds what can be a person's number, unless it is a published test number.
    """
    found = {
        f"{tree.name(path)}: {number}"
        for path in tree.files()
        if not path.name.startswith("requirements")
        for number in persons_in(tree.text(path))
        if not is_published(number)
    }
    assert not found, f"replace by a published test number: {sorted(found)}"


def test_no_registry_host_or_machine_path() -> None:
    """
    Nothing in the tree names a package registry or a folder of somebody's machine.
    """
    found = {
        f"{tree.name(path)}:{n}: {line.strip()[:80]}"
        for path in tree.files()
        for n, line in enumerate(tree.text(path).splitlines(), 1)
        if NOT_OURS.search(line)
    }
    assert not found, sorted(found)


def test_every_module_is_named_by_what_it_makes() -> None:
    """
    No module is called utils, helpers, common and the like: a thing without a name has no home yet.
    """
    python = tree.under("adapter", "mappings", "tests", suffix=".py")
    assert not [tree.name(path) for path in python if VAGUE & {path.stem, path.parent.name}]


def test_no_module_is_longer_than_five_hundred_lines() -> None:
    """
    A module is split before it has 500 lines (tests/house/sizes.py lists the long ones).
    """
    long = {
        tree.name(path): len(tree.text(path).splitlines()) for path in tree.under("adapter", suffix=".py")
    }
    assert not {name: lines for name, lines in long.items() if lines >= 500}


def test_every_test_says_its_rule() -> None:
    """
    Every test has a docstring that says the rule it holds.
    """
    silent = [
        f"{tree.name(path)}:{node.lineno} {node.name}"
        for path in tree.under("tests", suffix=".py")
        for node in ast.walk(ast.parse(tree.text(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert not silent, silent


def test_nothing_is_left_to_do_or_skipped_without_a_reason() -> None:
    """
    No marks of unfinished work, and every skip or xfail says why.
    """
    unfinished = re.compile(r"#.*\b(TO[D]O|FIX[M]E|X[X]X)\b|@pytest\.mark\.(skip|xfail)\s*$|pytest\.skip\(\)")
    found = [
        f"{tree.name(path)}:{n}"
        for path in tree.under("adapter", "mappings", "tests", "docs", ".ci")
        if path.suffix in {".py", ".yaml", ".md", ".sql", ""}
        for n, line in enumerate(tree.text(path).splitlines(), 1)
        if unfinished.search(line)
    ]
    assert not found, found


def sources() -> set[str]:
    """
    The folders of mappings/ that are sources: those with a source.yaml.
    """
    return {path.parent.name for path in tree.under("mappings", suffix="source.yaml")}


def test_every_folder_in_mappings_is_a_source_with_fixtures() -> None:
    """
    Each folder in mappings/ but keywords/ has a source.yaml, a folder of fixtures, and the other way round;
    FHIR alone needs no mapping.
    """
    folders = {
        path.relative_to(tree.ROOT).parts[1]
        for path in tree.under("mappings")
        if len(path.relative_to(tree.ROOT).parts) > 2
    }
    assert folders - {"keywords"} == sources()
    with_fixtures = {
        path.parent.name for path in tree.under("fixtures") if path.parent != tree.ROOT / "fixtures"
    }
    assert with_fixtures == sources() | {"fhir.message"}


def test_every_fixture_has_what_is_expected_of_it() -> None:
    """
    Each message in fixtures/ has its expected file beside it, and each expected file its message.
    """
    files = [path for path in tree.under("fixtures") if path.suffix != ".md"]
    expected = {tree.name(path).removesuffix(".expected.json") for path in files if ".expected." in path.name}
    messages = {tree.name(path) for path in files if ".expected." not in path.name}
    assert messages == expected


def test_every_top_folder_has_a_readme() -> None:
    """
    A page in each top folder says what is in it.
    """
    folders = {path.relative_to(tree.ROOT).parts[0] for path in tree.files() if path.parent != tree.ROOT}
    visible = {folder for folder in folders if not folder.startswith(".")}
    assert not [folder for folder in sorted(visible) if not (tree.ROOT / folder / "README.md").is_file()]


def test_no_exception_is_raised_that_was_made_before() -> None:
    """
    What is raised is made there and then: one that is raised again holds every request it ever went through.
    """
    found = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.under("adapter", suffix=".py")
        for node in ast.walk(ast.parse(tree.text(path)))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id.isupper()
    ]
    assert not found

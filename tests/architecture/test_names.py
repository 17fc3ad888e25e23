"""What may not be named: a study in Python, a host that is not cited, a place of one machine."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT

SOURCES = sorted((ROOT / "src" / "analysis").rglob("*.py"))


def tracked() -> dict[str, str]:
    """The texts of the repository, by path."""
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    files = {
        line: (ROOT / line).read_bytes()
        for line in done.stdout.splitlines()
        if (ROOT / line).is_file()
    }
    return {
        name: content.decode("utf-8", errors="replace")
        for name, content in files.items()
        if b"\0" not in content
    }


# --- studies --------------------------------------------------------------------------------------

ENGLISH = {"comments", "experience", "invitation"}
"""Names of the studies that are words of the trade as well."""


@cache
def names_of_studies() -> tuple[set[str], set[str]]:
    """What the folders of parameters name: studies and directorates, which no text may hold; and
    their sites, channels, questions, indicators and definitions.

    A name counts that has four letters, or a digit: `cd93`, `T2B`, not `def`.

    """
    publishers: set[str] = set()
    others: set[str] = set()
    read = YAML(typ="safe", pure=True).load
    for path in (*ROOT.glob("params/*/study.yml"), *ROOT.glob("tests/**/study.yml")):
        study, units, indicators, questions = (
            read(path.parent / f"{name}.yml")
            for name in ("study", "directorates", "indicators", "questionnaire")
        )
        publishers |= {path.parent.name, study["id"]}
        for unit in units["directorates"]:
            acronym = unit["acronym"]
            publishers |= {
                unit["id"],
                *(acronym.values() if isinstance(acronym, dict) else [acronym]),
            }
            others |= {site["id"] for site in unit.get("sites", ())}
        for named in (
            study["channels"],
            indicators["indicators"],
            indicators["definitions"],
            questions["items"],
        ):
            others |= {one["id"] for one in named}
    publishers, others = (
        {
            name.casefold()
            for name in names
            if len(name) >= 4 or (len(name) == 3 and re.search(r"\d", name))
        }
        for names in (publishers, others)
    )
    return publishers, others - publishers - ENGLISH


def pattern(names: set[str], *, beside: str) -> re.Pattern[str]:
    """Any of some names, where none of the characters `beside` stands next to it."""
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<![{beside}])(?:{'|'.join(longest)})(?![{beside}])")


def docstrings(tree: ast.AST) -> set[int]:
    """The lines at which docstrings begin; their doctests are in them."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for one in body if isinstance(body, list) else ():
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                found.add(one.lineno)
    return found


def studies_named(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each study, or thing of one, in names, texts and comments of Python.

    A text of several words is prose, where a word of French is no name: `suivi d’un code`.

    """
    publishers, others = names_of_studies()
    slugs = {name for name in others if re.search(r"[\d_-]", name)}
    anywhere = pattern(publishers | slugs, beside="a-z0-9")
    alone = pattern(others - slugs, beside="a-z0-9_-")
    told = docstrings(ast.parse(source))
    kinds = (tokenize.NAME, tokenize.STRING, tokenize.COMMENT)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in kinds or (token.type == tokenize.STRING and token.start[0] in told):
            continue
        rules = (anywhere,) if " " in token.string else (anywhere, alone)
        for rule in rules:
            for match in rule.finditer(token.string.casefold()):
                yield token.start[0], match[0]


def test_no_line_of_python_knows_a_study() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), *named)
        for path in SOURCES
        for named in studies_named(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_names_are_those_of_the_folders() -> None:
    publishers, others = names_of_studies()
    assert {"cd93", "dpaph", "nhs_fft", "neas", "nhft"} <= publishers
    assert {"pmi-iris", "satisfaction_globale", "t2b", "q01", "papier", "accueil"} <= others


@pytest.mark.parametrize(
    "line",
    [
        'study = "cd93"  # >>> as in a doctest',
        "message = \"did you mean 'cd93'?\"",
        'open_scope("cd93", directorate="def")',
        "cd93_only = True",
        'key = """cd93"""',
        "pass  # as dpaph does",
        'if directorate == "DPAPH": pass',
        'text = f"the site pmi-iris of {study}"',
        'wanted = f"{name}/T2B"',
        'channel = "papier"',
        'def accueil(): "a docstring"',
        'x = [\n    "Q01",\n]',
        'hint = """\n>>> load("nhs_fft")\n"""',
    ],
)
def test_a_line_that_knows_a_study_is_found(line: str) -> None:
    assert list(studies_named(line))


@pytest.mark.parametrize(
    "line",
    [
        '"""The module of cd93.\n\n>>> open_scope("cd93", directorate="dpaph")\n"""',
        'def f():\n    """As for dpaph: T2B."""',
        'x = 1\n"""What pmi-iris has."""',
        'label = "le code est suivi d’un chiffre"',
        'columns = {"borne_basse": 1}',
        "accueillir = experience = comments = 1",
    ],
)
def test_docstrings_and_other_words_name_none(line: str) -> None:
    assert list(studies_named(line)) == []


# --- hosts and machines ---------------------------------------------------------------------------

CITED = {
    "specs.frictionlessdata.io": "the schema that open data follows",
    "schemas.openxmlformats.org": "the vocabulary of a DOCX",
    "w3.org": "the vocabulary of its catalogue",
    "purl.org": "the vocabulary of its catalogue",
    "yaml.org": "the tag of a merged key",
    "spdx.org": "the vocabulary of digests in its catalogue",
    "xmlns.com": "the vocabulary of its catalogue",
    "publications.europa.eu": "the codes of languages and frequencies in its catalogue",
    "iana.org": "the codes of media types in its catalogue",
    "etalab.gouv.fr": "the licence of texts and data",
    "nationalarchives.gov.uk": "the licence of an acceptance study",
    "modernisation.gouv.fr": "where a reference was published",
    "veriangroup.com": "where a reference was published",
    "ash.tm.fr": "where a reference was published",
    "jedonnemonavis.numerique.gouv.fr": "the source of a format of reviews",
    "dila.premier-ministre.gouv.fr": "where a reference was published",
    "plus.transformation.gouv.fr": "where a reference was published",
    "weka.fr": "where a reference was published",
    "banquedesterritoires.fr": "where a reference was published",
    "vie-publique.fr": "where a reference was published",
    "senat.fr": "where a reference was published",
    "besancon.fr": "where a reference was published",
    "livreshebdo.fr": "where a reference was published",
    "fr.readkong.com": "where a reference was published",
    "rencontressoignantesenpsychiatrie.fr": "where a reference was published",
    "exemple.fr": "an address of an example",
    "a.fr": "an address of an example",
}
"""Domains that a text of the project may name, and why."""

DOTTED = r"(?:[a-z0-9-]+\.)+"
HOST = re.compile(rf"(?<![\w.-]){DOTTED}(?:com|dev|edu|eu|fr|gov|info|io|net|org)(?![\w.-])")
ADDRESS = re.compile(r"[a-z][a-z0-9+]*://(?:[^\s/@]*@)?([a-z0-9.-]+)")
NOWHERE = re.compile(r"[a-z0-9-]+|(?:.*\.)?(?:example|invalid|test)|(?:127|0)(?:\.\d+){3}")
"""Hosts that are none: a name alone, a reserved one, this machine."""

MACHINE = re.compile(
    r"(?<![\w.*])/(?:home|Users|Volumes|media|mnt|private|root|tmp|work)/(?!ipykernel)\w"
    r"|\b[A-Z]:\\\\?\w"
)
LOCKED = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==[\w.!+-]+(?: ; [^:]+)?"
    r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+"
)
"""An entry of a lock: a name, its version, where it applies, its digests."""


def hosts_named(text: str) -> set[str]:
    """Hosts of addresses and names of the form of one, without those that are nowhere."""
    named = {match[0] for match in HOST.finditer(text.casefold())}
    named |= {match[1].rstrip(".") for match in ADDRESS.finditer(text.casefold())}
    return {host.removeprefix("www.") for host in named if not NOWHERE.fullmatch(host)}


def test_only_cited_hosts_are_named_and_all_of_them_are() -> None:
    named = [(host, name) for name, text in tracked().items() for host in hosts_named(text)]
    assert [(host, name) for host, name in named if host not in CITED] == []
    here = Path(__file__).relative_to(ROOT).as_posix()
    assert {host for host, name in named if name != here} == set(CITED), "and no other is listed"


def test_no_text_names_a_place_of_one_machine() -> None:
    found = [
        (name, match[0]) for name, text in tracked().items() for match in MACHINE.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_pins_and_digests_and_no_address(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    assert len(entries) > 50
    assert [entry[:80] for entry in entries if not LOCKED.fullmatch(entry)] == []


def test_environments_say_no_address() -> None:
    for name in ("environment.yml", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|--(?:extra-)?index|--find-links|file:|git\+", text), name


PIN = "a-b==1.0 \\\n    --hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    "entry",
    [
        PIN.replace("==", ">="),
        PIN.replace("sha256", "md5"),
        "a==1.0",
        "--index-url x",
        "-i x",
        "a @ file:b",
        PIN.replace("==1.0", "==1.0 @ x:y"),
        f"# x\n{PIN}",
    ],
)
def test_what_is_no_pin_is_refused_in_a_lock(entry: str) -> None:
    assert LOCKED.fullmatch(PIN) and not LOCKED.fullmatch(entry)


def test_other_hosts_and_places_would_be_seen() -> None:
    scheme, dot, slash = "https:" + "//", ".", "/"
    assert hosts_named(f"{scheme}me@mirror{dot}intra:8080/a") == {f"mirror{dot}intra"}
    assert hosts_named(f"see files{dot}some-host{dot}org/a") == {f"files{dot}some-host{dot}org"}
    assert (
        hosts_named(f"tls{scheme[5:]}scheduler.example:8786 {scheme}127.0.0.1/a os.io.x") == set()
    )
    for place in (f"{slash}home{slash}me", f"{slash}work{slash}main", "C:" + "\\Users"):
        assert MACHINE.search(f'path = "{place}"')
    for place in ("/opt/observatoire", "</h1>", "a/home/b", "[a-z]:\\"):
        assert not MACHINE.search(place)

"""Parameters that cannot be used: each fault with its place, all of them at once, whatever a small
file expands to."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import ParameterError
from analysis.intake import Manifest
from analysis.study import load_study, read_model
from analysis.study.yaml_reader import DEEPEST, MOST_VALUES, parse_yaml
from tests.conftest import ROOT

Edited = Callable[..., str]


@pytest.fixture
def refusal(tmp_path: Path) -> Edited:
    """Replaces texts in a copy of cd93, and says why it is refused."""
    folder = tmp_path / "cd93"
    shutil.copytree(ROOT / "params" / "cd93", folder)

    def edit(*edits: tuple[str, str, str]) -> str:
        for file, old, new in edits:
            path = folder / file
            text = path.read_text(encoding="utf-8")
            assert old in text, f"{old!r} is not in {file}"
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ParameterError) as caught:
            load_study(folder)
        return str(caught.value).replace(str(folder), "cd93")

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "words", "place"),
    [
        (
            "questionnaire.yml",
            "code: 99, kind: refused",
            "code: 5, kind: refused",
            "Code 5 is the level 'Tout à fait' and the missing code 'refused'",
            "scales.a5.levels",
        ),
        (
            "questionnaire.yml",
            "code: 99, kind: refused",
            "code: 98, kind: refused",
            "'98' is declared 2 times",
            "missing (codes)",
        ),
        (
            "questionnaire.yml",
            "code: 99, kind: refused",
            "code: 99, kind: dont_know",
            "'dont_know' is declared 2 times",
            "missing (kinds)",
        ),
        (
            "questionnaire.yml",
            "label: {fr: Sans réponse",
            "label: {fr: Ne sait pas",
            "is declared 2 times",
            "missing (labels)",
        ),
        (
            "questionnaire.yml",
            "label: {fr: Plutôt non",
            "label: {fr: plutôt  OUI",
            "'plutôt oui' is declared 2 times",
            "scales.a5.levels",
        ),
        (
            "questionnaire.yml",
            "label: {fr: Sans réponse",
            "label: {fr: PLUTÔT oui",
            "The label 'Plutôt oui' is a level and a missing code",
            "scales.a5.levels",
        ),
        (
            "indicators.yml",
            "definitions: [T2B",
            "definitions: [T2B, T2B",
            "'T2B' is declared 2 times",
            ".definitions",
        ),
        (
            "indicators.yml",
            "maximum: 10",
            "maximum: .inf",
            "A number is too large, or is none",
            "maximum",
        ),
        (
            "indicators.yml",
            "maximum: 10",
            "maximum: .nan",
            "A number is too large, or is none",
            "maximum",
        ),
        (
            "indicators.yml",
            "maximum: 10",
            "maximum: 1e300",
            "A number is too large, or is none",
            "maximum",
        ),
        (
            "indicators.yml",
            "kind: top_share, top: 2",
            f"kind: top_share, top: {10**30}",
            "A number is too large",
            "top",
        ),
        (
            "indicators.yml",
            "valid_from: 2024-01-01",
            "valid_from: 2024-01-01, valid_to: 2023-01-01",
            "valid_from ≤ valid_to must hold",
            "indicators.0",
        ),
        (
            "directorates.yml",
            "channels: [",
            "channels: [] #",
            "should have at least 1 item",
            "directorates.0.channels",
        ),
        (
            "directorates.yml",
            "opened: 2026-01-13",
            "opened: 2026-01-13, closed: 2025-01-13",
            "closes after it has opened",
            "sites",
        ),
        (
            "waves.yml",
            "publication: 2024-09-16",
            "publication: 12024-09-16",
            "Input should be a valid date",
            "waves.0.publication",
        ),
        (
            "study.yml",
            "caution_below: 100",
            "caution_below: 99999999999",
            "less than or equal to 1000000",
            "thresholds.caution_below",
        ),
        (
            "retention.yml",
            "failed_notebooks: 30",
            "failed_notebooks: 99999999",
            "less than or equal to 36500",
            "failed_notebooks",
        ),
    ],
)
def test_what_would_make_figures_wrong_is_refused_with_its_place(
    refusal: Edited, file: str, old: str, new: str, words: str, place: str
) -> None:
    message = refusal((file, old, new))
    assert words and words in message, message
    assert re.search(rf"^  at: cd93/{file}, \S*{re.escape(place)}", message, re.MULTILINE), message


def test_no_population_is_refused(refusal: Edited) -> None:
    text = (ROOT / "params/cd93/directorates.yml").read_text(encoding="utf-8")
    start, end = text.index("populations:"), text.index("directorates:\n")
    message = refusal(("directorates.yml", text[start:end], "populations: []\n"))
    assert "should have at least 1 item" in message
    assert "  at: cd93/directorates.yml, populations\n" in message


@pytest.mark.parametrize(
    ("parents", "circle"),
    [
        ({"dpaph": "dpaph"}, "dpaph → dpaph"),
        ({"dpaph": "def", "def": "dpaph"}, "dpaph → def → dpaph"),
    ],
)
def test_parents_in_a_circle_are_told_once(
    refusal: Edited, parents: dict[str, str], circle: str
) -> None:
    message = refusal(
        *(
            ("directorates.yml", f"id: {child}\n", f"id: {child}\n    parent: {one}\n")
            for child, one in parents.items()
        )
    )
    assert message.count("lead in a circle") == 1 and circle in message


def test_every_fault_of_every_file_is_told_at_once(refusal: Edited) -> None:
    message = refusal(
        ("study.yml", "mode: web", "mode: wbe"),
        ("study.yml", "moment: a_froid", "moment: a_chaude"),
        ("waves.yml", "start: 2024-07-01", "strat: 2024-07-01"),
        ("indicators.yml", "kind: mean", "kind: maen"),
    )
    places = (
        "channels.0.mode",
        "channels.0.moment",
        "waves.1.strat",
        "waves.1.start",
        "definitions",
    )
    assert [place for place in places if place not in message] == []
    assert message.count("Hint:") >= 5


def test_every_disagreement_between_files_is_told_at_once(refusal: Edited) -> None:
    message = refusal(
        ("questionnaire.yml", "dimension: effort", "dimension: efort"),
        ("commitments.yml", "antenne-cedre:", "antenne-sedre:"),
        ("waves.yml", "start: 2024-07-01", "start: 2024-06-01"),
        ("margins/2026-2.yml", "'1':", "'7':"),
        ("indicators.yml", "item: Q17", "item: Q18"),
    )
    for words in (
        "'effort'",
        "'antenne-cedre'",
        "starts before wave",
        "margins/2026-2.yml",
        "no ordinal scale",
    ):
        assert words in message


def places(message: str) -> list[str]:
    """Where the faults of a message are."""
    return re.findall(r"^  at: \S+/(\S+, .+)$", message, re.MULTILINE)


MANIFEST = (ROOT / "tests" / "acceptance" / "nhs_fft" / "delivery.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            {"{value: comments}": "{valeu: comments}", "{column: Trust": "{colum: Trust"},
            ["mapping.directorate.colum", "mapping.channel.valeu"],
        ),
        ({"respondent:": "respondant:"}, ["mapping.respondant"]),
        ({'"7": -4': '"7": none of these'}, ["mapping.items.FFT.values.7"]),
        ({"keep: first": "keep: frist"}, ["mapping.respondent.keep"]),
        ({"{value: comments}": "{value: comments, column: x}"}, ["mapping.channel"]),
        ({"ignore: [Did": "ignored: [Did"}, ["mapping.items.WHY.ignored"]),
        ({"reader: delimited": "reader: delimitd", "column: Date": "colum: Date"}, None),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "",
)
def test_faults_of_a_mapping_are_told_once_where_they_are(
    tmp_path: Path, edits: dict[str, str], expected: list[str] | None
) -> None:
    text = MANIFEST
    for old, new in edits.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "manifest.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        read_model(tmp_path / "manifest.yml", Manifest)
    expected = expected or ["mapping.day.colum", "reader", "mapping.day.column"]
    assert places(str(caught.value)) == [f"manifest.yml, files.0.{one}" for one in expected]
    assert "too short" not in str(caught.value) and "none is declared" not in str(caught.value)
    assert read_model(ROOT / "tests/acceptance/nhs_fft/delivery.yml", Manifest).files


def test_an_empty_list_is_told_where_one_is_needed(tmp_path: Path) -> None:
    start = MANIFEST.index("files:")
    (tmp_path / "manifest.yml").write_text(MANIFEST[:start] + "files: []\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="at least 1 item") as caught:
        read_model(tmp_path / "manifest.yml", Manifest)
    assert places(str(caught.value)) == ["manifest.yml, files"]


def test_a_key_of_a_mapping_is_answered_with_the_nearest(tmp_path: Path) -> None:
    text = MANIFEST.replace("column: FFT answer", "colum: FFT answer")
    (tmp_path / "manifest.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match="did you mean 'column'") as caught:
        read_model(tmp_path / "manifest.yml", Manifest)
    where = "manifest.yml, files.0.mapping.items.WHY"
    assert places(str(caught.value)) == [f"{where}.colum", f"{where}.column"]


def test_what_may_have_two_forms_and_has_none_is_one_fault(refusal: Edited) -> None:
    message = refusal(("indicators.yml", "by: AGE", "by: age group"))
    assert places(message) == ["indicators.yml, breakdowns.2.by"]
    assert "'channel' or 'site'; or: string should match pattern" in message


def test_what_an_alias_repeats_is_one_fault(refusal: Edited) -> None:
    """The days at which sites posted one commitment are those of the others, by an alias."""
    text = (ROOT / "params/cd93/commitments.yml").read_text(encoding="utf-8")
    assert text.count("antenne-cedre:") == 1 and text.count("posted:") > 3
    message = refusal(("commitments.yml", "antenne-cedre:", "Antenne Cedre:"))
    assert places(message) == ["commitments.yml, commitments.0.posted.Antenne Cedre"]
    message = refusal(
        ("commitments.yml", "reponse-claire", "reponse claire"),
        ("commitments.yml", "lieu-accessible", "lieu accessible"),
    )
    assert places(message) == [
        "commitments.yml, commitments.0.id",
        "commitments.yml, commitments.0.posted.Antenne Cedre",
        "commitments.yml, commitments.1.id",
    ]


def test_a_name_in_a_message_is_short_and_on_one_line(refusal: Edited) -> None:
    message = refusal(
        ("study.yml", "mode: web", f'"{"x" * 500}": 1\n    mode: "a\\u202e\\nTraceback"')
    )
    lines = message.splitlines()
    assert max(map(len, lines)) < 300 and "x" * 61 not in message
    assert not any(line.startswith("Traceback") for line in lines) and "\u202e" not in message


# --- what a small file expands to -----------------------------------------------------------------

MERGES = "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)
)
LETTERS = "abcdefghijk"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{later}: &{later} [{','.join(['*' + earlier] * 9)}]\n"
    for earlier, later in zip(LETTERS, LETTERS[1:] + "l", strict=True)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, f"more than {MOST_VALUES} values"),
        (MERGES, "a merge key (<<) is not taken"),
        ("%YAML 1.1\n---\na: " + ":".join(["1"] * 100_000), "begins with a directive"),
        ("a: !!omap [a: 1, a: 2]", "Not "),
        ("[" * 20_000, f"more than {DEEPEST} deep"),
        ("- " * 20_000, f"more than {DEEPEST} deep"),
        ("{a: " * 20_000, f"more than {DEEPEST} deep"),
        ("? " * 20_000, f"more than {DEEPEST} deep"),
        (
            "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 99)),
            f"more than {DEEPEST} deep",
        ),
        ("&a [*a]", "An alias repeats what it stands in"),
        ("a: " + "9" * 400, "A number is too large"),
        ("a: " + "9" * 5_000, "Not readable as YAML"),
        ("a: !!python/object:os.system x", "Not valid YAML"),
    ],
    ids=lambda text: text[:12],
)
def test_what_a_small_file_expands_to_is_bounded(text: str, words: str) -> None:
    """In a process of its own: where a limit is missing, it takes gigabytes or for ever."""
    code = (
        "import resource, sys; from analysis.study.yaml_reader import parse_yaml; import "
        "analysis.study.loading\n"
        "from pathlib import Path\n"
        "held = int(Path('/proc/self/status').read_text().split('VmData:')[1].split()[0]) << 10\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (held + (200 << 20),) * 2)\n"
        "try: parse_yaml(sys.stdin.read(), 'f')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("ParameterError") and words in done.stdout, (
        done.stdout,
        done.stderr[-300:],
    )


def test_aliases_that_repeat_little_are_taken() -> None:
    assert parse_yaml("a: &x {b: 1}\nc: *x\n", "f") == {"a": {"b": 1}, "c": {"b": 1}}


def test_what_is_done_to_a_content_reaches_no_other_reader() -> None:
    first = parse_yaml("a: [1, {b: 2}]\n", "f")
    first["a"][1]["b"] = 3
    assert parse_yaml("a: [1, {b: 2}]\n", "g") == {"a": [1, {"b": 2}]}


def test_a_file_larger_than_parameters_are_is_refused_unread(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "params" / "cd93", tmp_path / "cd93")
    (tmp_path / "cd93" / "waves.yml").write_bytes(b"#" * (600 << 10))
    with pytest.raises(ParameterError, match="larger than 512 KiB"):
        load_study(tmp_path / "cd93")

"""Loading a study: what is refused, and with what words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from analysis.errors import ObservatoryError, ParameterError, ScopeError
from analysis.study import Claim, Definition, MissingKind, Study, Workspace, load_study
from tests.conftest import ROOT

Edit = Callable[[Path, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of cd93 with one text replaced in one file."""
    folder = tmp_path / "cd93"
    shutil.copytree(ROOT / "params" / "cd93", folder)

    def edit(path: Path, old: str, new: str) -> Path:
        file = folder / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


def refusal(folder: Path) -> str:
    with pytest.raises(ParameterError) as caught:
        load_study(folder)
    return str(caught.value).replace(str(folder), "cd93")


def test_cd93_is_what_the_barometer_says(study: Study) -> None:
    assert [wave.id for wave in study.waves] == [
        "2024-1",
        "2024-2",
        "2025-1",
        "2025-2",
        "2026-1",
        "2026-2",
    ]
    assert [one.id for one in study.directorates] == ["dpaph", "def"]
    assert sum(len(one.sites) for one in study.directorates) == 67
    assert all("(fictif)" in site.label for one in study.directorates for site in one.sites)
    core = [
        item.id
        for item in study.questionnaire.items
        if item.id.startswith("Q") and item.id[1:].isdigit()
    ]
    assert len(core) == 18
    assert {one.kind for one in study.questionnaire.missing} == set(MissingKind)
    assert {channel.claim for channel in study.channels} == {
        Claim.ESTIMATE,
        Claim.TREND,
        Claim.ALERT,
    }
    assert len(study.questionnaire.headings) == 6
    assert {one.heading for one in study.commitments} == {
        one.id for one in study.questionnaire.headings
    }
    assert all(one.status == "fictitious" for one in study.commitments)


def test_sites_post_the_charter_from_the_fourth_wave_on_and_some_never(study: Study) -> None:
    posted = study.commitments[0].posted
    assert min(posted.values()) >= study.wave("2025-2").start
    assert len(set(posted.values())) >= 4
    never = {site.id for one in study.directorates for site in one.sites} - set(posted)
    assert len(never) >= 5


def test_titles_are_about_the_first_headline_indicator_in_force(study: Study) -> None:
    """An indicator that ends before the last wave leaves its place to the next one; where none is
    in force, the first stays.
    """
    first, second, *others = study.indicators
    assert study.overall == first and second.headline
    ended = first.model_copy(update={"valid_to": study.waves[-2].end})
    after = study.model_copy(update={"indicators": (ended, second, *others)})
    assert after.overall == second
    assert after.for_pages(study.waves[-2].id).overall == ended
    over = [one.model_copy(update={"valid_to": study.waves[0].end}) for one in study.indicators]
    assert study.model_copy(update={"indicators": tuple(over)}).overall == over[0]


def test_a_building_opens_and_merges_two_sites(study: Study) -> None:
    sites = {site.id: site for one in study.directorates for site in one.sites}
    assert sites["maison-centre"].opened == date(2026, 1, 13)
    merged = [site for site in sites.values() if site.merged_into == "maison-centre"]
    assert len(merged) == 2
    assert not any(site.open_during(study.wave("2026-1")) for site in merged)
    assert all(site.open_during(study.wave("2025-2")) for site in merged)


def test_an_unknown_key_is_answered_with_the_nearest(edited: Edit) -> None:
    message = refusal(edited(Path("study.yml"), "publisher:", "publsher:"))
    assert message == snapshot(
        """\
Unknown key: 'publsher'.
  at: cd93/study.yml, publsher

Hint: did you mean 'publisher'? Known: 'accessibility', 'channels', 'contact', 'contact_address', 'embargo', 'id', 'landing_page', 'languages', 'legal_notice', 'licence', 'mission', 'publisher', ….

A key is missing: 'publisher'.
  at: cd93/study.yml, publisher

Hint: an editor that reads params/schemas completes it.\
"""
    )


def test_an_unknown_nested_key_names_its_place(edited: Edit) -> None:
    message = refusal(
        edited(Path("study.yml"), "    mode: web\n", "    mode: web\n    colour: red\n")
    )
    assert message == snapshot(
        """\
Unknown key: 'colour'.
  at: cd93/study.yml, channels.0.colour

Hint: known: 'claim', 'claim_reason', 'exposure', 'id', 'invited', 'items', 'label', 'mode', 'moment', 'note', 'sampling'.\
"""
    )


def test_a_duplicate_key_names_its_line(edited: Edit) -> None:
    message = refusal(
        edited(Path("study.yml"), "languages: [fr", "languages: [en]\nlanguages: [fr")
    )
    assert message == snapshot(
        """\
A key stands twice: 'languages'.
  at: cd93/study.yml, line 23

Hint: keep one of the two.\
"""
    )


def test_satisfaction_is_never_asked_under_constraint(edited: Edit) -> None:
    message = refusal(
        edited(Path("directorates.yml"), "items: [Q03, Q11, Q12]", "items: [Q03, Q01]")
    )
    assert message == snapshot(
        """\
A population under constraint is never asked its satisfaction: Q01.
  at: cd93/directorates.yml, populations.protection.items

Hint: list items on respect, clarity and being heard only.\
"""
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("study.yml", "id: cd93", "id: cd94", "lies in 'cd93'"),
        ("study.yml", "[Q01V]", "[Q01X]", "Unknown name: 'Q01X'"),
        ("questionnaire.yml", "dimension: effort", "dimension: efort", "did you mean 'effort'"),
        (
            "questionnaire.yml",
            "{code: 2, label: {fr: Plutôt non",
            "{code: 1, label: {fr: Plutôt non",
            "declared 2 times",
        ),
        ("indicators.yml", "item: Q17", "item: Q18", "no ordinal scale"),
        (
            "indicators.yml",
            "kind: top_share, top: 2",
            "kind: top_share, top: 4",
            "more levels than the scale has",
        ),
        (
            "indicators.yml",
            "kind: mean, maximum: 10",
            "kind: mean, top: 2",
            "takes exactly: maximum",
        ),
        ("waves.yml", "start: 2024-07-01", "start: 2024-06-01", "starts before wave 2024-1 ends"),
        (
            "waves.yml",
            "publication: 2024-09-16",
            "publication: 2024-03-16",
            "start ≤ end < publication",
        ),
        ("commitments.yml", "antenne-cedre:", "antenne-sedre:", "did you mean 'antenne-cedre'"),
        ("margins/2026-2.yml", "'1':", "'7':", "Unknown name: '7'"),
        ("margins/2026-2.yml", "antenne-bouleau: ", "antenne-bouleau: 9", "different totals"),
        ("management.yml", "heading: e3", "heading: e3\n    unite: x", "Unknown key: 'unite'"),
        ("waves.yml", "waves:", "waves: [", "Not valid YAML"),
        ("waves.yml", "start: 2024-07-01", "start: 2024-02-30", "Not readable as YAML"),
        ("waves.yml", "fr: 1er", "fr: \x01 1er", "Not readable as YAML"),
        ("indicators.yml", "id: T1B", "id: P1", "pattern"),
        ("indicators.yml", "id: canal", "id: total", "declared 2 times"),
        (
            "questionnaire.yml",
            "  - {code: 99, kind: refused, label: {fr: Sans réponse, en: No answer}}\n",
            "",
            "No code is given for 'refused'",
        ),
        (
            "study.yml",
            "items: [Q01, Q02, Q03, Q05, Q08,",
            "items: [Q01, Q02, Q03, Q05,",
            "Mandatory items are left out: Q08",
        ),
        ("study.yml", "claim: C3", "claim: C4", "An illustration (C4) counts nothing"),
    ],
)
def test_what_does_not_agree_is_refused(
    edited: Edit, file: str, old: str, new: str, words: str
) -> None:
    assert words in refusal(edited(Path(file), old, new))


def test_a_file_in_another_encoding_is_named(edited: Edit) -> None:
    folder = edited(Path("waves.yml"), "waves:", "waves:")
    path = folder / "waves.yml"
    path.write_bytes(
        path.read_text(encoding="utf-8").replace("dite", "é").encode("cp1252")
        + "# é".encode("cp1252")
    )
    assert "not UTF-8" in refusal(folder)


def test_names_are_not_paths(study: Study, tmp_path: Path) -> None:
    for name in ("../../etc", "dpaph/..", "", "DPAPH"):
        with pytest.raises(ScopeError):
            study.directorate(name)
        with pytest.raises(ScopeError):
            study.wave(name)
        with pytest.raises(ScopeError):
            Workspace(ROOT).study(name)


def test_a_workspace_is_found_from_any_folder_below(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    deep = tmp_path / "notebooks" / "workshop"
    deep.mkdir(parents=True)
    assert Workspace.find(deep).root == tmp_path.resolve()
    with pytest.raises(ObservatoryError, match="No workspace"):
        Workspace.find(Path("/"))


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"kind": "top_share", "top": 1}, (0, 0, 0, 0, 1)),
        ({"kind": "net", "top": 2, "bottom": 2}, (-1, -1, 0, 1, 1)),
        ({"kind": "mean", "maximum": 10}, (0, 2.5, 5, 7.5, 10)),
    ],
)
def test_a_definition_scores_the_levels(
    definition: dict[str, object], expected: tuple[float, ...]
) -> None:
    made = Definition.model_validate({"id": "XX", "version": "1.0", "label": "x", **definition})
    assert made.scores(5) == expected


def test_the_gds_mean_and_the_top_two_box_differ_on_the_same_answers() -> None:
    """Use an LPA, March 2026: 85.0 by the GDS mean, 87.8 by the top two (domain file, section
    5.1)."""
    counts = {1: 3.2, 2: 3.0, 3: 6.0, 4: 26.0, 5: 61.8}
    mean = Definition(id="M100", version="1.0", label="x", kind="mean", maximum=100).scores(5)
    top = Definition(id="T2B", version="1.0", label="x", kind="top_share", top=2).scores(5)
    total = sum(counts.values())
    assert sum(m * n for m, n in zip(mean, counts.values(), strict=True)) / total == pytest.approx(
        85.05, abs=0.01
    )
    assert 100 * sum(
        t * n for t, n in zip(top, counts.values(), strict=True)
    ) / total == pytest.approx(87.8)

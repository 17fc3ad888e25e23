"""Files of a study that do not agree: a broken relation is one fault, told at its file and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import ObservatoryError, ParameterError
from analysis.study import load_study
from analysis.study.yaml_reader import read_yaml
from tests.conftest import ROOT

Edit = tuple[str, str, str]
Broken = Callable[..., list[tuple[str, str, str]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the demonstration study."""
    return Path(shutil.copytree(ROOT / "params" / "cd93", tmp_path / "cd93"))


def edit(folder: Path, *edits: Edit) -> None:
    """Replaces a text wherever it stands in a file, for each edit."""
    for file, old, new in edits:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def faults(folder: Path) -> Broken:
    """Edits the copy; where each fault is, what it says and what it hints at."""

    def broken(*edits: Edit) -> list[tuple[str, str, str]]:
        edit(folder, *edits)
        with pytest.raises(ParameterError) as caught:
            load_study(folder)
        told: list[ObservatoryError] = [caught.value, *caught.value.others]
        return [
            ((fault.where or "").removeprefix(f"{folder}/"), fault.what, fault.hint)
            for fault in told
        ]

    return broken


def test_the_intact_study_has_no_fault(folder: Path) -> None:
    assert load_study(folder).id == "cd93"


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "name"),
    [
        (
            "waves.yml",
            "waves:\n",
            "comparison: {baseline: 2023-2}\nwaves:\n",
            "comparison.baseline",
            "2023-2",
        ),
        ("margins/2025-1.yml", "  dpaph:\n", "  mdph:\n", "margins", "mdph"),
        ("margins/2024-1.yml", "POUR: {", "Q01: {", "dpaph", "Q01"),
        (
            "margins/2024-2.yml",
            "antenne-bouleau: ",
            "pmi-acacias: ",
            "dpaph.site",
            "pmi-acacias",
        ),
        ("margins/2026-1.yml", "PREMIERE: {'1'", "PREMIERE: {'3'", "def.PREMIERE", "3"),
        ("questionnaire.yml", "scale: visages\n", "scale: faces\n", "items.Q01V.scale", "faces"),
        (
            "questionnaire.yml",
            "dimension: numerique",
            "dimension: digital",
            "items.Q17.dimension",
            "digital",
        ),
        (
            "questionnaire.yml",
            "dimension: expression, heading: e6",
            "dimension: expression, heading: e7",
            "items.Q18.heading",
            "e7",
        ),
        (
            "questionnaire.yml",
            "directorates: [dpaph]",
            "directorates: [mdph]",
            "items.POUR.directorates",
            "mdph",
        ),
        (
            "study.yml",
            "[Q01, Q02, Q03, Q05,",
            "[Q01, Q02, Q03, Q55,",
            "channels.qr.items",
            "Q55",
        ),
        (
            "directorates.yml",
            "acronym: {fr: DEF, en: DEF}\n    channels: [invitation, qr,",
            "acronym: {fr: DEF, en: DEF}\n    channels: [invitation, tablette,",
            "def.channels",
            "tablette",
        ),
        (
            "directorates.yml",
            "acronym: {fr: DEF, en: DEF}\n",
            "acronym: {fr: DEF, en: DEF}\n    parent: dgs\n",
            "def.parent",
            "dgs",
        ),
        (
            "directorates.yml",
            "{id: antenne-cedre,",
            "{id: antenne-cedre, merged_into: antenne-chene,",
            "antenne-cedre.merged_into",
            "antenne-chene",
        ),
        (
            "directorates.yml",
            "{id: antenne-cedre,",
            "{id: antenne-cedre, population: mineurs,",
            "antenne-cedre.population",
            "mineurs",
        ),
        (
            "directorates.yml",
            "[Q03, Q11, Q12]",
            "[Q03, Q11, Q99]",
            "populations.protection.items",
            "Q99",
        ),
        ("indicators.yml", "item: Q17", "item: Q77", "service_en_ligne.item", "Q77"),
        (
            "indicators.yml",
            "definitions: [T1B],",
            "definitions: [T4B],",
            "sans_repeter.definitions",
            "T4B",
        ),
        ("indicators.yml", "by: PREMIERE", "by: SECONDE", "breakdowns.premiere.by", "SECONDE"),
        ("commitments.yml", "heading: e4", "heading: e9", "referent-unique.heading", "e9"),
        (
            "commitments.yml",
            "perceived: accueil",
            "perceived: courtoisie",
            "accueil-respect.perceived",
            "courtoisie",
        ),
        (
            "commitments.yml",
            "since: 2026-01-01\n",
            "since: 2026-01-01\n    posted: {pmi-orties: 2026-01-01}\n",
            "avis-ecoutes.posted",
            "pmi-orties",
        ),
        ("management.yml", "heading: e6", "heading: e8", "reclamations_1000.heading", "e8"),
        (
            "management.yml",
            "perceived: joignabilite",
            "perceived: standard",
            "taux_decroche.perceived",
            "standard",
        ),
        (
            "management.yml",
            "en: Visits}, unit: count, directorates: [dpaph, def]",
            "en: Visits}, unit: count, directorates: [dpaph, def, dgs]",
            "visites.directorates",
            "dgs",
        ),
    ],
)
def test_a_name_that_nothing_declares_is_one_fault_where_it_stands(
    faults: Broken, file: str, old: str, new: str, key: str, name: str
) -> None:
    ((where, what, _),) = faults((file, old, new))
    assert (where, what) == (f"{file}, {key}", f"Unknown name: '{name}'.")


def test_the_nearest_of_what_may_stand_there_is_proposed(faults: Broken) -> None:
    """Of the sites of the directorate, not of all sites."""
    ((_, _, hint),) = faults(("margins/2024-2.yml", "antenne-bouleau: ", "antenne-boulot: "))
    assert hint.startswith("did you mean 'antenne-bouleau'")
    assert "Known: 'accueil-est', 'accueil-nord', 'antenne-" in hint
    assert "pmi-" not in hint


@pytest.mark.parametrize(
    ("file", "before", "added", "key", "name"),
    [
        (
            "questionnaire.yml",
            "  - id: texte\n",
            "  - {id: texte, label: Encore, kind: text}\n",
            "scales",
            "texte",
        ),
        (
            "questionnaire.yml",
            "  - {id: AGE,",
            "  - {id: SEUL, wording: Encore, short: Encore, scale: oui_non, role: profile}\n",
            "items",
            "SEUL",
        ),
        (
            "questionnaire.yml",
            "  - {id: global,",
            "  - {id: suivi, label: Encore}\n",
            "dimensions",
            "suivi",
        ),
        ("questionnaire.yml", "  - {id: e1,", "  - {id: e6, label: Encore}\n", "headings", "e6"),
        (
            "study.yml",
            "  - id: invitation\n",
            "  - {id: borne, label: Encore, claim: C3, claim_reason: x, mode: kiosk,\n"
            "     moment: a_chaud, items: [Q01V]}\n",
            "channels",
            "borne",
        ),
        (
            "directorates.yml",
            "  - id: dpaph\n",
            "  - {id: def, label: Encore, acronym: E, channels: [borne]}\n",
            "directorates",
            "def",
        ),
        (
            "directorates.yml",
            "  - {id: generale,",
            "  - {id: protection, label: Encore}\n",
            "populations",
            "protection",
        ),
        (
            "directorates.yml",
            "      - {id: pmi-acacias,",
            "      - {id: antenne-cedre, label: D’une autre direction, kind: pmi}\n",
            "sites",
            "antenne-cedre",
        ),
        (
            "indicators.yml",
            "  - {id: T2B,",
            '  - {id: M10, version: "1.0", label: Encore, kind: mean, maximum: 10}\n',
            "definitions",
            "M10",
        ),
        (
            "indicators.yml",
            "  - {id: clarte,",
            '  - {id: equite, version: "1.0", label: Encore, item: Q16, definitions: [T2B],\n'
            "     valid_from: 2024-01-01}\n",
            "indicators",
            "equite",
        ),
        (
            "indicators.yml",
            "  - {id: canal,",
            "  - {id: pour, label: Encore, by: POUR}\n",
            "breakdowns (total is taken)",
            "pour",
        ),
        (
            "commitments.yml",
            "  - id: reponse-claire\n",
            "  - {id: delai-annonce, label: Encore, promise: Encore, heading: e1,\n"
            "     status: fictitious, wanted: {perceived: Quoi, measured: Combien}}\n",
            "commitments",
            "delai-annonce",
        ),
        (
            "management.yml",
            "  - id: delai_moyen\n",
            "  - {id: visites, label: Encore, unit: count, directorates: [dpaph, def]}\n",
            "indicators",
            "visites",
        ),
        (
            "waves.yml",
            "  - {id: 2024-1,",
            "  - {id: 2026-2, label: Encore, start: 2023-01-01, end: 2023-06-30,\n"
            "     publication: 2023-09-18}\n",
            "waves",
            "2026-2",
        ),
    ],
)
def test_what_is_declared_twice_is_one_fault_of_its_list(
    faults: Broken, file: str, before: str, added: str, key: str, name: str
) -> None:
    ((where, what, _),) = faults((file, before, added + before))
    assert (where, what) == (f"{file}, {key}", f"'{name}' is declared 2 times.")


def test_two_units_of_one_acronym_are_told(faults: Broken) -> None:
    """Pages name units by them: two of one name would be taken for one another."""
    ((where, what, _),) = faults(
        ("directorates.yml", "acronym: {fr: DEF, en: DEF}", "acronym: {fr: DEF, en: DPAPH}")
    )
    assert where.startswith("directorates.yml, directorates (acronyms in 'en'")
    assert what == "'DPAPH' is declared 2 times."


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "what"),
    [
        (
            "study.yml",
            "[Q01V]",
            "[Q01V, Q01V]",
            "channels.borne.items",
            "'Q01V' is declared 2 times.",
        ),
        (
            "directorates.yml",
            "acronym: {fr: DEF, en: DEF}\n    channels: [invitation, qr,",
            "acronym: {fr: DEF, en: DEF}\n    channels: [qr, invitation, qr,",
            "def.channels",
            "'qr' is declared 2 times.",
        ),
        (
            "study.yml",
            "id: cd93\n",
            "id: cd94\n",
            "id",
            "The study calls itself 'cd94' but lies in 'cd93'.",
        ),
        (
            "waves.yml",
            "start: 2024-07-01",
            "start: 2024-06-30",
            "2024-2",
            "Wave 2024-2 starts before wave 2024-1 ends.",
        ),
        (
            "questionnaire.yml",
            "    kind: text\n",
            "    kind: text\n    levels: [{code: 1, label: Un mot}]\n",
            "scales.texte.levels",
            "A text has no levels.",
        ),
        (
            "questionnaire.yml",
            "  - id: texte\n",
            "  - {id: un, label: Un, kind: nominal, levels: [{code: 1, label: Un}]}\n"
            "  - id: texte\n",
            "scales.un",
            "A closed scale has at least two levels.",
        ),
        (
            "directorates.yml",
            "constrained: true,\n     items: [Q03, Q11, Q12]",
            "constrained: true",
            "populations.protection.items",
            "A population under constraint is never asked its satisfaction: "
            "Q01, Q01V, Q02, Q08, Q09, Q10, Q13, Q15, Q17.",
        ),
        (
            "directorates.yml",
            "opened: 2026-01-13",
            "opened: 2026-01-13, merged_into: accueil-est",
            "accueil-est.merged_into",
            "These lead in a circle: accueil-est → maison-centre → accueil-est.",
        ),
        (
            "indicators.yml",
            "headline: true",
            "headline: false",
            "indicators",
            "No indicator is a headline one.",
        ),
        (
            "indicators.yml",
            "item: Q17",
            "item: Q09b",
            "service_en_ligne",
            "Item Q09b has no ordinal scale to read.",
        ),
        (
            "indicators.yml",
            "definitions: [T1B],",
            "definitions: [T1B, NET],",
            "sans_repeter",
            "Definition NET names more levels than the scale has.",
        ),
        (
            "indicators.yml",
            "by: PREMIERE",
            "by: Q18",
            "breakdowns.premiere.by",
            "Item Q18 is a text, and has no categories.",
        ),
        (
            "study.yml",
            "claim: C3",
            "claim: C4",
            "channels.borne",
            "An illustration (C4) counts nothing, but asks Q01V.",
        ),
    ],
)
def test_what_does_not_agree_is_one_fault_of_one_key(
    faults: Broken, file: str, old: str, new: str, key: str, what: str
) -> None:
    ((where, said, _),) = faults((file, old, new))
    assert (where, said) == (f"{file}, {key}", what)


@pytest.mark.parametrize(
    "edits",
    [
        [("waves.yml", "waves:\n", "comparison: {baseline: 2024-1}\nwaves:\n")],
        [("waves.yml", "end: 2024-06-30", "end: 2024-06-29")],
        [("indicators.yml", "definitions: [T2B], headline", "definitions: [NET], headline")],
        [("study.yml", "items: [Q01V]", "items: [Q18]"), ("study.yml", "claim: C3", "claim: C4")],
        [("directorates.yml", "constrained: true,\n     items: [Q03, Q11, Q12]", "items: [Q01]")],
        [
            (
                "directorates.yml",
                "acronym: {fr: DEF, en: DEF}\n",
                "acronym: {fr: DEF, en: DEF}\n    parent: dpaph\n",
            )
        ],
        [("directorates.yml", "{id: antenne-cedre,", "{id: antenne-cedre, merged_into: pmi-iris,")],
    ],
    ids=[
        "a baseline that is a wave",
        "a gap between waves",
        "as many levels as the scale has",
        "an illustration of open questions",
        "satisfaction without constraint",
        "a parent that is no circle",
        "a site merged into another directorate's",
    ],
)
def test_what_is_next_to_a_fault_and_agrees_is_accepted(folder: Path, edits: list[Edit]) -> None:
    edit(folder, *edits)
    assert load_study(folder).id == "cd93"


def test_margins_of_different_totals_are_one_fault_and_users_who_moved_none(
    folder: Path, faults: Broken
) -> None:
    file = "margins/2026-2.yml"
    one, two = read_yaml(folder / file)["margins"]["dpaph"]["POUR"].values()
    total = one + two
    moved = (file, f"'1': {one}, '2': {two}}}", f"'1': {one - 1}, '2': {two + 1}}}")
    edit(folder, moved)
    assert load_study(folder).id == "cd93"
    ((where, what, _),) = faults((file, f"'1': {one - 1}, ", f"'1': {one}, "))
    assert (where, what) == (
        f"{file}, dpaph",
        f"The margins have different totals: site {total}, AGE {total}, POUR {total + 1}.",
    )


def test_two_faults_of_two_files_are_both_told_and_no_third(faults: Broken) -> None:
    told = faults(
        ("management.yml", "perceived: joignabilite", "perceived: standard"),
        ("waves.yml", "waves:\n", "comparison: {baseline: 2023-2}\nwaves:\n"),
    )
    assert {(where, what) for where, what, _ in told} == {
        ("management.yml, taux_decroche.perceived", "Unknown name: 'standard'."),
        ("waves.yml, comparison.baseline", "Unknown name: '2023-2'."),
    }
    assert len(told) == 2


def test_two_faults_of_one_key_are_both_told(faults: Broken) -> None:
    told = faults(("study.yml", "items: [Q01V]", "items: [Q18, Q18, Q98]"))
    assert sorted(told)[0][0] == sorted(told)[1][0] == "study.yml, channels.borne.items"
    assert sorted(what for _, what, _ in told) == [
        "'Q18' is declared 2 times.",
        "Unknown name: 'Q98'.",
    ]


def test_the_margins_of_a_wave_that_is_not_declared_are_told_at_their_file(
    folder: Path, faults: Broken
) -> None:
    shutil.copy(folder / "margins" / "2024-1.yml", folder / "margins" / "2023-2.yml")
    ((where, what, _),) = faults()
    assert (where, what) == ("margins/2023-2.yml, (file name)", "Unknown name: '2023-2'.")

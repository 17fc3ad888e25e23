"""Practice notes: how they are read and refused, what of them may be published, and their pages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.errors import ParameterError, ScopeError
from analysis.operations.check import check_study
from analysis.publishing.pages import observatory, practices
from analysis.publishing.practice_texts import unpublishable_notes
from analysis.publishing.rendering.lint import check_page
from analysis.study import Study, Workspace, load_study, open_study
from analysis.study.practice_files import load_practices, read_practice
from analysis.study.practices import HEADINGS, SECTIONS, Practice
from analysis.study.scope import Scope
from tests.conftest import ROOT, alter
from tests.released import page, row
from tests.unit.test_listening import device, listened
from tests.unit.test_pages import lines

NOTE = """---
id: exit
title: {fr: Interroger à la sortie, en: Asking on the way out}
date: 2026-03-01
status: trial
devices: [visits]
products: [dpaph]
cost: 1200
contact: {fr: Mission, en: Office}
---

## Contexte

Personne ne savait qui repartait content.

## Dispositif

- Un *agent* à la porte.
- Une [fiche](https://source.example/24e-fiche) ?

## Coût

1 200 € par an.

## Résultat

Les pressés ne répondent pas.

## Leçon

Demander une seule chose.
"""

ENGLISH = """
## Context

Nobody knew who left happy.

## Device

Somebody at the door.

## Cost

€1,200 a year.

## Result

People in a hurry do not answer.

## Lesson

Ask one thing only.
"""


def written(folder: Path, text: str = NOTE, name: str = "exit") -> Path:
    """A note in a study's folder."""
    (folder / "practices").mkdir(parents=True, exist_ok=True)
    path = folder / "practices" / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path


def changed(old: str, new: str) -> str:
    assert old in NOTE
    return NOTE.replace(old, new, 1)


def note(folder: Path, text: str = NOTE) -> Practice:
    return read_practice(written(folder, text))


def noted(study: Study, *notes: Practice) -> Study:
    """The study with these notes, and a device that they speak of."""
    listening = listened(study, device("visits"), device("calls", products=["def"]))
    return listening.model_copy(update={"practices": notes})


# --- reading --------------------------------------------------------------------------------------


def test_a_note_is_read_whole(tmp_path: Path) -> None:
    found = note(tmp_path)
    assert (found.id, found.title, found.status, found.cost) == (
        "exit",
        "Interroger à la sortie",
        "trial",
        1200,
    )
    assert found.sections.lesson == "Demander une seule chose."
    assert found.sections.device.splitlines()[0] == "- Un *agent* à la porte."
    both = note(tmp_path, NOTE + ENGLISH)
    assert both.sections.lesson.texts == {  # type: ignore[attr-defined]
        "fr": "Demander une seule chose.",
        "en": "Ask one thing only.",
    }


def test_the_template_is_a_note_in_each_language() -> None:
    template = read_practice(ROOT / "params" / "practice.md")
    for name in SECTIONS:
        assert set(getattr(template.sections, name).texts) == set(HEADINGS), name


def test_headings_differ_from_section_to_section_and_language_to_language() -> None:
    words = [word for names in HEADINGS.values() for word in names.values()]
    assert len(words) == len(set(words)) == len(SECTIONS) * len(HEADINGS)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (changed("## Leçon\n\nDemander une seule chose.\n", ""), "without its lesson", "exit.md"),
        (
            NOTE + ENGLISH.split("## Lesson", maxsplit=1)[0],
            "without its lesson, in 'en'",
            "exit.md",
        ),
        (changed("Demander une seule chose.\n", ""), "'## Leçon' is empty", "line 29"),
        (changed("1 200 € par an.\n", "\n"), "'## Coût' is empty", "line 21"),
        (changed("## Leçon", "## Leson"), "no heading '## Leson'", "line 29"),
        (changed("## Leçon", "### Leçon"), "no heading '### Leçon'", "line 29"),
        (changed("## Leçon", "## Coût"), "'## Coût' stands twice", "line 29"),
        (changed("## Contexte", "Avant.\n\n## Contexte"), "before the first heading", "line 12"),
        (changed("---\nid", "id"), "begins with its front matter", "line 1"),
        (changed("---\n\n", "\n"), "begins with its front matter", "line 1"),
        (changed("cost: 1200", "cost: 1200\ncost: 1300"), "A key stands twice", "line 9"),
        (changed("status: trial", "status: tried"), "Input should be 'planned'", "status"),
        (changed("cost:", "price:"), "Unknown key: 'price'", "price"),
        (changed("cost: 1200", "cost: -1"), "greater than or equal to 0", "cost"),
        (changed("contact: {fr: Mission, en: Office}\n", ""), "missing: 'contact'", "contact"),
        (changed("2026-03-01", "2026-02-30"), "Not readable as YAML", "exit.md"),
        (changed("id: exit", "id: Exit !"), "should match pattern", "id"),
        (
            changed("devices: [visits]\nproducts: [dpaph]\n", ""),
            "names a device or a product",
            "exit.md",
        ),
        (changed("status: trial", "status: !!python/name:os.system"), "YAML", "exit.md"),
    ],
)
def test_a_fault_of_a_note_is_told_with_its_place(
    tmp_path: Path, text: str, what: str, where: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        note(tmp_path, text)
    said = str(caught.value)
    assert what in said and where in said.split("at: ")[1].splitlines()[0]
    assert "\nHint: " in said


def test_every_fault_of_every_note_is_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, changed("## Leçon", "## Leson"))
    written(tmp_path, NOTE, name="other")
    written(tmp_path, NOTE, name="third")
    with pytest.raises(ParameterError) as caught:
        load_practices(tmp_path)
    said = str(caught.value)
    assert "'## Leson'" in said and "without its lesson" in said
    assert "its file is other.md" in said
    assert "2 notes are called 'exit': other.md, third.md" in said


def test_notes_stand_from_the_last_written_to_the_first(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, changed("id: exit", "id: late").replace("2026-03", "2026-04"), name="late")
    written(tmp_path, "no note", name=".hidden")
    assert [one.id for one in load_practices(tmp_path)] == ["late", "exit"]
    assert load_practices(tmp_path / "nowhere") == ()


# --- the study ------------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with a study that has notes."""
    shutil.copytree(ROOT / "params" / "dila", tmp_path / "params" / "dila")
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("devices: [tests]", "devices: [testes]", "'testes'"),
        ("products: [service-public", "products: [service-publique", "'service-public'"),
        ("products: [service-public", "products: [dep-droit", "Unknown name: 'dep-droit'"),
    ],
)
def test_a_note_speaks_of_what_there_is(
    workspace: Workspace, old: str, new: str, words: str
) -> None:
    path = workspace.params / "dila" / "practices" / "tests-loin-du-numerique.md"
    alter(path, old, new)
    with pytest.raises(ParameterError) as caught:
        load_study(workspace.params / "dila")
    assert words in str(caught.value) and f"{path}, " in str(caught.value)


def test_a_note_has_the_main_language_and_no_unknown_one(workspace: Workspace) -> None:
    folder = workspace.params / "dila"
    written(folder, NOTE.partition("\n## ")[0].replace("visits", "tests") + ENGLISH)
    alter(folder / "practices" / "exit.md", "dpaph", "allo")
    with pytest.raises(ParameterError) as caught:
        load_study(folder)
    assert "A text is not given in 'fr'" in str(caught.value)
    assert "exit.md, sections.lesson" in str(caught.value)


def test_a_note_is_part_of_the_study_that_pages_see_and_no_result_is_made_of_it(
    workspace: Workspace,
) -> None:
    path = workspace.params / "dila" / "practices" / "barometre-commun.md"
    before = open_study(workspace, "dila")
    assert path in workspace.parameters("dila")
    alter(path, "Une question modifiée", "Une seule question modifiée")
    after = open_study(workspace, "dila")
    parts = [one.for_pages("2026-1").part_digests() for one in (before, after)]
    assert {name for name in parts[0] if parts[0][name] != parts[1][name]} == {
        "practices/barometre-commun.md"
    }
    assert before.for_scope(Scope()).digest == after.for_scope(Scope()).digest
    with pytest.raises(ScopeError, match="without its practices"):
        _ = after.for_scope(Scope()).practices
    assert open_study(workspace, "dila") == after, "and it comes back from the cache"


# --- what may be published ------------------------------------------------------------------------


def refused(study: Study, folder: Path, text: str) -> list[str]:
    return [str(one) for one in unpublishable_notes(noted(study, note(folder, text)))]


def test_the_notes_of_the_demonstration_can_be_published(study: Study, tmp_path: Path) -> None:
    assert refused(study, tmp_path, NOTE + ENGLISH) == []
    shipped = load_study(ROOT / "params" / "dila")
    assert len(shipped.practices) >= 6 and unpublishable_notes(shipped) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Écrire à prenom.nom@exemple.invalid.", "looks like an e-mail address"),
        ("Appeler le 06 12 34 56 78.", "looks like a telephone number"),
        ("Dossier 20241234.", "looks like a long number"),
        ("Demander à Mme Durand.", "looks like the name of a person"),
        ("<script>alert(1)</script>", "cannot hold HTML"),
        ("Un <b>mot</b>.", "cannot hold HTML"),
        ("<!-- caché -->", "cannot hold HTML"),
        ("![](https://source.example/a.png)", "cannot hold an image"),
        ("[ici](http://source.example)", "a link to 'http://source.example'"),
        ("[ici](javascript:alert(1))", "a link to 'javascript:alert(1)'"),
        ("[ici](index.html)", "a link to 'index.html'"),
        ("[ici](https://source.example){.x}", "a link with attributes"),
        ("Titre\n=====", "a heading of its own"),
        ("a\n\n    code", "cannot hold code"),
        ("```{python}\nprint(1)\n```", "a block that runs"),
        ("{{< include a.md >}}", "a shortcode"),
        ("::: {.callout-note title='a'}\nb\n:::", "a box"),
        ("$x$", "a formula"),
        ("Voir @fig-a.", "a word that begins with @"),
        ("a[^1]\n\n[^1]: b", "a footnote"),
        ("|a|b|\n|-|-|\n|c|d|", "a table"),
    ],
)
def test_what_is_personal_or_no_plain_text_is_named_with_its_heading(
    study: Study, tmp_path: Path, text: str, what: str
) -> None:
    found = refused(study, tmp_path, changed("Les pressés ne répondent pas.", text))
    assert found and all("practices/exit.md, ## Résultat" in one for one in found)
    assert any(what in one for one in found), found


def test_a_fault_is_told_in_the_language_that_holds_it(study: Study, tmp_path: Path) -> None:
    text = NOTE + ENGLISH.replace("Ask one thing only.", "Call +33 6 12 34 56 78.")
    (found,) = refused(study, tmp_path, text)
    assert "exit.md, ## Lesson" in found
    contact = changed("fr: Mission", "fr: M. Durand")
    (found,) = refused(study, tmp_path, contact)
    assert "exit.md, contact." in found
    (found,) = refused(study, tmp_path, changed("id: exit", "id: exit\nbody: Mme Durand"))
    assert "exit.md, body." in found


def test_check_tells_what_cannot_be_published_and_the_page_refuses_it(
    workspace: Workspace, study: Study, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "notebooks", workspace.root / "notebooks")
    assert "No fault found" in check_study(workspace, "dila")
    path = workspace.params / "dila" / "practices" / "panel-de-lecteurs.md"
    alter(path, "Trois cents lecteurs", "<b>Trois cents</b> lecteurs")
    with pytest.raises(ParameterError, match="cannot hold HTML"):
        check_study(workspace, "dila")
    named = noted(study, note(tmp_path, changed("Les pressés", "<b>Les pressés</b>")))
    with pytest.raises(ParameterError, match="cannot hold HTML"):
        practices.notes(page(named, directorate=None))


# --- pages ----------------------------------------------------------------------------------------


def test_each_note_has_its_line_and_the_ways_to_it(study: Study, tmp_path: Path) -> None:
    first = note(tmp_path)
    free = (
        changed("id: exit", "id: free\nbody: Ville de Bourg")
        .replace("cost: 1200\n", "")
        .replace("devices: [visits]\n", "")
    )
    second = read_practice(
        written(tmp_path, free.replace("à la sortie", "à l’entrée"), name="free")
    )
    found = lines(practices.index(page(noted(study, first, second), directorate=None)))
    assert [one for one in found if "|" in one] == [
        "Pratique|Menée par|Dispositifs concernés|Directions|État|Coût par an (en euros)|"
        "Fiche mise à jour le|",
        f"Interroger à la sortie|{study.publisher}|Visits|DPAPH|à l’essai|1 200|1ᵉʳ mars 2026|",
        "Interroger à l’entrée|Ville de Bourg||DPAPH|à l’essai|non chiffré|1ᵉʳ mars 2026|",
    ]
    to_first = "[Interroger à la sortie](pratiques.html#practices-exit)"
    to_second = "[Interroger à l’entrée](pratiques.html#practices-free)"
    at = found.index("### Pratiques, par dispositif")
    assert found[at + 1] == f"- **Visits :** {to_first}", "and no device without a note"
    at = found.index("### Pratiques, par direction")
    assert found[at + 1].endswith(f" {to_first} ; {to_second}") and len(found) == at + 3
    assert found[-1] == "[Ce que d’autres ont publié](methode.html)"
    alone = noted(study, first).model_copy(update={"references": (), "context": ()})
    found = lines(practices.index(page(alone, directorate=None)))
    assert "methode.html" not in "".join(found)


def test_a_note_stands_under_its_headings_and_leads_back(study: Study, tmp_path: Path) -> None:
    named = noted(study, note(tmp_path))
    shown = practices.notes(
        page(named, row(layer="answers", breakdown="channel"), directorate=None)
    )
    check_page(shown.markdown, "pratiques")
    found = lines(shown)
    assert [one for one in found if one.startswith("#")] == [
        "## Interroger à la sortie",
        *(f"### {word}" for word in HEADINGS["fr"].values()),
    ]
    assert "- **Dispositifs concernés :** [Visits](observatoire.html#devices)" in found
    assert "- **Directions :** [DPAPH](direction-dpaph.html)" in found
    assert "{#practices-exit}" in shown.markdown and "{#practices-exit-lesson}" in shown.markdown
    assert "- Une [fiche](https://source.example/24e-fiche)\u00a0?" in shown.markdown
    without = practices.notes(page(named, directorate=None))
    assert "direction-dpaph.html" not in without.markdown, "of which this edition has no page"


def test_a_text_that_is_in_the_main_language_alone_says_so(study: Study, tmp_path: Path) -> None:
    named = noted(study, note(tmp_path)).in_language("en")
    shown = practices.notes(page(named, directorate=None)).markdown
    check_page(shown, "pratiques")
    assert "## Asking on the way out" in shown and "### Lesson" in shown
    assert "::: {lang=fr}\n\nDemander une seule chose.\n\n:::" in shown
    both = noted(study, note(tmp_path, NOTE + ENGLISH)).in_language("en")
    assert "::: {lang=fr}" not in practices.notes(page(both, directorate=None)).markdown


def test_devices_and_products_lead_to_the_notes_that_speak_of_them(
    study: Study, tmp_path: Path
) -> None:
    named = noted(study, note(tmp_path))
    way = "[Interroger à la sortie](pratiques.html#practices-exit)"
    everywhere = lines(observatory.devices(page(named, row(), directorate=None)))
    assert everywhere[-2:] == ["### Pratiques, par dispositif", f"- **Visits :** {way}"]
    own = lines(observatory.devices(page(named, row())))
    assert own[-2:] == [
        "### Ce qui a été appris en écoutant ses usagers",
        f"- **À l’essai :** {way}",
    ]
    other = lines(observatory.devices(page(named, row(), directorate="def")))
    assert not any("pratiques.html" in one for one in other)
    shipped = load_study(ROOT / "params" / "dila").in_language("fr")
    department = page(shipped, directorate="dep-relation", wave="2026-1")
    assert (
        "pratiques.html#practices-rappel-apres-appel" in practices.of_products(department).markdown
    )
    silent = page(shipped, directorate="dep-donnees", wave="2026-1")
    assert "comarquage" in {one for note_ in shipped.practices for one in note_.products}
    assert "practices-barometre-commun" in practices.of_products(silent).markdown


def test_a_study_without_devices_has_notes_on_its_products(study: Study, tmp_path: Path) -> None:
    alone = note(tmp_path, changed("devices: [visits]\n", ""))
    named = study.model_copy(update={"practices": (alone,)})
    way = "[Interroger à la sortie](pratiques.html#practices-exit)"
    assert lines(observatory.devices(page(named, row()))) == [
        "## Ce qui a été appris en écoutant ses usagers",
        f"- **À l’essai :** {way}",
    ]
    found = lines(practices.index(page(named, directorate=None)))
    assert not any("par dispositif" in one for one in found)
    shown = practices.notes(page(named, row(layer="answers"), directorate=None)).markdown
    assert "observatoire.html" not in shown and "direction-dpaph.html" in shown

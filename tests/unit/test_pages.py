"""Each section of a page, as it is read: text, tables and sentences on literal figures."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from analysis.errors import ScopeError
from analysis.publishing.blocks import Block
from analysis.publishing.pages import (
    aspects,
    distributions,
    method,
    results,
    synthesis,
    trends,
)
from analysis.publishing.pages.page import Page
from analysis.study import Study
from tests.released import HIDDEN, change_row, detectable_row, page, row


def lines(block: Block) -> list[str]:
    """What a reader reads of a block, line by line; cells of a row apart by a bar."""
    text = re.sub(r"^(#+ .*) \{#[\w-]+\}$", r"\1", block.markdown, flags=re.MULTILINE)
    text = re.sub(r"\\([^\w\s])", r"\1", text)
    text = re.sub(r"^!\[\]\(figures/[\w-]+-narrow\).*$", "", text, flags=re.MULTILINE)
    text = text.replace("{.wide fig-alt=", "{fig-alt=")
    text = re.sub(r"</t[dh]>\s*", "|", text)
    text = re.sub(r"<[^>]*>", "", text)
    text = re.sub(r"^(:::.*|```.*)$", "", text, flags=re.MULTILINE)
    text = html.unescape(text).replace("\u00a0", " ").replace("\u202f", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def levels(**about: Any) -> list[dict[str, Any]]:
    """The shares of the five levels of a question."""
    return [
        row(definition=f"P{code}", value=share, low=share - 0.02, high=share + 0.02, **about)
        for code, share in zip(range(1, 6), (0.05, 0.1, 0.2, 0.4, 0.25), strict=True)
    ]


def core_questions() -> list[dict[str, Any]]:
    """Four core questions, each with its levels."""
    rows = []
    for place, (indicator, item) in enumerate(
        (("accueil", "Q11"), ("ecoute", "Q12"), ("delai", "Q09"), ("attente", "Q08"))
    ):
        about = {"indicator": indicator, "item": item, "base": 400}
        value = 0.9 - 0.12 * place
        rows.append(row(value=value, low=value - 0.02, high=value + 0.02, **about))
        rows += levels(**about)
    return rows


@pytest.fixture
def core(study: Study, tmp_path: Path) -> Page:
    return page(study, *core_questions(), folder=tmp_path)


def test_a_page_made_from_simulated_data_says_so(study: Study) -> None:
    assert lines(results.banner(page(study, row()))) == snapshot(
        [
            "Aucune personne réelle n’a répondu : les réponses, les sites, les engagements et les "
            "chiffres de gestion présentés ici sont fictifs. Ils servent à "
            "montrer la publication et à l’éprouver."
        ]
    )
    assert results.banner(page(study, row(simulated=False))).markdown == ""


def test_the_overview(core: Page) -> None:
    found = lines(distributions.overview(core))
    assert found[0] == (
        "## « Bienveillance et respect » est l’aspect le mieux perçu (90 %), « Temps d’attente » "
        "le moins bien (54 %)"
    )
    assert found[1].startswith("![](figures/likert-dpaph){fig-alt=")
    assert "Bienveillance et respect : 90 % ; Écoute : 78 % ;" in found[1]
    levels_printed = "5 %|10 %|20 %|40 %|25 %"
    assert [one for one in found if "|" in one] == [
        "Indicateur|Pas du tout|Plutôt non|Moyennement|Plutôt oui|Tout à fait|Dont « Plutôt oui "
        "» ou « Tout à fait »|Réponses|",
        f"Bienveillance et respect|{levels_printed}|90 %|400|",
        f"Écoute|{levels_printed}|78 %|400|",
        "Indicateur|Pas du tout satisfait(e)|Plutôt pas satisfait(e)|Ni satisfait(e) ni "
        "insatisfait(e)|Plutôt satisfait(e)|Très satisfait(e)|Dont « Plutôt satisfait(e) » ou « "
        "Très satisfait(e) »|Réponses|",
        f"Délai de traitement|{levels_printed}|66 %|400|",
        f"Temps d’attente|{levels_printed}|54 %|400|",
    ]


def test_an_aspect_whose_bar_cannot_be_drawn_is_named_all_the_same(
    study: Study, tmp_path: Path
) -> None:
    rows = [
        {**one, **HIDDEN} if one["indicator"] == "accueil" and one["kind"] == "level_share" else one
        for one in core_questions()
    ]
    found = lines(distributions.overview(page(study, *rows, folder=tmp_path)))
    assert "« Bienveillance et respect » est l’aspect le mieux perçu" in found[0]
    assert any(
        "Le détail des réponses à « Bienveillance et respect » n’est pas diffusé." in one
        for one in found
    )
    assert any(one.startswith("Bienveillance et respect|s|s|s|s|s|90 %|400|") for one in found)


def test_levels_told_together_are_drawn_and_read_together(study: Study, tmp_path: Path) -> None:
    rows = []
    for one in core_questions():
        rare = one["indicator"] == "accueil" and one["definition"] in ("P1", "P2")
        rows.append({**one, **HIDDEN} if rare else one)
    about = {"indicator": "accueil", "item": "Q11", "base": 400, "kind": "level_share"}
    rows.append(row(definition="P1-2", value=0.15, **about))
    found = lines(distributions.overview(page(study, *rows, folder=tmp_path)))
    assert "Bienveillance et respect|r|15 %, avec r|20 %|40 %|25 %|90 %|400|" in found
    assert any("r = réponse trop rare pour être montrée seule" in one for one in found)
    plain = lines(distributions.overview(page(study, *core_questions(), folder=tmp_path)))
    assert not any("trop rare" in one for one in plain)


def test_a_question_of_another_scale_is_drawn_and_named_apart(study: Study, tmp_path: Path) -> None:
    about = {"indicator": "besoin_satisfait", "item": "Q15", "base": 400}
    rows = [
        row(definition="T1B", value=0.3, **about),
        *(
            row(definition=f"P{code}", value=share, **about)
            for code, share in ((1, 0.4), (2, 0.3), (3, 0.3))
        ),
        row(),
        *levels(),
    ]
    shown = page(study, *core_questions(), *rows, folder=tmp_path)
    found = lines(distributions.overview(shown))
    assert "(90 %), « Temps d’attente »" in found[0], "the overall indicator is no aspect"
    assert found[1].endswith("l’on compte diffèrent : « Besoin satisfait », 30 % (« Oui »).")
    assert "Besoin satisfait : 30 %" in found[2]
    assert "Besoin satisfait|40 %|30 %|30 %|30 %|400|" in found
    assert found.index("Besoin satisfait|40 %|30 %|30 %|30 %|400|") > found.index(
        "Écoute|5 %|10 %|20 %|40 %|25 %|78 %|400|"
    )


def test_the_headline_table_prints_each_change_like_the_figures_beside_it(core: Page) -> None:
    rows = [*core_questions(), change_row("up", indicator="accueil", item="Q11", value=0.0695)]
    shown = page(core.study, *rows)
    found = lines(aspects.headline(shown))
    assert found[0] == "## Indicateurs en hausse sur un an : 1 sur 1, aucune baisse détectée"
    assert [one for one in found if one.startswith("Bienveillance")] == [
        "Bienveillance et respect|« Plutôt oui » ou « Tout à fait »|90 %|[88 ; 92]|400|hausse (+7 "
        "points [2 ; 12])|"
    ]
    assert [one for one in found if one.startswith("Temps")] == [
        "Temps d’attente|« Plutôt satisfait(e) » ou « Très satisfait(e) »|54 %|[52 ; 56]|400|nd|"
    ]
    assert aspects.headline(page(core.study)).markdown == ""


def test_the_trend(study: Study, tmp_path: Path) -> None:
    rows = [
        row(wave="2025-1", value=0.61),
        row(wave="2026-1", value=0.58, low=0.55, high=0.61),
        row(wave="2025-2", **HIDDEN),
        row(),
        change_row("up"),
        detectable_row(),
    ]
    found = lines(trends.trend(page(study, *rows, folder=tmp_path)))
    assert found[0] == "## Satisfaction globale en hausse sur un an : +7 points"
    assert (
        "DPAPH : 61 % (1ᵉʳ semestre 2025), 58 % (1ᵉʳ semestre 2026), 65 % (2ᵉ semestre 2026)."
        in found[1]
    )
    assert found[-3:] == [
        "1ᵉʳ semestre 2026|58 %|[55 ; 61]|1 042|",
        "2ᵉ semestre 2026|65 %|[62 ; 68]|1 042|",
        "Satisfaction globale par vague (« Plutôt satisfait(e) » ou « Très satisfait(e) », en %), "
        "DPAPH",
    ]
    assert any(one.startswith("2ᵉ semestre 2025|nd|nd|nd|") for one in found)


def test_a_line_is_of_one_version_of_a_definition(study: Study, tmp_path: Path) -> None:
    """A wave measured by an older version has its place on the axis, and no value."""
    rows = [row(wave="2025-2", value=0.61), row(wave="2026-1", value=0.58), row()]
    old = [row(wave="2025-1", value=0.4, definition_version="0.9"), *rows]
    found = lines(trends.trend(page(study, *old, folder=tmp_path)))
    assert "DPAPH : 61 % (2ᵉ semestre 2025), 58 % (1ᵉʳ semestre 2026), 65 % (2ᵉ" in found[1]
    assert any(one.startswith("1ᵉʳ semestre 2025|nd|nd|nd|") for one in found)
    same = [row(wave="2025-1", value=0.4), *rows]
    assert "DPAPH : 40 % (1ᵉʳ" in lines(trends.trend(page(study, *same, folder=tmp_path)))[1]


def test_the_trends_of_directorates_are_panels_of_one_figure(study: Study, tmp_path: Path) -> None:
    rows = [
        row(),
        row(wave="2026-1", value=0.5),
        row(directorate="def", value=0.8),
        row(directorate="def", wave="2026-1", value=0.9),
    ]
    shown = page(study, *rows, directorate=None, folder=tmp_path)
    found = lines(trends.trends(shown))
    assert "![](figures/tendances)" in found[0]
    for line in ("DPAPH : 50 % (1ᵉʳ sem", "DEF : 90 % (1ᵉʳ sem"):
        assert line in found[0]
    one_value = page(study, *rows[:3], directorate=None, folder=tmp_path)
    assert "DEF" not in lines(trends.trends(one_value))[0], "a single value is no line"
    assert trends.trends(page(study, row(), directorate=None, folder=tmp_path)).markdown == ""


def test_the_channels_with_what_may_be_said_of_each(study: Study) -> None:
    about = {"breakdown": "canal", "base": 200}
    rows = [
        row(category="invitation", category_label="Enquête sur invitation", **about),
        row(category="qr", category_label="QR code affiché", claim="C2", value=0.44, **about),
        row(
            category="borne",
            category_label="Borne à quatre visages",
            claim="C3",
            indicator="visages",
            item="Q01V",
            **about,
        ),
    ]
    found = lines(results.channels(page(study, *rows)))
    cells = [one.split("|") for one in found if "|" in one][1:]
    assert [(row[0], row[1], row[2], row[4]) for row in cells] == [
        ("Enquête sur invitation", OVERALL, "65 %", "200"),
        ("QR code affiché", OVERALL, "44 %", "200"),
        ("Borne à quatre visages", "« Vert clair » ou « Vert foncé »", "65 %", "200 appuis"),
    ]
    assert found[0] == "## Satisfaction globale par canal"
    assert found[-2].startswith("**Note :** Les canaux ne s’additionnent jamais. Les bornes")


OVERALL = "« Plutôt satisfait(e) » ou « Très satisfait(e) »"


def gap_row(first: str, second: str, value: float, word: str, **about: Any) -> dict[str, Any]:
    """A row of how far apart two groups are."""
    found: dict[str, Any] = {
        "layer": "gaps",
        "kind": "difference",
        "unit": "points",
        "breakdown": "canal",
        "category": f"{first}~{second}",
        "value": value,
        "base": None,
        "word": word,
        "method": "bonferroni 2",
        **about,
    }
    return row(**found)


@pytest.mark.parametrize(
    ("gaps", "rule", "text"),
    [
        (
            [("qr", 0.21, "above"), ("papier", 0.05, "above")],
            "finding_channels_harsher",
            "Satisfaction globale : 44 % (QR code affiché) contre 65 % (enquête sur invitation) ; "
            "qui choisit de répondre est plus sévère",
        ),
        (
            [("papier", -0.1, "below")],
            "finding_channels_kinder",
            "Satisfaction globale : 75 % (questionnaire papier à l’accueil) contre 65 % (enquête "
            "sur invitation) ; qui choisit de répondre est plus favorable",
        ),
        (
            [("qr", 0.21, "above"), ("papier", 0.0, "none")],
            "finding_channels_differ",
            "Satisfaction globale : 44 % (QR code affiché) contre 65 % (enquête sur invitation)",
        ),
        (
            [("qr", 0.05, "none"), ("papier", 0.02, "none")],
            "finding_channels_none",
            "Pas d’écart détecté avec ceux qui répondent par un autre canal",
        ),
        ([], "finding_channels", "Satisfaction globale par canal"),
        ([("qr", 0.21, "")], "finding_channels", "Satisfaction globale par canal"),
    ],
)
def test_the_title_of_channels_is_the_widest_gap_that_is_no_chance(
    study: Study, gaps: list[tuple[str, float, str]], rule: str, text: str
) -> None:
    about = {"breakdown": "canal", "base": 200}
    rows = [
        row(),
        row(category="invitation", category_label="Enquête sur invitation", **about),
        row(category="qr", category_label="QR code affiché", claim="C2", value=0.44, **about),
        row(category="papier", category_label="Papier", claim="C2", value=0.75, **about),
        *(gap_row("total", name, value, word, claim="C2") for name, value, word in gaps),
    ]
    said = results.channels(page(study, *rows)).sentences[0]
    assert said["rule"] == rule
    assert str(said["text"]).replace("\u00a0", " ") == text


def test_the_title_of_profiles_goes_from_the_lower_group_to_the_higher(study: Study) -> None:
    about = {"breakdown": "age", "base": 300}
    rows = [
        row(category="1", category_label="18-29 ans", value=0.48, **about),
        row(category="2", category_label="30-44 ans", value=0.6, **about),
        row(category="5", category_label="75 ans et plus", value=0.73, **about),
    ]

    def title(*gaps: tuple[str, str, float, str]) -> tuple[str, str]:
        pairs = [gap_row(*gap, breakdown="age") for gap in gaps]
        said = results.profiles(page(study, *rows, *pairs)).sentences[0]
        return str(said["rule"]), str(said["text"]).replace("\u00a0", " ")

    assert title(("1", "2", -0.12, "below"), ("1", "5", -0.25, "below")) == (
        "finding_profiles_range",
        "Satisfaction globale : de 48 % (18-29 ans) à 73 % (75 ans et plus)",
    )
    assert title(("1", "2", -0.12, "none"))[0] == "finding_profiles_none"
    assert title(("1", "5", -0.25, "none"), ("1", "2", -0.12, "below"))[1].endswith(
        "de 48 % (18-29 ans) à 60 % (30-44 ans)"
    )
    assert title()[0] == "finding_profiles"


def test_the_profiles(study: Study) -> None:
    rows = [
        row(breakdown="age", category="1", category_label="18-29 ans", base=50, status="caution"),
        row(breakdown="age", category="unknown", category_label="unknown", base=400, value=0.5),
    ]
    found = lines(results.profiles(page(study, *rows)))
    assert found[0] == "## Satisfaction globale selon le profil"
    assert [one for one in found if one.startswith("Âge")] == [
        "Âge – 18-29 ans|65 % (!)|[62 ; 68]|50|",
        "Âge – Non renseigné|50 %|[62 ; 68]|400|",
    ]
    assert results.profiles(page(study)).markdown == ""


def sample(definition: str, kind: str, unit: str, value: float) -> dict[str, Any]:
    """A row on the people who were invited by a directorate."""
    about = answers("invitation", "def", 1) | {"layer": "participation"}
    about = {name: about[name] for name in about if name != "key"}
    return row(**about | {"definition": definition, "kind": kind, "unit": unit, "value": value})


def test_the_first_page_has_three_tiles_per_directorate(study: Study) -> None:
    rows = [
        row(base=400),
        row(directorate="def", base=500, value=0.7),
        change_row("up"),
        detectable_row(),
        answers("invitation", "dpaph", 420),
        answers("qr", "dpaph", 60),
        answers("borne", "dpaph", None),
        answers("invitation", "def", 510),
        sample("drawn", "count", "people", 2000.0),
        sample("RR2", "share", "share", 0.255),
    ]
    found = lines(synthesis.summary(page(study, *rows, directorate=None)))
    assert found[0] == "## Satisfaction globale : 65 % (DPAPH) et 70 % (DEF)"
    assert [one for one in found if "|" in one] == [
        "Direction|Niveau|Évolution|Participation|",
        "Direction de la population âgée et des personnes handicapées (DPAPH)|65 % des usagers "
        f"reçus répondraient {OVERALL} (intervalle de confiance à 95 % [62 ; 68]).|+7 points sur "
        "un an, une hausse (intervalle de confiance à 95 % [2 ; 12]).|420 répondants (enquête sur "
        "invitation).|",
        "Direction de l’enfance et de la famille (DEF)|70 % des usagers reçus répondraient "
        f"{OVERALL} (intervalle de confiance à 95 % [62 ; 68]).|Évolution non disponible, faute de "
        "deux mesures comparables|510 répondants (enquête sur invitation) pour un "
        "échantillon tiré de 2 000 personnes, soit un taux de réponse de 26 %.|",
    ]
    first = page(study, row(wave="2024-1"), wave="2024-1", directorate=None)
    assert "Direction|Niveau|Participation|" in lines(synthesis.summary(first))


def test_every_sentence_of_a_section_says_its_rule_and_its_figures(core: Page) -> None:
    said = distributions.overview(core).sentences
    assert [(one["section"], one["place"], one["rule"]) for one in said] == [
        ("overview", "heading", "finding_best_sole+finding_worst_sole"),
        ("overview", "alt", "alt_likert"),
        ("overview", "lecture", "reading_top_share"),
    ]
    keys = set(core.figures.frame.get_column("key"))
    assert all(one["figures"] and set(one["figures"]) <= keys for one in said)


def test_a_page_of_no_directorate_says_how_to_open_one(study: Study) -> None:
    with pytest.raises(ScopeError, match="This page is about no directorate"):
        distributions.overview(page(study, directorate=None))


def test_a_figure_drawn_by_hand_is_a_block(study: Study, tmp_path: Path) -> None:
    shown = page(study, row(), folder=tmp_path)
    drawn = shown.chart("mine", lambda axes: axes.plot([1, 2]), alt="De 1 à 2.", caption="Mien")
    assert drawn.markdown.startswith(
        '::: {#fig-mine}\n\n![](figures/mine){.wide fig-alt="De 1 à 2."}\n\n'
        '::: {.content-visible when-format="html"}\n'
        '![](figures/mine-narrow){.narrow fig-alt="De 1 à 2."}\n:::'
    )
    assert (tmp_path / "figures" / "mine.png").stat().st_size > 1000
    assert "<figcaption>Mien</figcaption>" in str(drawn._repr_mimebundle_()[0]["text/html"])
    assert shown.image_mark == "données simulées"


# --- method ---------------------------------------------------------------------------------------


def answers(channel: str, directorate: str, count: int | None) -> dict[str, Any]:
    about = {
        "layer": "answers",
        "indicator": "answers",
        "definition": "count",
        "kind": "count",
        "unit": "answers",
        "breakdown": "channel",
        "category": channel,
        "directorate": directorate,
        "item": None,
    }
    hidden = HIDDEN if count is None else {}
    return row(**{**about, "value": count, "base": count, "low": None, "high": None, **hidden})


def test_what_was_collected_by_channel_and_directorate(study: Study) -> None:
    rows = [
        answers("invitation", "dpaph", 1234),
        answers("invitation", "def", 56),
        answers("qr", "dpaph", None),
    ]
    found = lines(method.collection(page(study, *rows, directorate=None)))
    assert [one.split("|")[:3] for one in found if "|" in one] == [
        ["Canal", "DPAPH", "DEF"],
        ["Enquête sur invitation", "1 234", "56"],
        ["QR code affiché", "s", "so"],
    ]
    assert "S : non diffusé" not in "".join(found) and any(
        "s = non diffusé" in one for one in found
    )


def test_who_answers_beside_who_is_served(study: Study) -> None:
    about = {"layer": "margins", "indicator": "AGE", "item": "AGE", "breakdown": "AGE"}
    rows = []
    for category, label, sample, frame, gap in (
        ("1", "18-29 ans", 0.125, 0.3, -0.175),
        ("2", "30-44 ans", None, None, None),
        ("unknown", "unknown", 0.05, None, None),
    ):
        for definition, value in (("sample_share", sample), ("frame_share", frame), ("gap", gap)):
            if category == "unknown" and value is None:
                continue
            rows.append(
                row(
                    **{
                        **about,
                        "category": category,
                        "category_label": label,
                        "definition": definition,
                        "kind": "difference" if definition == "gap" else "share",
                        "unit": "points" if definition == "gap" else "share",
                        "base": 50,
                        "value": value,
                        **(HIDDEN if value is None else {}),
                    }
                )
            )
    found = lines(method.weighting(page(study, *rows, directorate=None)))
    assert [one for one in found if "|" in one][1:] == [
        "Âge – 18-29 ans|13 %|30 %|−18 points|",
        "Âge – 30-44 ans|s|s|s|",
        "Âge – Non renseigné|5 %|so|so|",
    ]
    assert method.weighting(page(study, directorate=None)).markdown == ""


def test_the_thresholds_in_force_are_those_of_the_study(study: Study) -> None:
    found = " ".join(lines(method.privacy(page(study, directorate=None))))
    assert "Rien n’est publié sous 11 réponses (s) ; de 11 à 29 réponses" in found
    assert "de 30 à 99, il est à prendre avec précaution" in found
    assert "enfants et familles suivis en protection de l’enfance" in found


def test_the_definitions_in_force_are_listed(study: Study) -> None:
    found = lines(method.reading_guide(page(study, directorate=None)))
    assert [one.split("|")[0] for one in found if "|" in one] == [
        "Définition",
        *(one.id for one in study.definitions),
    ]

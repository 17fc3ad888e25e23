"""Commitments, management indicators and decisions made by hand, and what is released of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from analysis.publishing import charts
from analysis.publishing.blocks import Block
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.commitments import Followed, followed
from analysis.publishing.wording.management import Measured, measured_of
from analysis.publishing.wording.sentences import Sentence
from analysis.study import Action, Commitment, ManagementIndicator, Study
from tests.released import row

NO_BREAK, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"
NONE = dict.fromkeys(("se", "low", "high", "base", "df", "size"))
"""The numbers that a figure of no distribution lacks."""

SHORT, LATE, REACHED = "attente-courte", "delai-tenu", "joignable"
WAIT, DELAY, CALLS, COMPLAINTS = "attente_moyenne", "delai_moyen", "taux_decroche", "reclamations"

COUNTED = "«~Plutôt satisfait(e)~» ou «~Très satisfait(e)~»"
"""What the questions on waiting and on processing count, in the words of their scale."""


def typeset(text: str) -> str:
    """A text as it is printed: `~` stands for a space that does not break, `_` for a narrow one and
    `−` for itself."""
    return text.replace("~", NO_BREAK).replace("_", NARROW)


def commitment(name: str = SHORT, /, **changes: Any) -> Commitment:
    """A commitment on waiting, followed on both sides, by default."""
    about = {
        "id": name,
        "label": {"fr": "Une attente courte", "en": "A short wait"},
        "promise": "Nous vous recevons en moins de 20 minutes.",
        "heading": "e3",
        "status": "fictitious",
        "since": "2025-07-01",
        "perceived": "attente",
        "target": 60,
        "measured": WAIT,
    }
    return Commitment.model_validate({**about, **changes})


def indicator(name: str = WAIT, /, **changes: Any) -> ManagementIndicator:
    """A mean wait, with a norm in both directorates, by default."""
    about = {
        "id": name,
        "label": {"fr": "Attente moyenne", "en": "Mean wait"},
        "unit": "minutes",
        "of": "visites",
        "orientation": "lower_is_better",
        "directorates": ["dpaph", "def"],
        "norm": {"dpaph": 20, "def": 20},
        "perceived": "attente",
        "cohort": {"label": {"fr": "visites", "en": "visits"}},
    }
    return ManagementIndicator.model_validate({**about, **changes})


def action(name: str, decided: str, **changes: Any) -> Action:
    """A decision on the wait, of all directorates, by default."""
    about = {
        "id": name.lower(),
        "decision": f"ouvrir le guichet {name}",
        "owner": "Accueil",
        "decided": decided,
        "commitments": [SHORT],
    }
    return Action.model_validate({**about, **changes})


DELAYS = (
    indicator(
        DELAY,
        label="Délai moyen",
        unit="days",
        of="decisions",
        norm={"dpaph": 120, "def": 45},
        perceived="delai",
        announced="delai_annonce",
        cohort={"label": "décisions notifiées", "months_before": 1},
    ),
    indicator(
        "delai_annonce",
        label="Délai annoncé",
        unit="days",
        of="decisions",
        norm={},
        perceived=None,
        cohort={"label": "décisions notifiées", "months_before": 1},
    ),
)
RATE = indicator(
    CALLS,
    label="Part des appels pris",
    unit="share",
    of="appels",
    orientation="higher_is_better",
    norm={"dpaph": 80},
    perceived="joignabilite",
    cohort={"label": "appels"},
)
FEWER = indicator(
    COMPLAINTS,
    label="Réclamations pour 1 000 dossiers",
    unit="per_thousand",
    numerator="plaintes",
    of="dossiers",
    norm={"dpaph": 8},
    perceived=None,
    cohort=None,
)


def promising(
    study: Study,
    *commitments: Commitment,
    management: Sequence[ManagementIndicator] = (),
    actions: Sequence[Action] = (),
    **changes: Any,
) -> Study:
    """The study with these commitments, indicators and decisions alone."""
    own = {"commitments": commitments, "management": tuple(management), "actions": tuple(actions)}
    return study.model_copy(update={**own, "references": (), **changes})


# --- released figures -----------------------------------------------------------------------------


def level(indicator: str = "attente", item: str = "Q08", **changes: Any) -> dict[str, Any]:
    """What a page prints of an indicator elsewhere."""
    return row(**{"indicator": indicator, "item": item, **changes})


def of_commitment(name: str = SHORT, /, **changes: Any) -> dict[str, Any]:
    about = {"layer": "commitments", "indicator": name, "method": "bonferroni 5", "item": "Q08"}
    return row(**{**about, **changes})


def reading(word: str, name: str = SHORT, /, **changes: Any) -> dict[str, Any]:
    """What the two sides of a commitment say together."""
    about = {"definition": "reading", "kind": "reading", "unit": "reading", "item": None}
    return of_commitment(name, **{**about, **NONE, "value": None, "word": word, **changes})


def perceived(word: str = "kept", name: str = SHORT, /, **changes: Any) -> dict[str, Any]:
    """The perceived side: 65 %, between 62 % and 68 %."""
    found = {"value": 0.65, "low": 0.62, "high": 0.68, "word": word, **changes}
    return of_commitment(name, **found)


def target(value: float = 0.6, name: str = SHORT, /, **changes: Any) -> dict[str, Any]:
    about = {"definition": "target", "kind": "norm", "value": value}
    return of_commitment(name, **{**NONE, **about, **changes})


def to_target(
    value: float | None, low: float | None, high: float | None, name: str = SHORT, /, **changes: Any
) -> Any:
    about = {"kind": "difference", "unit": "points", "value": value, "low": low, "high": high}
    return of_commitment(name, **{**about, **changes})


def posting(
    posted: float | None,
    not_posted: float | None,
    gap: Mapping[str, Any],
    name: str = SHORT,
    /,
    **changes: Any,
) -> list[dict[str, Any]]:
    """What users say where it is posted, where it is not, and how far apart these are."""
    sides = [
        of_commitment(
            name,
            breakdown=f"posting:{name}",
            category=category,
            **{"value": value, "method": "bonferroni 1", **changes},
        )
        for category, value in (("posted", posted), ("not_posted", not_posted))
    ]
    about = {"breakdown": f"posting_gap:{name}", "kind": "difference", "unit": "points"}
    return [*sides, of_commitment(name, **{**about, **changes, **gap})]


def sites(
    posted: int, open_sites: int, name: str = SHORT, /, **changes: Any
) -> list[dict[str, Any]]:
    about = {"definition": "sites", "kind": "count", "unit": "sites", "item": None, **NONE}
    return [
        of_commitment(
            name,
            breakdown=f"sites:{name}",
            category=category,
            **{**about, "value": float(count), **changes},
        )
        for category, count in (("posted", posted), ("open", open_sites))
    ]


def measure(
    value: float | None, word: str = "", name: str = WAIT, /, **changes: Any
) -> dict[str, Any]:
    """What is measured over the cases of the wave, in minutes by default."""
    about = {
        "layer": "management",
        "indicator": name,
        "definition": "cohort",
        "kind": "measure",
        "unit": {DELAY: "days", CALLS: "share", COMPLAINTS: "per_thousand"}.get(name, "minutes"),
        "item": None,
        "channels": "",
        "value": value,
        "word": word,
        "method": "2026-2/gestion.xlsx!Suivi!12",
    }
    return row(**{**NONE, **about, "base": 4000, **changes})


def norm(value: float, name: str = WAIT, /, **changes: Any) -> dict[str, Any]:
    about = {"definition": "norm", "kind": "norm", "base": None, "method": ""}
    return measure(value, "", name, **{**about, **changes})


def announced(value: float | None, name: str = DELAY, /, **changes: Any) -> dict[str, Any]:
    return measure(value, "", name, **{"definition": "announced", **changes})


def relative(value: float, name: str = WAIT, /, **changes: Any) -> dict[str, Any]:
    """By how much what is measured is better than its norm."""
    about = {"definition": "relative", "kind": "relative", "unit": "share", "base": None}
    return measure(value, "", name, **{**about, "method": "", **changes})


def month(value: float | None, day: str, name: str = WAIT, /, **changes: Any) -> dict[str, Any]:
    about = {"definition": "month", "breakdown": "month", "category": day}
    return measure(value, "", name, **{**about, **changes})


def correlation(value: float, low: float, high: float, word: str, /, **changes: Any) -> Any:
    about = {"definition": "correlation", "kind": "correlation", "unit": "correlation"}
    bounds = {"low": low, "high": high, "base": None, "size": 24.0, "method": "bonferroni 6"}
    return measure(value, word, **{**about, **bounds, **changes})


# --- what is read of them -------------------------------------------------------------------------


def one_followed(page: Page, name: str = SHORT) -> Followed:
    """The commitment of the page's directorate."""
    found = followed(page.wording, page.figures, page.directorate)
    return next(one for one in found if one.commitment.id == name)


def one_measured(page: Page, name: str = WAIT) -> Measured:
    """The management indicator of the page's directorate."""
    found = measured_of(page.wording, page.figures, page.directorate)
    return next(one for one in found if one.indicator.id == name)


def keys(*rows: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["key"]) for one in rows)


def assert_said(sentence: Sentence | None, rule: str, text: str, *rows: Mapping[str, Any]) -> None:
    """A sentence says this, by this rule, from these figures, and is typeset like this."""
    assert sentence is not None
    assert sentence.text == typeset(text)
    assert (sentence.rule, sentence.figures) == (rule, keys(*rows))


def printed(block: Block) -> str:
    """The texts of the sentences of a block, one per line."""
    return "\n".join(str(one["text"]) for one in block.sentences)


def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are not drawn: what is looked at is what stands around them."""
    monkeypatch.setattr(charts, "images", lambda some, **_: [b"<svg></svg>"] * len(some))
    monkeypatch.setattr(charts, "complete_svg", lambda svg, **_: svg)

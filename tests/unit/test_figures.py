"""Layers as figures: one shape, one key, whatever they measure."""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from analysis.errors import ParameterError
from analysis.indicators import Answers, Changes, Margins, Weighting
from analysis.storage import (
    LAYERS,
    Figures,
    as_figures,
    known_layers,
    layers_from,
    make_table,
    published_layers,
)
from analysis.study import Workspace
from tests.released import released, row


def test_what_a_layer_does_not_say_is_absent_and_keys_are_made() -> None:
    told = {"kind": "count", "unit": "answers", "indicator": "i", "definition": "count"}
    frame = pl.DataFrame(
        [{"directorate": "d", "wave": "w", "claim": "C1", "value": 3.0, "simulated": False, **told}]
    )
    found = as_figures(frame, layer="mine").row(0, named=True)
    assert found["key"] == "mine/d/w/-/i/count/count/total/total"
    absent = ("against", "item", "se", "low", "high", "base", "df", "size", "counts")
    assert all(found[name] is None for name in absent)
    assert (found["made_from"], found["word"], found["breakdown"]) == ([], "", "total")


def test_a_figure_stands_once() -> None:
    told = {"kind": "count", "unit": "answers", "indicator": "i", "definition": "count"}
    one = {"directorate": "d", "wave": "w", "claim": "C1", "value": 3.0, "simulated": False, **told}
    with pytest.raises(dy.exc.ValidationError, match="primary_key"):
        as_figures(pl.DataFrame([one, one]), layer="mine")


def test_a_hidden_figure_has_neither_number_nor_word() -> None:
    with pytest.raises(dy.exc.ValidationError, match="hidden_has_no_number"):
        released(row(status="s"))
    bare = dict.fromkeys(("value", "se", "low", "high", "base", "df", "size"))
    with pytest.raises(dy.exc.ValidationError, match="hidden_has_no_number"):
        released(row(status="s", word="up", **bare))
    assert released(row(status="s", **bare)).height == 1


def test_every_layer_of_notebooks_has_a_schema_and_most_turn_into_figures() -> None:
    assert [one.name for one, _ in published_layers(LAYERS.values())] == [
        "weighting",
        "answers",
        "participation",
        "representativity",
        "item_response",
        "exposure",
        "margins",
        "quality_flags",
        "estimates",
        "gaps",
        "changes",
        "decompositions",
        "standings",
        "sites",
        "management",
        "listening",
        "collisions",
        "poolings",
        "movements",
        "observations",
        "themes",
        "convergence",
        "profiles",
        "audiences",
        "segments",
        "commitments",
    ]
    for one in layers_from("notebooks"):
        empty = one.schema.create_empty()
        if one.figures is not None:
            assert one.figures(empty).schema == Figures.create_empty().schema


def test_a_workspace_has_layers_of_its_own_which_are_figures(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    file = tmp_path / "notebooks" / "layers.yml"
    assert known_layers(Workspace(tmp_path)) == LAYERS
    own = "layers:\n  - {name: NAME, about: Parents, axes: [directorate]}\n"
    file.write_text(own.replace("NAME", "parents"), encoding="utf-8")
    known = known_layers(Workspace(tmp_path))
    assert known["parents"].schema is Figures and known["parents"].axes == ("directorate",)
    assert [one.name for one, _ in published_layers(known.values())][-1] == "parents"
    for wrong, told in (("estimates", "is that of another layer"), ("../a", "should match")):
        file.write_text(own.replace("NAME", wrong), encoding="utf-8")
        with pytest.raises(ParameterError, match=told):
            known_layers(Workspace(tmp_path))


def test_counts_of_answers_are_figures_by_channel() -> None:
    table = make_table(
        [
            {
                "directorate": "d",
                "wave": "w",
                "channel": "qr",
                "channel_label": "QR",
                "claim": "C2",
                "answers": 12,
                "simulated": True,
            }
        ],
        Answers,
    )
    found = Answers.figures(table).row(0, named=True)
    assert found["key"] == "answers/d/w/-/answers/count/count/channel/qr"
    assert (found["value"], found["base"], found["category_label"]) == (12.0, 12, "QR")


def test_a_margin_is_three_figures_of_which_two_hang_on_the_first() -> None:
    shared = {
        "directorate": "d",
        "wave": "w",
        "variable": "AGE",
        "channels": "c",
        "claim": "C1",
        "simulated": True,
        "category_label": "x",
        "base": 5,
    }
    table = make_table(
        [
            {**shared, "category": "1", "sample_share": 0.3, "frame_share": 0.2, "gap": 0.1},
            {
                **shared,
                "category": "unknown",
                "sample_share": 0.7,
                "frame_share": None,
                "gap": None,
            },
        ],
        Margins,
    )
    found = Margins.figures(table).sort("category", "definition")
    assert found.select("category", "definition", "kind", "unit", "value", "base").rows() == [
        ("1", "frame_share", "share", "share", 0.2, None),
        ("1", "gap", "difference", "points", 0.1, None),
        ("1", "sample_share", "share", "share", 0.3, 5),
        ("unknown", "sample_share", "share", "share", 0.7, 5),
    ]
    key = "margins/d/w/-/AGE/sample_share/share/AGE/1"
    assert found["made_from"].to_list() == [[key], [key], [], []]


def test_a_change_is_a_difference_and_what_could_be_seen_both_made_from_two_estimates() -> None:
    made = [f"estimates/d/{wave}/-/i/T2B/share/total/total" for wave in ("w1", "w2")]
    table = make_table(
        [
            {
                "directorate": "d",
                "wave": "w2",
                "comparison": "reference",
                "against": "w1",
                "indicator": "i",
                "definition": "T2B",
                "definition_version": "1.0",
                "compared_kind": "share",
                "compared": [
                    f"estimates/d/{wave}/-/i/T2B/share/total/total" for wave in ("w1", "w2")
                ],
                "unit": "points",
                "item": "Q",
                "channels": "c",
                "claim": "C1",
                "value": 0.1,
                "se": 0.02,
                "low": 0.06,
                "high": 0.14,
                "df": 30,
                "detectable": 0.05,
                "threshold": 0.05,
                "shared": 0,
                "family": 24,
                "word": "up",
                "simulated": True,
            }
        ],
        Changes,
    )
    found = Changes.figures(table)
    assert found.select("kind", "value", "low", "word").rows() == [
        ("difference", 0.1, 0.06, "up"),
        ("detectable", 0.05, None, ""),
    ]
    assert found["made_from"].to_list() == [made, made]


def test_a_sample_that_was_not_raked_has_no_figure_of_its_weights() -> None:
    shared = {
        "directorate": "d",
        "wave": "w",
        "reference": True,
        "claim": "C1",
        "weights_id": "x",
        "answers": 10,
        "simulated": True,
    }
    raked = {"design_effect": 1.2, "ratio_low": 0.5, "ratio_high": 2.0, "iterations": 4.0}
    table = make_table(
        [
            {**shared, "channels": "a", **raked},
            {**shared, "channels": "b", **dict.fromkeys(raked)},
        ],
        Weighting,
    )
    found = Weighting.figures(table)
    assert set(found["channels"]) == {"a"}
    assert dict(found.select("definition", "value").iter_rows()) == raked
    assert set(found["base"]) == {10}

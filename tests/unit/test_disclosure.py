"""What may leave: thresholds, complements, readings."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.disclosure import (
    INTERNAL_MARK,
    Audience,
    InternalView,
    release,
    status_of_base,
)
from analysis.indicators import Changes, Estimates, Margins
from analysis.storage import figure_key
from analysis.study import Study, Thresholds

LEVELS = ("P1", "P2", "P3", "P4", "P5")


def estimates(
    cells: dict[str, tuple[int, ...]],
    breakdown: str = "age",
    definitions: tuple[str, ...] = ("T2B",),
) -> pl.DataFrame:
    """Figures of Q01 for categories with these level counts, and the total they add up to."""
    total = tuple(map(sum, zip(*cells.values(), strict=True)))
    rows = []
    for name, category, counts in [
        ("total", "total", total),
        *((breakdown, one, counts) for one, counts in cells.items()),
    ]:
        for definition in definitions:
            rows.append(
                {
                    "directorate": "dpaph",
                    "wave": "2026-2",
                    "indicator": "satisfaction_globale",
                    "definition": definition,
                    "definition_version": "1.0",
                    "kind": "level_share" if definition in LEVELS else "share",
                    "unit": "share",
                    "item": "Q01",
                    "breakdown": name,
                    "category": category,
                    "category_label": category,
                    "channels": "invitation",
                    "claim": "C1",
                    "value": 0.5,
                    "unweighted": 0.5,
                    "se": 0.1,
                    "low": 0.4,
                    "high": 0.6,
                    "base": sum(counts),
                    "df": 50,
                    "design_effect": 1.0,
                    "method": "wilson",
                    "counts": list(counts),
                    "weights_id": "x",
                    "study_digest": "x",
                    "simulated": True,
                }
            )
    return Estimates.figures(pl.DataFrame(rows, schema=Estimates.create_empty().schema))


def statuses(released: pl.DataFrame, definition: str = "T2B") -> dict[str, str]:
    return dict(
        released.filter(pl.col("definition") == definition).select("category", "status").iter_rows()
    )


def even(n: int) -> tuple[int, ...]:
    return (n // 5, n // 5, n // 5, n // 5, n - 4 * (n // 5))


@pytest.mark.parametrize(
    ("base", "public", "internal"),
    [
        (0, "nd", "nd"),
        (1, "s", "s"),
        (10, "s", "s"),
        (11, "nd", "fragile"),
        (29, "nd", "fragile"),
        (30, "caution", "caution"),
        (99, "caution", "caution"),
        (100, "", ""),
    ],
)
def test_the_table_of_thresholds(base: int, public: str, internal: str) -> None:
    assert status_of_base(base, Thresholds(), Audience.PUBLIC) == public
    assert status_of_base(base, Thresholds(), Audience.INTERNAL) == internal


def test_a_hidden_cell_is_not_the_total_minus_the_shown(study: Study) -> None:
    released = release(
        estimates({"a": even(5), "b": even(200), "c": even(60)}), study, audience=Audience.PUBLIC
    )
    assert statuses(released) == {"total": "", "a": "s", "b": "", "c": "s"}


def test_hidden_cells_together_reach_the_threshold(study: Study) -> None:
    released = release(
        estimates({"a": even(3), "b": even(4), "c": even(50), "d": even(90)}),
        study,
        audience=Audience.PUBLIC,
    )
    assert statuses(released) == {"total": "", "a": "s", "b": "s", "c": "s", "d": "caution"}


def test_nothing_more_is_hidden_than_needed(study: Study) -> None:
    released = release(
        estimates({"a": even(8), "b": even(9), "c": even(50)}), study, audience=Audience.PUBLIC
    )
    assert statuses(released) == {"total": "caution", "a": "s", "b": "s", "c": "caution"}


def test_hidden_figures_carry_no_number(study: Study) -> None:
    released = release(estimates({"a": even(5), "b": even(200)}), study, audience=Audience.PUBLIC)
    hidden = released.filter(pl.col("category").is_in(["a", "b"]))
    numbers = hidden.select("value", "se", "low", "high", "base", "df")
    assert numbers.null_count().sum_horizontal().item() == 12
    assert "counts" not in released.columns and "unweighted" not in released.columns


EVERY = ("T2B", "T1B", "NET", "M10", *LEVELS)


def readings(released: pl.DataFrame, category: str) -> dict[str, str]:
    return dict(
        released.filter(pl.col("category") == category).select("definition", "status").iter_rows()
    )


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((5, 40, 60, 200, 195), {"P1", "P2", "M10"}),
        ((60, 40, 5, 200, 195), {"P2", "P3", "NET", "M10"}),
        ((0, 0, 13, 150, 4), {"P4", "P5", "T1B", "M10"}),
        ((4, 3, 13, 150, 4), {"P1", "P2", "P3", "P4", "P5", "T1B", "NET", "M10"}),
    ],
)
def test_a_small_level_is_told_with_its_neighbour_and_by_no_reading_alone(
    study: Study, counts: tuple[int, ...], hidden: set[str]
) -> None:
    released = release(estimates({"a": counts}, definitions=EVERY), study, audience=Audience.PUBLIC)
    expected = {name: "s" if name in hidden else "" for name in EVERY}
    assert readings(released, "total") == expected


def test_level_shares_stay_where_no_level_is_small(study: Study) -> None:
    frame = estimates({"a": (50, 40, 60, 200, 195)}, definitions=EVERY)
    assert set(release(frame, study, audience=Audience.PUBLIC)["status"]) == {""}


def test_a_primary_reading_never_shows_a_small_side(study: Study) -> None:
    released = release(
        estimates({"a": (1, 1, 1, 150, 150), "b": even(400)}), study, audience=Audience.PUBLIC
    )
    assert statuses(released) == {"total": "", "a": "s", "b": "s"}


def test_a_reading_hidden_in_one_category_is_not_the_total_minus_the_others(study: Study) -> None:
    frame = estimates(
        {"a": (12, 50, 60, 70, 80), "b": (3, 50, 60, 70, 80), "c": (30, 50, 60, 70, 90)},
        definitions=EVERY,
    )
    released = release(frame, study, audience=Audience.PUBLIC)
    hidden = {"P1", "P2", "M10"}
    assert readings(released, "b") == {name: "s" if name in hidden else "" for name in EVERY}
    assert readings(released, "a") == readings(released, "b")
    assert set(readings(released, "c").values()) == {""}


def test_a_question_that_no_indicator_follows_tells_no_small_level(study: Study) -> None:
    """A layer of an analyst's own may ask it."""
    frame = estimates(
        {"a": (195, 200, 60, 40, 5), "b": (195, 200, 60, 40, 50)}, definitions=("T2B", "T1B")
    )
    own = frame.with_columns(item=pl.lit("Q08b"), indicator=pl.lit("Q08b"))
    released = release(own, study, audience=Audience.PUBLIC)
    assert statuses(released, "T1B") == {"total": "", "a": "s", "b": "s"}
    assert statuses(released, "T2B") == {"total": "", "a": "", "b": ""}


def test_a_small_base_has_one_reading(study: Study) -> None:
    frame = estimates({"a": (0, 14, 0, 0, 14), "b": (0, 14, 0, 0, 15)}, definitions=("T2B", "M10"))
    released = release(frame, study, audience=Audience.INTERNAL)
    assert statuses(released, "T2B")["a"] == "fragile"
    assert statuses(released, "M10")["a"] == "s"


def test_a_sensitive_item_has_no_cell_near_0_or_100_percent_nor_its_complement(
    study: Study,
) -> None:
    """Without the complement, the hidden base would be 325 − 100 − 100, and its count would
    follow."""
    cells = {"a": (20,) * 5, "b": (0, 0, 0, 65, 60), "c": (22,) * 5}
    plain = release(estimates(cells), study, audience=Audience.PUBLIC)
    assert set(statuses(plain).values()) == {""}
    frame = estimates(cells).with_columns(indicator=pl.lit("equite"), item=pl.lit("Q16"))
    assert statuses(release(frame, study, audience=Audience.PUBLIC)) == {
        "total": "",
        "a": "s",
        "b": "s",
        "c": "",
    }


def margins(bases: dict[str, int]) -> pl.DataFrame:
    """Figures of a margin: categories and their bases."""
    rows = [
        {
            "directorate": "dpaph",
            "wave": "2026-2",
            "variable": "AGE",
            "category": category,
            "category_label": "x",
            "channels": "invitation",
            "claim": "C1",
            "sample_share": 0.1,
            "frame_share": 0.2,
            "gap": -0.1,
            "base": base,
            "simulated": True,
        }
        for category, base in bases.items()
    ]
    return Margins.figures(pl.DataFrame(rows, schema=Margins.create_empty().schema))


def test_small_categories_of_a_margin_are_hidden_with_their_complement_and_what_gives_them_away(
    study: Study,
) -> None:
    released = release(margins({"1": 5, "2": 40, "3": 300}), study, audience=Audience.PUBLIC)
    shown = released.filter(pl.col("status") == "").select("category", "definition").rows()
    assert sorted(shown) == [("3", "frame_share"), ("3", "gap"), ("3", "sample_share")]
    assert dict(
        released.filter(definition="sample_share").select("category", "base").iter_rows()
    ) == {"1": None, "2": None, "3": 300}


def test_that_nobody_stands_in_a_category_is_no_secret(study: Study) -> None:
    released = release(margins({"1": 0, "2": 40, "3": 300}), study, audience=Audience.PUBLIC)
    assert released.filter(definition="sample_share")["status"].to_list() == ["", "caution", ""]


# --- figures made from others ---------------------------------------------------------------------


def change(wave: str = "2026-2", against: str = "2026-1") -> pl.DataFrame:
    """Figures of the change of the total of Q01."""
    row = {
        "directorate": "dpaph",
        "wave": wave,
        "comparison": "reference",
        "against": against,
        "indicator": "satisfaction_globale",
        "definition": "T2B",
        "definition_version": "1.0",
        "compared_kind": "share",
        "compared": [
            f"estimates/dpaph/{one}/-/satisfaction_globale/T2B/share/total/total"
            for one in (against, wave)
        ],
        "unit": "points",
        "item": "Q01",
        "channels": "invitation",
        "claim": "C1",
        "value": 0.1,
        "se": 0.02,
        "low": 0.06,
        "high": 0.14,
        "df": 50,
        "detectable": 0.05,
        "threshold": 0.05,
        "shared": 0,
        "family": 24,
        "word": "up",
        "simulated": True,
    }
    return Changes.figures(pl.DataFrame([row], schema=Changes.create_empty().schema))


def at_wave(frame: pl.DataFrame, wave: str) -> pl.DataFrame:
    moved = frame.with_columns(wave=pl.lit(wave))
    return moved.with_columns(key=figure_key())


def test_a_change_is_shown_only_where_both_waves_are(study: Study) -> None:
    large = estimates({"a": even(200), "b": even(200)})
    before, small_before = at_wave(large, "2026-1"), at_wave(estimates({"a": even(9)}), "2026-1")
    for earlier, status in ((before, ""), (small_before, "s")):
        released = release(pl.concat([large, earlier, change()]), study, audience=Audience.PUBLIC)
        found = released.filter(layer="changes")
        assert found["status"].to_list() == [status, status]
        assert found["word"].to_list() == (["", "up"] if not status else ["", ""])
        assert found["value"].null_count() == (0 if not status else 2)


def test_a_figure_made_from_one_that_is_not_in_the_edition_is_not_shown(study: Study) -> None:
    large = estimates({"a": even(200), "b": even(200)})
    released = release(pl.concat([large, change()]), study, audience=Audience.PUBLIC)
    assert released.filter(layer="changes")["status"].to_list() == ["nd", "nd"]


def test_an_internal_view_is_marked_in_all_its_forms() -> None:
    bundle, _ = InternalView("<table></table>")._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert [form for form, text in bundle.items() if INTERNAL_MARK not in text] == []
    assert "ne pas diffuser" in bundle["text/html"]

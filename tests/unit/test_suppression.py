"""Small tables worked out by hand, and what a reader who subtracts can find in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.disclosure import Audience, Status, release, status_of_base
from analysis.errors import ParameterError
from analysis.storage import Figures, as_figures
from analysis.study import Study, Thresholds
from analysis.study.loading import read_model

TOTAL = "total"
SCORES = {
    "T2B": (0, 0, 0, 1, 1),
    "T1B": (0, 0, 0, 0, 1),
    "NET": (-1, -1, 0, 1, 1),
    "M10": (0, 2.5, 5, 7.5, 10),
    "P1": (1, 0, 0, 0, 0),
    "P2": (0, 1, 0, 0, 0),
    "P3": (0, 0, 1, 0, 0),
    "P4": (0, 0, 0, 1, 0),
    "P5": (0, 0, 0, 0, 1),
    "P1-2": (1, 1, 0, 0, 0),
}
"""What each reading adds up, over the answers of each level, worst first."""

Levels = tuple[int, int, int, int, int]


def readings(
    cells: dict[str, Levels], *, of: Iterable[str] = ("T2B",), breakdown: str = "age"
) -> pl.DataFrame:
    """Figures of Q01 by category, and for the total that the categories add up to."""
    total = tuple(sum(level) for level in zip(*cells.values(), strict=True))
    parts = {(TOTAL, TOTAL): total, **{(breakdown, name): one for name, one in cells.items()}}
    rows = [
        {
            "directorate": "d",
            "wave": "2026-2",
            "indicator": "satisfaction_globale",
            "definition": definition,
            "kind": "level_share" if definition.startswith("P") else "share",
            "unit": "share",
            "item": "Q01",
            "breakdown": name,
            "category": category,
            "claim": "C1",
            "value": float(np.dot(SCORES[definition], counts)) / sum(counts),
            "base": sum(counts),
            "counts": list(counts),
            "simulated": True,
        }
        for (name, category), counts in parts.items()
        if sum(counts)
        for definition in of
    ]
    return as_figures(pl.DataFrame(rows, infer_schema_length=None), layer="estimates")


def counted(bases: dict[str, int], wave: str = "2026-2") -> pl.DataFrame:
    """Figures that count the people of each category."""
    rows = [
        {
            "directorate": "d",
            "wave": wave,
            "indicator": "people",
            "definition": "people",
            "kind": "count",
            "unit": "answers",
            "breakdown": "place",
            "category": category,
            "claim": "C1",
            "value": float(base),
            "base": base,
            "simulated": True,
        }
        for category, base in bases.items()
    ]
    return as_figures(pl.DataFrame(rows), layer="places")


def derived(name: str, made_from: list[str]) -> pl.DataFrame:
    row = {
        "directorate": "d",
        "wave": "2026-2",
        "indicator": name,
        "definition": "gap",
        "kind": "difference",
        "unit": "points",
        "claim": "C1",
        "value": 0.25,
        "word": "up",
        "made_from": made_from,
        "simulated": True,
    }
    return as_figures(pl.DataFrame([row]), layer="gaps")


def key_of(figures: pl.DataFrame, category: str) -> str:
    key: str = figures.filter(category=category)["key"].item()
    return key


def public(figures: pl.DataFrame, study: Study) -> pl.DataFrame:
    return release(figures, study, audience=Audience.PUBLIC)


def statuses(released: pl.DataFrame, definition: str = "T2B") -> dict[str, str]:
    return dict(released.filter(definition=definition).select("category", "status").iter_rows())


def evenly(base: int) -> Levels:
    assert base % 5 == 0
    return (base // 5,) * 5


# --- primary suppression --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ((5, 5, 0, 100, 100), "s"),
        ((5, 6, 0, 100, 100), ""),
        ((0, 0, 1, 100, 100), "s"),
        ((0, 0, 0, 100, 100), ""),
        ((60, 70, 80, 5, 5), "s"),
        ((60, 70, 80, 5, 6), ""),
    ],
)
def test_neither_side_of_a_share_may_be_a_group_of_one_to_ten(
    study: Study, counts: Levels, status: str
) -> None:
    assert statuses(public(readings({"a": counts}), study))[TOTAL] == status


def test_the_thresholds_are_those_of_the_study(study: Study) -> None:
    lenient = Thresholds(suppressed_below=5, fragile_below=5, caution_below=30)
    frame = counted({"a": 4, "b": 5, "c": 29, "d": 30})
    released = public(frame, study.model_copy(update={"thresholds": lenient}))
    assert statuses(released, "people") == {"a": "s", "b": "s", "c": "caution", "d": ""}
    assert statuses(public(frame, study), "people") == {
        "a": "s",
        "b": "s",
        "c": "nd",
        "d": "caution",
    }


def test_thresholds_that_are_one_leave_no_status_between_hidden_and_shown() -> None:
    one = Thresholds(suppressed_below=11, fragile_below=11, caution_below=11)
    assert [status_of_base(base, one, Audience.PUBLIC) for base in (10, 11)] == [
        Status.SUPPRESSED,
        Status.SHOWN,
    ]


def test_the_statuses_that_hide_are_the_last_two() -> None:
    assert [status.hidden for status in Status] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("suppressed_below: 1", "Input should be greater than or equal to 2.", "found '1'."),
        ("suppressed_below: -11", "Input should be greater than or equal to 2.", "found '-11'."),
        ("caution_below: 1000001", "less than or equal to 1000000.", "found '1000001'."),
        ("suppressed_below: 11.5", "Input should be a valid integer", "found '11.5'."),
        ("suppressed_below: .inf", "A number is too large, or is none.", "between -1e15 and 1e15."),
        ("suppressed_below:", "Input should be a valid integer.", "found 'None'."),
        ("suppressed_below: 31", "≤ fragile_below ≤ caution_below must hold.", "keys and values."),
        ("caution_below: 29", "≤ fragile_below ≤ caution_below must hold.", "keys and values."),
    ],
)
def test_thresholds_that_would_protect_nobody_are_refused(
    tmp_path: Path, line: str, what: str, hint: str
) -> None:
    file = tmp_path / "thresholds.yml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ParameterError) as raised:
        read_model(file, Thresholds)
    assert what in raised.value.what
    assert raised.value.hint.endswith(hint)


# --- complements ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ((5, 6, 40, 300), ("s", "s", "caution", "")),
        ((5, 5, 40, 300), ("s", "s", "s", "")),
        ((20, 40, 50, 300), ("nd", "s", "caution", "")),
        ((20, 25, 50, 300), ("nd", "nd", "caution", "")),
        ((10, 300, 400, 500), ("s", "s", "", "")),
    ],
)
def test_hidden_categories_are_two_at_least_and_eleven_people_together(
    study: Study, bases: tuple[int, ...], expected: tuple[str, ...]
) -> None:
    counts = public(counted(dict(zip("abcd", bases, strict=True))), study)
    assert statuses(counts, "people") == dict(zip("abcd", expected, strict=True))
    levels: list[Levels] = [(0, 0, 0, base // 2, base - base // 2) for base in bases]
    shares = public(readings(dict(zip("abcd", levels, strict=True))), study)
    assert statuses(shares) == {TOTAL: "", **dict(zip("abcd", expected, strict=True))}


def test_each_breakdown_of_a_total_is_protected_by_itself(study: Study) -> None:
    age = readings({"a": evenly(5), "b": evenly(200), "c": evenly(300)})
    site = readings({"x": evenly(250), "y": evenly(255)}, breakdown="pour")
    both = pl.concat([age, site.filter(pl.col("breakdown") != TOTAL)])
    assert statuses(public(both, study)) == {
        TOTAL: "",
        "a": "s",
        "b": "s",
        "c": "",
        "x": "",
        "y": "",
    }


def test_an_empty_category_does_not_pass_for_a_second_hidden_one(study: Study) -> None:
    cells: dict[str, Levels] = {"a": evenly(5), "b": evenly(200), "c": evenly(300)}
    nobody = (
        readings(cells)
        .filter(category="a")
        .with_columns(
            category=pl.lit("none"),
            key=pl.lit("none"),
            base=pl.lit(0, dtype=pl.Int64),
            value=pl.lit(None, dtype=pl.Float64),
            counts=pl.lit([0] * 5, dtype=pl.List(pl.Int64)),
        )
    )
    released = public(pl.concat([readings(cells), nobody]), study)
    assert statuses(released) == {TOTAL: "", "a": "s", "b": "s", "c": "", "none": "nd"}


def test_a_table_of_counts_is_not_protected_by_that_of_another_wave(study: Study) -> None:
    frame = pl.concat([counted({"a": 5, "b": 200}), counted({"a": 6, "b": 300}, wave="2026-1")])
    assert set(public(frame, study)["status"]) == {"s"}
    alone = pl.concat([counted({"a": 50, "b": 200}), counted({"a": 6, "b": 300}, wave="2026-1")])
    released = public(alone, study)
    assert statuses(released.filter(wave="2026-2"), "people") == {"a": "caution", "b": ""}


def test_the_order_of_the_rows_does_not_matter(study: Study) -> None:
    cells: dict[str, Levels] = {"a": evenly(5), "b": evenly(60), "c": evenly(65), "d": evenly(200)}
    frame = pl.concat([readings(cells, of=SCORES), counted({"a": 3, "b": 40, "c": 40})])
    assert public(frame, study).equals(
        public(frame.sample(fraction=1, shuffle=True, seed=7), study)
    )


# --- figures made from others ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "status"),
    [("cd", ""), ("cs", "s"), ("cn", "nd"), ("sn", "s"), ("ns", "nd"), ("csn", "s")],
)
def test_a_derived_figure_has_the_status_of_its_first_hidden_part(
    study: Study, parts: str, status: str
) -> None:
    """s is suppressed, n has too few answers for the public, c and d are shown."""
    table = counted({"s": 5, "n": 20, "c": 50, "d": 300})
    gap = derived("gap", [key_of(table, part) for part in parts])
    found = public(pl.concat([table, gap]), study).filter(layer="gaps").row(0, named=True)
    assert found["status"] == status
    assert (found["value"], found["word"]) == ((None, "") if status else (0.25, "up"))


def test_a_figure_made_from_a_derived_one_is_hidden_with_it_in_any_order(study: Study) -> None:
    first = derived("first", ["nowhere"])
    second = derived("second", first["key"].to_list())
    for frame in (pl.concat([second, first]), pl.concat([first, second])):
        assert public(frame, study)["status"].to_list() == ["nd", "nd"]


def test_a_derived_figure_hidden_from_the_public_is_shown_inside(study: Study) -> None:
    table = counted({"n": 20, "m": 25, "d": 300})
    frame = pl.concat([table, derived("gap", [key_of(table, "n"), key_of(table, "d")])])
    inside = release(frame, study, audience=Audience.INTERNAL)
    assert inside.filter(layer="gaps")["value"].to_list() == [0.25]
    assert public(frame, study).filter(layer="gaps")["value"].to_list() == [None]


# --- a reader who subtracts -----------------------------------------------------------------------


def found_out(released: pl.DataFrame) -> set[tuple[str, str]]:
    """The hidden readings, as (category, definition), that follow from the shown ones.

    The unknowns are the answers of each level in each category. A shown reading tells its base, a
    sum of unknowns, and its value times the base, another; the total is summed over all categories.
    A hidden reading follows where its own sum and its base lie in the span of those.
    """
    names = sorted(set(released["category"]) - {TOTAL})

    def equation(category: str, scores: Iterable[float]) -> np.ndarray:
        places = [float(category in (TOTAL, name)) for name in names]
        return np.kron(places, np.array(list(scores), dtype=float))

    rows = list(released.select("category", "definition", "value").iter_rows())
    known = [
        equation(category, scores)
        for category, definition, value in rows
        if value is not None
        for scores in ((1,) * 5, SCORES[definition])
    ]
    system = np.array(known or [np.zeros(5 * len(names))])
    rank = np.linalg.matrix_rank(system)

    def follows(sought: np.ndarray) -> bool:
        return bool(np.linalg.matrix_rank(np.vstack([system, sought])) == rank)

    return {
        (category, definition)
        for category, definition, value in rows
        if value is None
        and follows(equation(category, (1,) * 5))
        and follows(equation(category, SCORES[definition]))
    }


def unhidden(released: pl.DataFrame, figures: pl.DataFrame, category: str) -> pl.DataFrame:
    """The same release with one category as it was before the gate."""
    before = figures.filter(category=category).select("key", "value", "base")
    return released.update(before, on="key")


BY_CATEGORY: dict[str, tuple[dict[str, Levels], str, str]] = {
    "one small category": (
        {"a": evenly(5), "b": evenly(60), "c": evenly(200)},
        "b",
        "a",
    ),
    "one small side": (
        {"a": (1, 2, 0, 90, 90), "b": evenly(90), "c": evenly(200)},
        "b",
        "a",
    ),
    "one base that only insiders may see": (
        {"a": evenly(25), "b": evenly(60), "c": evenly(200)},
        "b",
        "a",
    ),
    "two categories": ({"a": evenly(10), "b": evenly(400)}, "b", "a"),
}


@pytest.mark.parametrize("table", BY_CATEGORY)
def test_no_hidden_category_follows_from_the_shown_ones_and_each_hidden_one_is_needed(
    study: Study, table: str
) -> None:
    cells, protecting, protected = BY_CATEGORY[table]
    figures = readings(cells)
    released = public(figures, study)
    assert released.filter(category=protecting)["value"].to_list() == [None]
    assert found_out(released) == set()
    assert found_out(unhidden(released, figures, protecting)) == {(protected, "T2B")}


def test_hidden_categories_of_a_sensitive_question_together_show_no_small_side(
    study: Study,
) -> None:
    """Nobody of a and b is dissatisfied: the total less c and d says so, unless c goes too."""
    cells: dict[str, Levels] = {
        "a": (0, 0, 0, 65, 60),
        "b": (0, 0, 0, 50, 70),
        "c": (22, 22, 22, 42, 42),
        "d": (30, 30, 30, 50, 50),
    }
    sensitive = {"indicator": pl.lit("equite"), "item": pl.lit("Q16")}
    released = public(readings(cells).with_columns(**sensitive), study)
    assert statuses(released) == {TOTAL: "", "a": "s", "b": "s", "c": "s", "d": ""}
    larger = cells | {"b": (4, 4, 4, 1, 1), "a": (0, 0, 0, 65, 60)}
    released = public(readings(larger).with_columns(**sensitive), study)
    assert statuses(released)["c"] == ""


def test_no_reading_of_a_small_level_follows_from_the_shown_ones(study: Study) -> None:
    """In b three people chose the worst level, which is told with the next: so it is in a, the
    smallest, since the others would otherwise give it away. The mean would tell them apart.
    """
    cells: dict[str, Levels] = {
        "a": (12, 50, 60, 70, 80),
        "b": (3, 50, 60, 70, 100),
        "c": (30, 50, 60, 70, 120),
    }
    figures = readings(cells, of=SCORES)
    released = public(figures, study)
    for category, hidden in (("a", {"P1", "P2", "M10"}), ("b", {"P1", "P2", "M10"}), ("c", set())):
        shown = released.filter(category=category)
        assert set(shown.filter(pl.col("value").is_null())["definition"]) == hidden, category
    assert found_out(released) == set()
    assert ("b", "P1") in found_out(unhidden(released, figures, "a"))


LEVELS_BY_CATEGORY: dict[str, dict[str, Levels]] = {
    "two rare levels, in two categories": {
        "a": (60, 4, 60, 70, 80),
        "b": (3, 70, 90, 80, 100),
        "c": (90, 90, 90, 90, 120),
        "d": (95, 95, 95, 95, 120),
    },
    "rare levels that overlap": {
        "a": (30, 4, 12, 70, 80),
        "b": (3, 12, 90, 80, 100),
        "c": (90, 90, 90, 90, 120),
    },
    "as many as the threshold together with two others only": {
        "a": (3, 40, 60, 70, 80),
        "b": (2, 50, 60, 70, 100),
        "c": (7, 55, 60, 70, 120),
        "d": (90, 90, 90, 90, 120),
    },
    "rare on the better side": {
        "a": (60, 40, 60, 70, 4),
        "b": (30, 70, 90, 80, 100),
        "c": (90, 90, 90, 90, 120),
    },
}


@pytest.mark.parametrize("table", LEVELS_BY_CATEGORY)
def test_levels_told_together_are_not_told_apart_by_other_categories(
    study: Study, table: str
) -> None:
    figures = readings(LEVELS_BY_CATEGORY[table], of=SCORES)
    released = public(figures, study)
    assert found_out(released) == set()
    for category in LEVELS_BY_CATEGORY[table]:
        merged = released.filter(category=category, definition="T2B")["value"].item()
        assert merged is not None, category
    rare = released.filter(category="a").filter(pl.col("value").is_null())
    alone = released.update(
        figures.join(rare, on="key", how="anti").select("key", "value", "base"), on="key"
    )
    assert found_out(alone) != set(), "the other categories have to hide something"


def test_no_small_count_follows_from_the_number_of_all_that_a_share_gives_away(
    study: Study,
) -> None:
    """A share and its base give the number of all, so that all but one category give the last."""
    bases = {"a": 4, "b": 36, "c": 160}
    shares = counted(bases).with_columns(kind=pl.lit("share"), value=pl.col("base") / 200)
    released = public(Figures.validate(shares), study)
    assert statuses(released, "people") == {"a": "s", "b": "s", "c": ""}

    def left_unknown(table: pl.DataFrame) -> int:
        known = [name for name, base in table.select("category", "base").iter_rows() if base]
        equations = [[float(name == one) for name in bases] for one in known] + [[1.0] * 3]
        return len(bases) - int(np.linalg.matrix_rank(np.array(equations)))

    assert left_unknown(released) == 1
    assert left_unknown(unhidden(released, shares, "b")) == 0

"""Editions released one after the other: what each hides is found from neither alone, nor from both
together, by somebody who holds all that they show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.operations.links import to_keep
from analysis.storage import Released
from analysis.study import Study
from tests.unit.test_disclosure import estimates

Cells = Mapping[str, int]
FEWEST = 11


def figures(cells: Cells) -> pl.DataFrame:
    """Figures of a question by category: of so many answers each, half of them on either side."""
    return estimates({name: (0, base - base // 2, 0, base // 2, 0) for name, base in cells.items()})


def released(
    study: Study, cells: Cells, *earlier: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the public gets of some cells, and what is kept of it."""
    rows = figures(cells)
    published = pl.concat(earlier) if earlier else None
    public = release(rows, study, audience=Audience.PUBLIC, published=published)
    Released.validate(public)
    return public, to_keep(rows, public, edition=f"2026-2/1.{len(earlier)}.0")


def shown(public: pl.DataFrame) -> dict[str, int]:
    """Category → answers, of what is shown; the total among them."""
    return dict(public.filter(pl.col("base").is_not_null()).select("category", "base").iter_rows())


def found(first: Cells, second: Cells, *publics: pl.DataFrame) -> set[str]:
    """The cells of few answers that are found from what is shown: those whose number follows from
    the others', where a cell that is the same in both is one unknown."""
    names = [(place, name) for place, cells in enumerate((first, second)) for name in cells]
    unknowns = {
        one: (0 if one[0] and first.get(one[1]) == second[one[1]] else one[0], one[1])
        for one in names
    }
    columns = sorted(set(unknowns.values()))
    rows = []
    for place, (cells, public) in enumerate(zip((first, second), publics, strict=True)):
        numbers = shown(public)
        for name in numbers:
            within = cells if name == "total" else [name]
            row = np.zeros(len(columns))
            for one in within:
                row[columns.index(unknowns[place, one])] += 1
            rows.append(row)
    known = np.array(rows) if rows else np.zeros((1, len(columns)))
    rank = np.linalg.matrix_rank(known)
    return {
        f"{place}/{name}"
        for place, name in names
        if 0 < (first, second)[place][name] < FEWEST
        and np.linalg.matrix_rank(
            np.vstack([known, np.eye(len(columns))[columns.index(unknowns[place, name])]])
        )
        == rank
    }


def test_a_cell_that_was_hidden_stays_so_while_it_is_the_same(study: Study) -> None:
    """b hides a; another is smaller now, and would hide it in its place."""
    first = {"a": 5, "b": 35, "c": 60, "d": 80}
    second = {"a": 5, "b": 35, "c": 31, "d": 80}
    public, kept = released(study, first)
    assert set(shown(public)) == {"c", "d", "total"}
    alone, _ = released(study, second)
    assert set(shown(alone)) == {"b", "d", "total"}
    assert found(first, second, public, alone) == {"0/a", "1/a"}
    linked, _ = released(study, second, kept)
    assert set(shown(linked)) == {"c", "d", "total"}
    assert found(first, second, public, linked) == set()


def test_what_was_shown_hides_nothing(study: Study) -> None:
    """a is new; of the others, only d is not known: it was told of other answers."""
    first = {"a": 0, "b": 30, "c": 60, "d": 80}
    second = {"a": 5, "b": 30, "c": 60, "d": 120}
    public, kept = released(study, first)
    assert {"b", "c", "d", "total"} <= set(shown(public))
    linked, _ = released(study, second, kept)
    assert set(shown(linked)) == {"b", "c", "total"}
    alone, _ = released(study, second)
    assert found(first, second, public, alone) == {"1/a"}
    assert found(first, second, public, linked) == set()


def test_a_total_is_hidden_where_nothing_else_is_left_to_hide(study: Study) -> None:
    """c and d are hidden in both, so that they are known together: with the total, a would be."""
    first, second = {"a": 45, "c": 4, "d": 32}, {"a": 5, "c": 4, "d": 32}
    public, kept = released(study, first)
    assert set(shown(public)) == {"a", "total"}
    alone, _ = released(study, second)
    assert set(shown(alone)) == {"total"} and found(first, second, public, alone) == {"1/a"}
    linked, _ = released(study, second, kept)
    assert shown(linked) == {} and found(first, second, public, linked) == set()


def test_what_few_people_change_is_shown_again_and_is_found(study: Study) -> None:
    """A limit, and no aim: five people are new, and the two totals that are shown tell them apart.
    To hide it, every figure that a small correction touches would have to go."""
    first, second = {"a": 0, "b": 30, "c": 60}, {"a": 5, "b": 30, "c": 60}
    public, kept = released(study, first)
    linked, _ = released(study, second, kept)
    assert set(shown(linked)) == {"b", "c", "total"}
    assert found(first, second, public, linked) == {"1/a"}


def test_a_cell_of_other_answers_is_judged_anew(study: Study) -> None:
    first, second = {"a": 5, "b": 30, "c": 60}, {"a": 40, "b": 60, "c": 60}
    _, kept = released(study, first)
    linked, _ = released(study, second, kept)
    assert set(shown(linked)) == {"a", "b", "c", "total"}
    nearly, _ = released(study, {"a": 15, "b": 30, "c": 60}, kept)
    assert set(shown(nearly)) == {"c", "total"}, "ten answers more are not enough"


def test_the_same_figures_again_are_released_as_they_were(study: Study) -> None:
    cells = {"a": 5, "b": 30, "c": 35, "d": 80, "e": 9}
    public, kept = released(study, cells)
    again, kept_again = released(study, cells, kept)
    assert again.equals(public) and kept_again.drop("edition").equals(kept.drop("edition"))


def test_what_one_edition_showed_is_known_whatever_another_hid(study: Study) -> None:
    hid = released(study, {"a": 5, "b": 30, "c": 60})[1]
    showed = hid.with_columns(edition=pl.lit("2026-2/1.1.0"), status=pl.lit(""))
    for order in ((hid, showed), (showed, hid)):
        public, _ = released(study, {"a": 5, "b": 30, "c": 60}, *order)
        assert "b" in shown(public)


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2))])
def test_nobody_is_found_from_two_editions_together(study: Study, seed: int) -> None:
    """Of a hundred pairs of editions, of which some cells changed; without the link some are."""
    random = np.random.default_rng([seed, 77])
    alone_found = linked_found = 0
    for _ in range(100):
        names = "abcdefg"[: random.integers(3, 8)]
        first = {name: int(random.choice([0, 4, 7, 14, 32, 45, 90])) for name in names}
        moves = {name: int(random.choice([0, 0, 0, 12, 30, -40, -60])) for name in names}
        second = {name: max(0, base + moves[name]) for name, base in first.items()}
        public, kept = released(study, first)
        alone, _ = released(study, second)
        linked, _ = released(study, second, kept)
        before = found(first, first, public, public)
        assert before == set()
        alone_found += bool(found(first, second, public, alone))
        linked_found += bool(found(first, second, public, linked))
    assert alone_found > 0
    assert linked_found == 0

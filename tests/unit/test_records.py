"""A stored cube answers as it did before, and any definition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.errors import InferenceError
from analysis.indicators import series
from analysis.inference import Design, build_cube, from_record, mean, rake, to_record
from analysis.study import Definition


def rows(seed: int, n: int = 400) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "h": rng.integers(0, 4, n),
            "w": np.exp(rng.normal(0, 0.3, n)),
            "n": 5000,
            "g": np.array(["x", "y"])[rng.integers(0, 2, n)],
            "y": np.where(rng.random(n) < 0.1, 98, rng.integers(1, 6, n)),
        }
    )


@pytest.mark.parametrize(
    "design",
    [
        Design(weights="w", strata=("h",)),
        Design(weights="w", strata=("h",), fpc="n"),
        Design(clusters=("h",)),
    ],
)
@pytest.mark.parametrize("calibrated", [True, False])
def test_a_cube_comes_back_as_it_was(tmp_path: Path, design: Design, calibrated: bool) -> None:
    frame = rows(1)
    made = rake(frame, margins={"g": {"x": 300.0, "y": 500.0}}, weights="w") if calibrated else None
    cube = build_cube(
        frame, design, items={"y": range(1, 6)}, breakdowns={"g": "g"}, calibration=made
    )
    to_record(cube).write_parquet(tmp_path / "cube.parquet")
    again = from_record(pl.read_parquet(tmp_path / "cube.parquet"))
    for by in ("total", "g"):
        left, right = (mean(one, "y", scores=(0, 0, 0, 1, 1), by=by) for one in (cube, again))
        np.testing.assert_array_equal(left.value, right.value)
        np.testing.assert_array_equal(left.covariance, right.covariance)
        assert (
            left.df.tolist() == right.df.tolist() and left.counts.tolist() == right.counts.tolist()
        )
    assert (
        again.keys.equals(cube.keys)
        and again.rows == cube.rows
        and again.weighted_total == cube.weighted_total
    )


def test_another_format_is_refused() -> None:
    record = to_record(build_cube(rows(1), Design(), items={"y": range(1, 6)}))
    other = record.with_columns(text=pl.col("text").str.replace('"format": 2', '"format": 9'))
    with pytest.raises(InferenceError, match="format 9"):
        from_record(other)


def test_a_change_of_definition_is_applied_to_all_waves() -> None:
    """The same answers, by two definitions: the one that changed in between shows a jump that no
    constant one shows."""
    frame = rows(3, 4000)
    cubes = {str(wave): build_cube(frame, Design(), items={"y": range(1, 6)}) for wave in range(3)}
    top = Definition(id="T2B", version="1.0", label="x", kind="top_share", top=2)
    mean_of = Definition(id="M10", version="1.0", label="x", kind="mean", maximum=10)
    for definition in (top, mean_of):
        found = series(cubes, "y", definition)
        assert found["change"].to_list() == [None, 0.0, 0.0]
        assert found["value"].n_unique() == 1
    valid = frame.filter(pl.col("y") <= 5)["y"]
    share = float((valid >= 4).to_numpy().mean())
    assert series(cubes, "y", top)["value"][0] == pytest.approx(share, rel=1e-12)
    assert series(cubes, "y", mean_of)["value"][0] == pytest.approx(
        (valid.mean() - 1) * 2.5, rel=1e-12
    )  # type: ignore[operator]


def test_a_table_of_an_earlier_schema_is_migrated_and_one_of_a_later_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.errors import NotReadyError
    from analysis.storage import Cubes, Provenance, migrations, read_table, write_table

    cube = to_record(build_cube(rows(1), Design(), items={"y": range(1, 6)}))
    record = cube.select(pl.lit("c").alias("channels"), pl.all())
    write_table(record, tmp_path / "one.parquet", Cubes, Provenance("s", "d", {}, simulated=True))
    monkeypatch.setitem(migrations.VERSIONS, "Cubes", 4)
    monkeypatch.setitem(
        migrations.STEPS, ("Cubes", 2), lambda frame: frame.with_columns(text=pl.col("text") + "1")
    )
    monkeypatch.setitem(
        migrations.STEPS, ("Cubes", 3), lambda frame: frame.with_columns(text=pl.col("text") + "2")
    )
    found = read_table(tmp_path / "one.parquet", Cubes, hint="")
    assert found["text"].to_list() == [text + "12" for text in record["text"]]
    write_table(record, tmp_path / "three.parquet", Cubes, Provenance("s", "d", {}, simulated=True))
    assert (
        read_table(tmp_path / "three.parquet", Cubes, hint="")["text"].to_list()
        == record["text"].to_list()
    )
    monkeypatch.setitem(migrations.VERSIONS, "Cubes", 2)
    with pytest.raises(NotReadyError, match="later version"):
        read_table(tmp_path / "three.parquet", Cubes, hint="")

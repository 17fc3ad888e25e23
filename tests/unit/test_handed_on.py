"""Files that a delivery hands on as they were, from the one that it replaces: nothing is said or
summed otherwise, and no name of a delivery decides an order."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analysis.operations.context import Context
from analysis.operations.register import register_delivery
from tests.unit import test_deliveries as others
from tests.unit.test_deliveries import Draft, forms

context, draft = others.context, others.draft

A, B = {"a.csv": forms(0, 20)}, {"b.csv": forms(20, 45)}


def tables(context: Context) -> dict[str, bytes]:
    """Every table that was read from deliveries, by its place."""
    folder = context.workspace.root / "data" / "processed"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.parquet"))
    }


def responses(context: Context) -> pl.DataFrame:
    folder = context.workspace.processed("cd93", "responses")
    (path,) = folder.rglob("*.parquet")
    return pl.read_parquet(path, hive_partitioning=False)


def test_the_same_bytes_again_change_no_table(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("first", A | B))
    before = tables(context)
    register_delivery(context, draft("second", A | B, replaces="first"))
    register_delivery(context, draft("third", A | B, replaces="second"))
    assert tables(context) == before and len(before) > 4
    other = {"b.csv": forms(20, 45, level=4)}
    register_delivery(context, draft("fourth", A | other, replaces="third"))
    assert tables(context) != before


def test_what_is_corrected_is_of_the_new_delivery_and_what_is_not_of_the_first(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("first", A | B))
    before = responses(context)
    register_delivery(context, draft("second", A | {"b.csv": forms(20, 50)}, replaces="first"))
    after = responses(context)
    origins = after.group_by("file").agg(pl.col("delivery").unique()).sort("file").rows()
    assert origins == [("a.csv", ["first"]), ("b.csv", ["second"])]
    kept = [frame.filter(file="a.csv").sort("response_id") for frame in (before, after)]
    assert kept[0].equals(kept[1])
    ids = [set(frame.filter(file="b.csv")["response_id"]) for frame in (before, after)]
    assert not ids[0] & ids[1]


def test_a_file_that_is_read_otherwise_is_not_handed_on(context: Context, draft: Draft) -> None:
    """Its encoding is declared now."""
    register_delivery(context, draft("first", A))
    read = draft("second", A, replaces="first", entry={"dialect": {"encoding": "cp1252"}})
    register_delivery(context, read)
    assert set(responses(context)["delivery"]) == {"second"}


def test_no_name_decides_the_order_of_respondents(
    context: Context, draft: Draft, tmp_path: Path
) -> None:
    """Of a delivery, or of a file."""
    register_delivery(context, draft("first", A))
    before = responses(context)
    renamed = {"z.csv": A["a.csv"]}
    register_delivery(context, draft("zz", renamed, replaces="first"))
    after = responses(context)
    assert after["response_id"].to_list() == before["response_id"].to_list()
    named = ["delivery", "file"]
    assert after.drop(named).equals(before.drop(named)) and set(after["delivery"]) == {"zz"}
    other = {"z.csv": A["a.csv"] + "\r\n"}
    register_delivery(context, draft("zzz", other, replaces="zz"))
    assert responses(context)["response_id"].to_list() != before["response_id"].to_list()

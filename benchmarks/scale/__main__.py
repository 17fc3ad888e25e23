"""How the steps of a study grow with its products and with its waves: `python -m benchmarks.scale`.

The growth is the exponent of the least squares line through the sizes, on logarithms: 1 where twice
as many take twice as long.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression

from benchmarks.scale.measures import Measures, measure
from benchmarks.scale.workspace import Size

FEWEST_WAVES, FEWEST_PRODUCTS = 3, 20
BY_PRODUCTS = tuple(Size(products, FEWEST_WAVES) for products in (50, 100, 200, 400))
BY_WAVES = tuple(Size(FEWEST_PRODUCTS, waves) for waves in (6, 12, 24))
HERE = Path(__file__).parents[1]


def growth(sizes: Sequence[int], values: Sequence[float]) -> float | None:
    """The exponent by which values grow with sizes; None of nothing, or of one size."""
    if len(sizes) < 2 or min(values) <= 0:
        return None
    logarithms = [[math.log(value) for value in row] for row in (sizes, values)]
    return linear_regression(*logarithms).slope


def table(label: str, sizes: Sequence[int], found: Sequence[Measures]) -> str:
    """One line per measure: its value at each size, and its growth."""
    lines = [f"{label:<50}" + "".join(f"{size:>10}" for size in sizes) + f"{'growth':>8}"]
    for name in found[0]:
        values = [measures[name] for measures in found]
        exponent = growth(sizes, values)
        cells = "".join(f"{value:>10.3f}" if value % 1 else f"{value:>10.0f}" for value in values)
        lines.append(f"{name:<50}{cells}" + ("" if exponent is None else f"{exponent:>8.2f}"))
    return "\n".join(lines)


def main() -> None:
    """Measures, prints two tables, and writes `benchmarks/scale.json`; or measures one size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--products", type=int, help="measure one size: so many products")
    parser.add_argument("--waves", type=int, default=24, help="over so many waves")
    asked = parser.parse_args()
    if asked.products:
        one = measure(Size(asked.products, asked.waves))
        print(table(f"products, over {asked.waves} waves", [asked.products], [one]))
        return
    run()


def run() -> None:
    """Measures all sizes, prints two tables and writes `benchmarks/scale.json`."""
    content = {}
    for label, sizes in (
        (f"products, over {FEWEST_WAVES} waves", BY_PRODUCTS),
        (f"waves of {FEWEST_PRODUCTS} products", BY_WAVES),
    ):
        counts = [one.products if sizes is BY_PRODUCTS else one.waves for one in sizes]
        found = [measure(size) for size in sizes]
        print(f"\n{table(label, counts, found)}")
        content[label] = dict(zip(map(str, counts), found, strict=True))
    (HERE / "scale.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often a sentence of an edition is false, per family of claims and scenario."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.truth.scoring import SAYS_NOTHING
from benchmarks.truth.studies import ALL_SCENARIOS, Scored, score_studies
from benchmarks.truth.table import count_studies, printed

STUDIES, SEED = 1000, 11


def main() -> int:
    """Prints the table; 1 where a limit is broken, or a rule is not scored."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truth", description=__doc__)
    parser.add_argument("--studies", type=int, default=STUDIES, help="how many are simulated")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--one-by-one",
        action="store_true",
        help="judge each change as if it were alone, to see the table fail",
    )
    parser.add_argument(
        "--scenario", action="append", choices=list(ALL_SCENARIOS), help="these alone, not all"
    )
    asked = parser.parse_args()
    scenarios = asked.scenario or list(ALL_SCENARIOS)
    start, found = time.monotonic(), list[Scored]()
    for scored in score_studies(
        asked.studies, seed=asked.seed, adjusted=not asked.one_by_one, scenarios=scenarios
    ):
        found.append(scored)
        if len(found) % 50 == 0 or len(found) == asked.studies:
            seconds = time.monotonic() - start
            print(f"{len(found)}/{asked.studies} studies, {seconds:.0f} s", file=sys.stderr)
    rows = count_studies((study.scenario, study.verdicts) for study in found)
    print(printed(rows, scenarios=scenarios))
    unscored = frozenset[str]().union(*(study.unscored for study in found))
    silent, unknown = unscored & set(SAYS_NOTHING), unscored - set(SAYS_NOTHING)
    print(f"\nNot scored, since they claim nothing: {', '.join(sorted(silent)) or 'none'}.")
    print(f"Refused, and not published: {sum(study.refused for study in found)}.")
    if unknown:
        print(f"NOT SCORED, and what they claim is not known: {', '.join(sorted(unknown))}.")
    return int(bool(unknown) or not all(row.held for row in rows))


if __name__ == "__main__":
    sys.exit(main())

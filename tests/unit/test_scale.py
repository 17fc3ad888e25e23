"""What keeps the work on many units and waves in proportion: how often files are looked at, how
much of a study is gone through, what is compared; and pages that stay readable. Counts, never
seconds."""

from __future__ import annotations

import json
import re
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.disclosure.earlier import Earlier
from analysis.errors import NotReadyError
from analysis.indicators.standings import MOST_COMPARED, standings
from analysis.operations.links import to_keep
from analysis.pipeline.execution import Outcome, execute
from analysis.pipeline.jobs import Chain, Job, Past, topological_levels
from analysis.pipeline.ledger import (
    Digests,
    Snapshot,
    fingerprint_changes,
    fingerprint_of,
    output_digests,
    shared_fingerprint,
)
from analysis.pipeline.staleness import BuildState
from analysis.publishing.arrangement import MOST_AT_LARGE, units_in_bar
from analysis.publishing.pages import colophon, method, quality, response, synthesis, trends
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.sentences import MOST_UNITS_NAMED
from analysis.storage import Figures, Provenance, read_table, read_tables, write_table
from analysis.study import Study, Workspace
from analysis.study.field import Directorate
from analysis.study.scope import Scope
from analysis.study.types import Model
from tests.released import page, row
from tests.unit.jobs import notebook
from tests.unit.test_changes import estimate, headline, table
from tests.unit.test_disclosure import estimates
from tests.unit.test_pages import lines


def many(study: Study, units: int, *, departments: int = 0) -> Study:
    """The study with so many units like its first, in departments of as many each or in none."""
    model = study.directorates[0].model_copy(update={"sites": ()})

    def unit(name: str, parent: str | None = None) -> Directorate:
        about = {"id": name, "label": name.title(), "acronym": name.upper(), "parent": parent}
        return model.model_copy(update=about)

    heads = [unit(f"dep{number}") for number in range(departments)]
    parents = [f"dep{number % departments}" if departments else None for number in range(units)]
    products = [unit(f"u{number}", parent) for number, parent in enumerate(parents)]
    return study.model_copy(update={"directorates": (*heads, *products)})


# --- what is looked at ----------------------------------------------------------------------------


def with_histories(place: Path, waves: int) -> tuple[list[Path], list[Job]]:
    """A table per wave, and a notebook per wave that reads those up to its own."""
    tables = [place / f"w{number}.parquet" for number in range(waves)]
    for path in tables:
        path.write_text(path.name)
    (place / "requirements.lock").write_text("")
    source = notebook(place / "n.ipynb", "study = 'x'")
    chain = Chain("estimates", tuple((path,) for path in tables))
    return tables, [
        Job(
            f"n {last}",
            source,
            place / f"{last}.out.ipynb",
            place,
            {"study": "x"},
            (),
            (),
            (Past(chain, last + 1),),
        )
        for last in range(waves)
    ]


@pytest.mark.parametrize("waves", [3, 6])
def test_a_decision_looks_at_each_file_once_however_many_notebooks_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waves: int
) -> None:
    tables, jobs = with_histories(tmp_path, waves)
    looked: list[Path] = []
    plain = Digests.of

    def counted(self: Digests, path: Path) -> str:
        looked.append(path)
        return plain(self, path)

    monkeypatch.setattr(Digests, "of", counted)
    tasks = BuildState(Workspace(tmp_path), "x").tasks(jobs)
    assert sorted(path for path in looked if path in tables) == tables
    sizes = {len(task.fingerprint) for task in tasks}
    assert len(sizes) == 1, "what a notebook is made of is told as shortly in the last wave"


def test_what_changed_in_a_wave_makes_that_wave_and_later_ones_stale(tmp_path: Path) -> None:
    tables, jobs = with_histories(tmp_path, 4)

    def made() -> list[dict[str, str]]:
        now = Snapshot(Digests(tmp_path / "digests.json"))
        return [fingerprint_of(job, {}, tmp_path, now) for job in reversed(jobs)][::-1]

    before = made()
    tables[2].write_text("other")
    changed = [fingerprint_changes(*pair) for pair in zip(before, made(), strict=True)]
    assert changed == [[], [], ["history of estimates changed"], ["history of estimates changed"]]
    tables[2].unlink()
    assert [one != two for one, two in zip(before, made(), strict=True)] == [False] * 2 + [True] * 2
    tables[2].write_text(tables[2].name)
    assert made() == before, "in whichever order notebooks ask"
    tables[0].write_text("w1.parquet")
    tables[1].write_text("w0.parquet")
    assert made()[3] != before[3], "two tables that changed places"


def test_a_wave_that_nobody_answered_in_changes_no_later_one(tmp_path: Path) -> None:
    tables, (*_, last) = with_histories(tmp_path, 2)
    gap = Chain("estimates", ((tables[0],), (), (tables[1],)))
    digests = Digests(tmp_path / "digests.json")
    found = [
        fingerprint_of(replace(last, history=history), {}, tmp_path, Snapshot(digests))
        for history in (last.history, (Past(gap, 3),), (Past(gap, 2),))
    ]
    assert found[0] == found[1] != found[2]


def test_a_notebook_waits_for_what_is_made_again_in_its_history(tmp_path: Path) -> None:
    tables, jobs = with_histories(tmp_path, 3)
    maker = replace(
        jobs[0], title="m", output=tmp_path / "m.ipynb", history=(), writes=(tables[1],)
    )
    state = BuildState(Workspace(tmp_path), "x")
    now = Snapshot(state.digests)
    shared = shared_fingerprint(tmp_path, now)
    for job in (maker, *jobs):
        job.output.write_text("{}")
        made = {"made_of": fingerprint_of(job, shared, tmp_path, now)}
        text = json.dumps(made | {"outputs": output_digests(job, now)})
        job.record.write_text(text)
    planned = [*jobs, maker]
    assert [task.reasons for task in state.tasks(planned)] == [[]] * 4
    maker.record.unlink()
    found = {task.job.title: task.reasons for task in state.tasks(planned)}
    again = ["w1.parquet will be made again"]
    assert found == {"m": ["it never ran to its end"], "n 0": [], "n 1": again, "n 2": again}
    tables[0].unlink()
    (reasons,) = (task.reasons for task in state.tasks(jobs[:1]))
    assert reasons[0] == "history of estimates changed" and len(reasons) == 2
    assert reasons[1].endswith("/w0.parquet is not there")
    assert [[job.title for job in rank] for rank in topological_levels(planned)] == [
        ["n 0", "m"],
        ["n 1", "n 2"],
    ]


def test_what_a_unit_sees_of_a_study_is_looked_for_in_that_unit_alone(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits: list[str] = []
    plain = Model.visible_to

    def counted(self: Model, reader: Any) -> Any:
        visits.append(type(self).__name__)
        return plain(self, reader)

    monkeypatch.setattr(Model, "visible_to", counted)
    found = []
    for units in (5, 50):
        visits.clear()
        seen = many(study, units).for_scope(Scope("u3", "2026-2"))
        assert [unit.id for unit in seen.directorates] == ["u3"]
        found.append((len(visits), visits.count("Directorate")))
    assert found[0] == found[1] and found[0][1] == 1


def test_the_end_of_a_notebook_asks_no_other_whether_it_has_ended(tmp_path: Path) -> None:
    class Counted(Future[Outcome]):
        asked = 0

        def done(self) -> bool:
            Counted.asked += 1
            return super().done()

    class Pool:
        def submit(self, _work: Any, job: Job, *_: Any) -> Future[Outcome]:
            future = Counted()
            future.set_result(Outcome(job, 0.0, None))
            return future

    jobs = [
        (Job(f"n {number}", tmp_path, tmp_path, tmp_path, {}, (), ()), {}) for number in range(40)
    ]
    pool: Any = Pool()
    outcomes = execute(jobs, pool=pool, redact=str, done=lambda _: None)
    assert len(outcomes) == len(jobs) and Counted.asked == 0


def test_tables_of_a_layer_are_checked_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Provenance(study="x", study_digest="0", inputs={}, simulated=True)
    paths = [tmp_path / f"{number}.parquet" for number in range(4)]
    for number, path in enumerate(paths):
        rows = estimates({str(number): (10, 10, 10, 10, 10)}).with_columns(
            key=pl.col("key") + f"/{number}"
        )
        write_table(rows, path, Figures, origin)
    apart = pl.concat([read_table(path, Figures, hint="") for path in paths])
    checks: list[int] = []
    plain = Figures.is_valid
    monkeypatch.setattr(
        Figures, "is_valid", lambda frame, **_: (checks.append(frame.height), plain(frame))[1]
    )
    together = read_tables(paths, Figures, hint="")
    assert together.equals(apart) and checks == [apart.height]
    assert read_tables([], Figures, hint="").is_empty()
    with pytest.raises(NotReadyError, match="no figures table yet"):
        read_tables([*paths, tmp_path / "none.parquet"], Figures, hint="")
    twice = [paths[0], paths[0]]
    with pytest.raises(Exception, match="primary_key"):
        read_tables(twice, Figures, hint="")


# --- editions that repeat others ------------------------------------------------------------------


def test_an_edition_that_repeats_the_one_before_is_compared_once(study: Study) -> None:
    cells = {"a": (0, 3, 0, 2, 0), "b": (0, 18, 0, 17, 0), "c": (0, 30, 0, 30, 0)}
    rows = estimates(cells)
    kept = to_keep(rows, release(rows, study, audience=Audience.PUBLIC), edition="-")
    moved = kept.with_columns(
        base=pl.col("base") + 40, counts=pl.col("counts").list.eval(pl.element() + 8)
    )

    def past(*editions: pl.DataFrame) -> dict[str, int]:
        named = [
            one.with_columns(edition=pl.lit(f"2026-2/1.{number}.0"))
            for number, one in enumerate(editions)
        ]
        found = Earlier.of(pl.concat(named), rows, at_least=11).past
        return {key: len(editions) for key, editions in found.items()}

    assert set(past(*[kept] * 6).values()) == {1}
    assert set(past(kept, kept, moved, kept, kept).values()) == {3}, (
        "what another said lies between"
    )
    fewer = kept.filter(pl.col("key") != kept["key"][0])
    assert max(past(kept, fewer, kept).values()) == 3, "an edition of fewer figures is another"


# --- what is compared -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "departments", "pairs"),
    [
        (MOST_COMPARED, 4, MOST_COMPARED * (MOST_COMPARED - 1) // 2),
        (40, 4, 4 * 10 * 9 // 2),
        (80, 8, 8 * 10 * 9 // 2),
        (MOST_COMPARED + 1, 0, 0),
        (MOST_COMPARED + 1, 1, 0),
    ],
)
def test_many_units_are_set_beside_those_of_their_department(
    study: Study, units: int, departments: int, pairs: int
) -> None:
    one = headline(many(study, units, departments=departments), "T2B")
    rows = [estimate(directorate=f"u{number}") for number in range(units)]
    found = standings(table(*rows), one, wave="2026-2")
    assert found.height == pairs and set(found["family"]) <= {pairs}
    if departments > 1 and units > MOST_COMPARED:
        parent = {unit.id: unit.parent for unit in one.directorates}
        assert all(parent[a] == parent[b] for a, b in found.select("directorate", "other").rows())


# --- pages ----------------------------------------------------------------------------------------


def shown(study: Study) -> Page:
    """A page over all units, each with its overall indicator, its answers and its questions."""
    rows = []
    for number, unit in enumerate(one for one in study.directorates if one.id.startswith("u")):
        about = {"directorate": unit.id, "base": 500}
        rows.append(row(**about, value=0.5 + number / 2000))
        count = {"indicator": "answers", "definition": "count", "kind": "count", "item": None}
        by_channel = {"breakdown": "channel", "category": "invitation"}
        rows.append(
            row(**about, layer="answers", **count, unit="answers", **by_channel, value=500.0)
        )
        open_ = {"indicator": "questions", "definition": "nonresponse", "kind": "share"}
        rows.append(
            row(**about, layer="item_response", **open_, item=None, **by_channel, value=0.04)
        )
        flag = {"indicator": "unweighted", "definition": "observed", "kind": "count"}
        rows.append(row(**about, layer="quality_flags", **flag, item=None, value=None, claim=""))
    return page(study, *rows, directorate=None)


@pytest.mark.parametrize(("units", "departments"), [(51, 0), (51, 3), (400, 20), (400, 0)])
def test_pages_over_many_units_stay_readable(study: Study, units: int, departments: int) -> None:
    opened = shown(many(study, units, departments=departments))
    first, drawn = synthesis.summary(opened).markdown, trends.trends(opened).markdown
    assert "figures/" not in first + drawn, "no chart of each"
    tables = re.findall(r"<table.*?</table>", first, re.DOTALL)
    assert len(tables) == max(departments, 1)
    links = len(re.findall(r"\]\((?:departement|direction)-[\w-]+\.html\)", first))
    reached = len(units_in_bar(opened.study))
    assert reached == (departments if 0 < departments <= MOST_AT_LARGE else 0)
    assert links == (0 if reached else departments or units), "one way or the other"
    for section in (method.collection, response.unanswered):
        made = re.findall(r"<table.*?</table>", section(opened).markdown, re.DOTALL)
        assert made
        tables += made
    for html in tables:
        heads = re.findall(r'<th[^>]*scope="col"[^>]*>', html)
        body = html[html.index("<tbody") :]
        assert 1 < len(heads) <= 8, "columns that a screen holds"
        assert body.count("<tr") == len(re.findall(r'<th[^>]*scope="row"', body)), "named rows"


def test_a_sentence_counts_the_units_that_it_could_not_name(study: Study) -> None:
    def said(units: int) -> str:
        return " ".join(lines(quality.in_full(shown(many(study, units)))))

    assert "U0, U1" in said(MOST_UNITS_NAMED) and "directions –" not in said(MOST_UNITS_NAMED)
    more = MOST_UNITS_NAMED + 1
    assert f"{more} directions – " in said(more) and "U1" not in said(more)
    weighted = " ".join(lines(method.weighting(shown(many(study, more)))))
    assert f"{more} directions :" in weighted and "données ouvertes" in weighted
    assert "U1" not in " ".join(lines(colophon.head(shown(many(study, more)))))
    assert "U1" in " ".join(lines(colophon.head(shown(many(study, 5)))))

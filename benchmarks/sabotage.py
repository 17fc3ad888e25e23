"""Sabotages a small study in many ways, and prints what comes of each: an error, or a sentence on
the first screen of its pages: `python -m benchmarks.sabotage`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from ruamel.yaml import YAML

from analysis.disclosure import Audience, release
from analysis.errors import ObservatoryError
from analysis.operations.check import check_study
from analysis.operations.context import Context
from analysis.operations.receive import read_new_deliveries
from analysis.operations.register import register_delivery
from analysis.operations.simulate import simulate_study, write_margins
from analysis.pipeline.plan import answered_scopes
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.quality import weaknesses
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.storage import LAYERS, read_table
from analysis.study import Workspace
from analysis.study.scope import Scope
from analysis.workbench.scope import OpenScope
from benchmarks.sabotages import SABOTAGES, STUDY, WAVE, Sabotage, Victim

ROOT = Path(__file__).resolve().parents[1]
WAVES = ("2025-2", "2026-1", "2026-2")

COLLECTED = ("answers", "weighting", "fieldwork")
"""The layers of notebook 10 that are about what was collected."""


@dataclass(frozen=True)
class Outcome:
    """What came of a delivery.

    Attributes:
        refused: The error; empty where there is none.
        told: The sentences of the first screens: of each directorate's page, and of the synthesis
            under an empty name.

    """

    refused: str
    told: dict[str, tuple[Sentence, ...]]

    def tells(self, flag: str) -> bool:
        """Whether the synthesis tells a flag, and a page of a directorate too."""
        pages = [
            name
            for name, sentences in self.told.items()
            if any(one.rule.startswith(f"quality_{flag}") for one in sentences)
        ]
        return "" in pages and (len(pages) > 1 or flag == "no_answers")


def healthy_workspace(folder: Path) -> Path:
    """A workspace of a small study, whose last wave lies in `incoming/`, not yet registered."""
    params = folder / "params" / STUDY
    shutil.copytree(ROOT / "params" / STUDY, params)
    (folder / "reports").mkdir()
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False

    def rewrite(name: str, change: object) -> None:
        yaml.dump(change, params / f"{name}.yml")

    waves = [wave for wave in yaml.load(params / "waves.yml")["waves"] if wave["id"] in WAVES]
    waves[-1] |= {"end": waves[-1]["end"].replace(month=12, day=31)}
    waves[-1] |= {"publication": waves[-1]["end"].replace(year=2027, month=3, day=15)}
    rewrite("waves", {"waves": waves, "comparison": "previous"})
    units = yaml.load(params / "directorates.yml")
    for unit in units["directorates"]:
        unit["sites"] = [
            site
            for place, site in enumerate(unit["sites"])
            if "closed" not in site and (place % 3 == 2 or "population" in site)
        ]
    kept = {site["id"] for unit in units["directorates"] for site in unit["sites"]}
    rewrite("directorates", units)
    for name in ("commitments", "simulation"):
        content = yaml.load(params / f"{name}.yml")
        if name == "simulation":
            opened = content["openings"].items()
            content["openings"] = {site: size for site, size in opened if site in kept}
        for commitment in content.get("commitments", []) if name == "commitments" else []:
            posted = commitment.get("posted", {}).items()
            commitment["posted"] = {site: day for site, day in posted if site in kept}
        rewrite(name, content)
    shutil.rmtree(params / "margins")
    for act in (write_margins, simulate_study):
        act(Context.open(Workspace(folder), STUDY, lambda _: None))
    shutil.move(folder / "data" / "raw" / STUDY / WAVE, folder / "incoming")
    context = Context.open(Workspace(folder), STUDY, lambda _: None)
    read_new_deliveries(context)
    _count(context, answered_scopes(context.workspace, context.study))
    return folder


def _count(context: Context, scopes: Iterable[Scope]) -> None:
    """What notebook 10 saves of some scopes that pages tell what was collected from."""
    for scope in scopes:
        opened = OpenScope(context.workspace, context.study.for_scope(scope), scope)
        for layer in COLLECTED:
            opened.save(layer, getattr(opened, layer)())


def outcome(healthy: Path, folder: Path, sabotage: Sabotage | None = None) -> Outcome:
    """What comes of the last wave of a copy of a healthy workspace, sabotaged: registered, checked,
    counted, released and worded as `publish` does, without its kernels.
    """
    shutil.copytree(healthy, folder)
    victim = Victim(folder)
    try:
        if sabotage is not None:
            sabotage.before(victim)
        check_study(Workspace(folder), STUDY)
        context = Context.open(Workspace(folder), STUDY, lambda _: None)
        register_delivery(context, victim.draft())
        if sabotage is not None:
            sabotage.after(victim)
        read_new_deliveries(context)
        return Outcome("", _first_screens(context))
    except ObservatoryError as error:
        return Outcome(str(error), {})


def _first_screens(context: Context) -> dict[str, tuple[Sentence, ...]]:
    """The sentences of the first screens, from the tables of deliveries."""
    workspace, study = context.workspace, context.study
    scopes = answered_scopes(workspace, study)
    _count(context, [scope for scope in scopes if scope.wave == WAVE])
    wave = Scope(wave=WAVE)
    opened = OpenScope(workspace, study.for_scope(wave), wave)
    opened.save("quality_flags", opened.quality_flags())
    figures: list[pl.DataFrame] = []
    for name, places in (("answers", scopes), ("weighting", scopes), ("quality_flags", [wave])):
        to_figures = LAYERS[name].figures
        assert to_figures is not None
        for place in places:
            path = workspace.table(study.id, name, place)
            figures.append(to_figures(read_table(path, LAYERS[name].schema, hint="")))
    released = release(pl.concat(figures), study, audience=Audience.PUBLIC)
    pages_study = study.for_pages(WAVE)
    visible = pages_study.in_language(pages_study.language)
    wording = Wording(visible, Language.of(visible.language), visible.wave(WAVE))
    answered = [unit for unit in visible.directorates if Scope(unit.id, WAVE) in scopes]
    pages = {
        unit.id if unit is not None else "": Page(
            study=visible,
            wave=visible.wave(WAVE),
            figures=ReleasedFigures(released, visible),
            wording=wording,
            open_directorate=unit,
            folder=workspace.root,
        )
        for unit in (None, *answered)
    }
    return {
        name: tuple(sentence for part in weaknesses(page).parts for _, sentence in part.sentences)
        for name, page in pages.items()
    }


def main() -> None:
    """Prints the table, and ends with an error where a sabotage is neither refused nor told."""
    silent = 0
    with tempfile.TemporaryDirectory() as temporary:
        healthy = healthy_workspace(Path(temporary) / "healthy")
        for number, sabotage in enumerate((None, *SABOTAGES)):
            found = outcome(healthy, Path(temporary) / str(number), sabotage)
            name = "(nothing)" if sabotage is None else sabotage.name
            print(f"{name:<46} {_verdict(found)}")
            wanted = sabotage is not None
            silent += wanted != bool(found.refused or any(found.told.values()))
            shutil.rmtree(Path(temporary) / str(number))
    print(f"{len(SABOTAGES)} sabotages: {len(SABOTAGES) - silent} refused or told, {silent} not")
    raise SystemExit(int(silent > 0))


def _verdict(found: Outcome) -> str:
    """One line on an outcome."""
    if found.refused:
        return f"refused: {found.refused.splitlines()[0]}"
    sentences = found.told[""]
    return f"told: {' / '.join(one.text for one in sentences)}" if sentences else "says nothing"


if __name__ == "__main__":
    main()

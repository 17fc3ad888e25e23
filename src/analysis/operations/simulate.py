"""Writes the deliveries of a simulated study, and apart from them the truth that only tests may
read.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from analysis.errors import RawDataError
from analysis.intake import MANIFEST
from analysis.operations.context import Context
from analysis.operations.receive import read_new_deliveries
from analysis.simulation import (
    RawFile,
    load_simulation_plan,
    margins,
    simulate_respondents,
    true_counts,
    true_flows,
    true_measures,
    true_segments,
    write_wave,
)
from analysis.storage import sha256_bytes, write_parquet
from analysis.study import Wave
from analysis.study.disk import writing
from analysis.study.files import (
    FOLDER,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    make_private_folder,
    write_whole,
)
from analysis.study.kinds import LanguageCode

MARGINS_SOURCE: dict[LanguageCode, str] = {
    "fr": "Fichiers de gestion simulés, usagers reçus, {wave}",
    "en": "Simulated administrative records, service users, {wave}",
}
"""Where the margins of simulated users come from."""


def has_deliveries(context: Context) -> bool:
    """Whether any delivery of the study is registered."""
    return any(context.workspace.raw(context.study.id).glob(f"*/{MANIFEST}"))


def simulate_study(context: Context) -> None:
    """Simulates the study and registers its deliveries, one per wave.

    Raises:
        RawDataError: deliveries are registered already, or files lie there that were never
            registered.
        ParameterError: the study has no simulation plan.

    """
    workspace, study = context.workspace, context.study
    raw = workspace.raw(study.id)
    plan = load_simulation_plan(workspace.study(study.id), study)
    if has_deliveries(context):
        raise RawDataError(
            f"Study {study.id!r} has deliveries already.",
            where=workspace.relative(raw),
            hint=(
                "simulated data is never mixed with other data: remove that folder to simulate "
                "again."
            ),
        )
    if raw.exists() and any(raw.iterdir()):
        raise RawDataError(
            "Files lie there that no manifest describes.",
            where=workspace.relative(raw),
            hint=(
                f"register them (`observatoire register {study.id} DRAFT.yml`) or move them away: "
                "simulating removes nothing."
            ),
        )
    context.tell(f"simulating {len(study.waves)} waves")
    simulation = simulate_respondents(study, plan)
    make_private_folder(raw.parent)
    with (
        writing("the simulated deliveries", raw.parent),
        tempfile.TemporaryDirectory(dir=raw.parent, prefix=FOLDER) as temporary,
    ):
        flaws: dict[str, dict[str, int]] = {}
        for wave in study.waves:
            files = write_wave(simulation, study, plan, wave)
            _write_delivery(Path(temporary) / wave.id, wave, files)
            flaws |= {
                f"{wave.id}/{file.name}": {"refused": file.refused, "duplicates": file.duplicates}
                for file in files
            }
        if raw.exists():
            raw.rmdir()
        Path(temporary).rename(raw)
        Path(temporary).mkdir()  # the temporary folder's own end finds it
    truth = workspace.truth(study.id)
    write_parquet(true_counts(simulation, study), truth / "counts.parquet")
    write_parquet(true_measures(simulation, study, plan), truth / "measures.parquet")
    write_parquet(simulation.answers, truth / "answers.parquet")
    if plan.flows:
        write_parquet(true_flows(study, plan), truth / "flows.parquet")
    if plan.segments is not None:
        write_parquet(true_segments(simulation.population), truth / "segments.parquet")
    write_whole(truth / "flaws.json", json.dumps(flaws, indent=1))
    read_new_deliveries(context)


def write_margins(context: Context) -> None:
    """Writes `margins/<wave>.yml` as the management files of the simulated users would give
    them.
    """
    study = context.study
    plan = load_simulation_plan(context.workspace.study(study.id), study)
    simulation = simulate_respondents(study, plan)
    folder = context.workspace.study(study.id) / "margins"
    folder.mkdir(exist_ok=True)
    yaml = YAML()
    yaml.width = 110
    yaml.default_flow_style = None
    for wave in study.waves:
        content = {
            "source": {
                code: MARGINS_SOURCE[code].format(wave=study.in_language(code).wave(wave.id).label)
                for code in study.languages
            },
            "margins": margins(simulation, study, plan, wave.id),
        }
        with (folder / f"{wave.id}.yml").open("w", encoding="utf-8") as stream:
            stream.write("# yaml-language-server: $schema=../../schemas/margins.schema.json\n")
            yaml.dump(content, stream)


def _write_delivery(folder: Path, wave: Wave, files: list[RawFile]) -> None:
    folder.mkdir(mode=PRIVATE_FOLDER)
    entries = []
    for file in files:
        (folder / file.name).touch(mode=PRIVATE_FILE)
        (folder / file.name).write_bytes(file.content)
        entry: dict[str, Any] = {
            "path": file.name,
            "sha256": sha256_bytes(file.content),
            "reader": file.reader,
        }
        if file.channel:
            entry |= {"channel": file.channel, "wave": wave.id}
        entries.append(entry | dict(file.described))
    manifest = {
        "delivery": wave.id,
        "received": wave.publication,
        "simulated": True,
        "note": "Données simulées : aucune personne réelle.",
        "files": entries,
    }
    (folder / MANIFEST).touch(mode=PRIVATE_FILE)
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        yaml = YAML()
        yaml.representer.ignore_aliases = lambda _data: True  # what stands twice is written twice
        yaml.dump(manifest, stream)

"""Which jobs are stale, decided from digests: if nothing changed, no parameter is parsed and no
table opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from analysis.errors import DiskError
from analysis.pipeline.jobs import Chain, Job, Paths, topological_levels
from analysis.pipeline.ledger import (
    Digests,
    Fingerprint,
    Snapshot,
    file_digests,
    fingerprint_changes,
    fingerprint_of,
    library_digests,
    shared_fingerprint,
    stale_reasons,
    study_part_digests,
)
from analysis.pipeline.reach import INTAKE, PLANNING, packages_reached
from analysis.pipeline.sources import notebook_sources
from analysis.storage import layers_from
from analysis.study.files import write_whole
from analysis.study.workspace import Workspace

NEVER = "it was never read to its end"


@dataclass(frozen=True)
class Task:
    """A job, the fingerprint of its result, and why it has to run (empty: it is current)."""

    job: Job
    fingerprint: Fingerprint
    reasons: list[str]


@dataclass(frozen=True)
class RunPlan:
    """Why deliveries have to be read again (empty: they are current), and the workshop's tasks."""

    intake_reasons: list[str]
    tasks: list[Task]

    @property
    def stale(self) -> list[Task]:
        """The tasks that have to run."""
        return [task for task in self.tasks if task.reasons]


class BuildState:
    """The build records of a study: digests of files, what intake read, and the list of jobs."""

    def __init__(self, workspace: Workspace, study: str) -> None:
        self.workspace, self.study = workspace, study
        self.digests = Digests(workspace.notes / study / "digests.json")

    # --- reading of deliveries --------------------------------------------------------------------

    def intake_reasons(self, study_parts: Mapping[str, str]) -> list[str]:
        """Why deliveries have to be read again, given the digests of the study (see
        `intake_inputs`).
        """
        try:
            record = json.loads(self._intake_record.read_text(encoding="utf-8"))
            reasons = fingerprint_changes(record["made_of"], self.intake_inputs(study_parts))
            if record["outputs"] != self.intake_outputs():
                reasons.append("what was read from them was altered or removed")
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return [NEVER]
        return reasons

    def intake_inputs(self, study_parts: Mapping[str, str]) -> Fingerprint:
        """The fingerprint of intake: raw files and manifests, the code that reads them, the lock
        file, and the part of the study that intake uses.

        Args:
            study_parts: `Study.part_digests` of `Study.for_intake`.

        """
        root, raw = self.workspace.root, self.workspace.raw(self.study)
        raw_files = sorted(path for path in raw.rglob("*") if path.is_file())
        return {
            **file_digests([*raw_files, root / "requirements.lock"], root, self.digests),
            **library_digests(packages_reached(INTAKE), self.digests),
            **study_part_digests(self.study, study_parts),
        }

    def intake_outputs(self) -> Fingerprint:
        """The digests of the tables that intake wrote."""
        paths = [
            path
            for layer in layers_from("deliveries")
            for path in sorted(self.workspace.processed(self.study, layer.name).rglob("*.parquet"))
        ]
        return file_digests(paths, self.workspace.root, self.digests)

    def forget_intake(self) -> None:
        """Removes the record of intake: its tables no longer match the deliveries."""
        self._intake_record.unlink(missing_ok=True)

    def record_intake(self, fingerprint: Fingerprint) -> None:
        """Records that deliveries were read, with the fingerprint they had."""
        write_whole(
            self._intake_record,
            json.dumps(
                {"made_of": fingerprint, "outputs": self.intake_outputs()}, indent=1, sort_keys=True
            ),
        )

    @property
    def _intake_record(self) -> Path:
        return self.workspace.processed(self.study, "intake.json")

    # --- jobs -------------------------------------------------------------------------------------

    def run_plan(self, selected: Callable[[Job], bool]) -> RunPlan | None:
        """The run plan of the selected jobs; None where the list of jobs has to be made again."""
        try:
            record = json.loads(self._jobs_record.read_text(encoding="utf-8"))
            if record["made_of"] != self.jobs_fingerprint():
                return None
            intake_reasons = self.intake_reasons(record["seen_by_intake"])
            paths = Paths(self.workspace.root)
            chains = {
                name: Chain(name, tuple(tuple(paths[file] for file in link) for link in links))
                for name, links in record["chains"].items()
            }
            jobs = [
                job
                for entry in record["jobs"]
                if selected(job := Job.from_json(entry, paths, chains))
            ]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return RunPlan(intake_reasons, self.tasks(jobs))

    def tasks(self, jobs: list[Job]) -> list[Task]:
        """One task per job: its fingerprint and why it has to run, each after the jobs whose tables
        it reads.
        """
        root, now = self.workspace.root, Snapshot(self.digests)
        shared = shared_fingerprint(root, now)
        tasks, rewritten = [], set[Path]()
        for job in chain.from_iterable(topological_levels(jobs)):
            fingerprint = fingerprint_of(job, shared, root, now)
            waits = [
                f"{path.relative_to(root).as_posix()} will be made again"
                for path in (dict.fromkeys(job.inputs) if rewritten else ())
                if path in rewritten
            ]
            task = Task(job, fingerprint, stale_reasons(job, fingerprint, now) or waits)
            rewritten.update(job.writes if task.reasons else ())
            tasks.append(task)
        return tasks

    def record_jobs(
        self, jobs: list[Job], study_parts: Mapping[str, str], fingerprint: Fingerprint
    ) -> None:
        """Records the list of workshop jobs, and the part of the study that intake uses.

        Args:
            jobs: All of them.
            study_parts: As `intake_inputs`.
            fingerprint: `jobs_fingerprint`, taken before the study was opened.

        """
        root = self.workspace.root
        chains = {past.chain.name: past.chain for job in jobs for past in job.history}
        content = {
            "made_of": fingerprint,
            "seen_by_intake": dict(study_parts),
            "jobs": [job.to_json(root) for job in jobs],
            "chains": {
                name: [[path.relative_to(root).as_posix() for path in link] for link in one.links]
                for name, one in chains.items()
            },
        }
        with suppress(OSError, DiskError):  # what is not kept is made again
            write_whole(self._jobs_record, json.dumps(content, sort_keys=True))

    def jobs_fingerprint(self) -> Fingerprint:
        """The fingerprint of the list of jobs: the bytes of the parameters (the part that each job
        uses is found once per change), the notebook plan, the code, and the scopes that have
        answers.
        """
        root, workspace = self.workspace.root, self.workspace
        plans = [workspace.notebooks / name for name in ("plan.yml", "layers.yml")]
        parameters = [*workspace.parameters(self.study), *plans]
        scopes = sorted(workspace.processed(self.study, "responses").rglob("*.parquet"))
        present = {path.relative_to(root).as_posix(): "present" for path in scopes}
        notebooks = {path.name: "present" for path in notebook_sources(workspace.notebooks)}
        return {
            **file_digests(parameters, root, self.digests),
            **library_digests(packages_reached(PLANNING), self.digests),
            **present,
            **notebooks,
        }

    @property
    def _jobs_record(self) -> Path:
        return self.workspace.notes / self.study / "plan.json"


def plain_reasons(reasons: list[str]) -> list[str]:
    """Reasons shortened for a person: file names without their folders, tables by layer."""
    return [reason.replace("data/processed/", "").replace("params/", "") for reason in reasons]

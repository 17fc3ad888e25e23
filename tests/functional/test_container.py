"""The recipe of the container, and its commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from tests.conftest import ROOT


def recipe() -> list[tuple[str, str]]:
    """The steps of the Containerfile: an instruction, and what it is given."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1])
        for line in lines
        if line and not line.startswith("#")
    ]


def test_the_recipe_of_the_container_is_well_formed() -> None:
    steps = recipe()
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {step for step, _ in steps} <= known and steps[0][0] == "FROM"
    assert ":" in steps[0][1] and not steps[0][1].endswith(":latest")
    users = [place for place, (step, _) in enumerate(steps) if step == "USER"]
    assert users and users[-1] > max(
        place for place, (step, _) in enumerate(steps) if step == "RUN"
    )
    assert json.loads(dict(steps)["CMD"]) == ["observatoire", "--help"]
    for step, rest in steps:
        if step == "RUN" and "apt-get install" in rest:
            assert (
                "--yes" in rest
                and "--no-install-recommends" in rest
                and "rm -rf /var/lib/apt/lists/*" in rest
            )


def test_the_commands_of_the_container_run_in_a_plain_folder(tmp_path: Path) -> None:
    """Its own copies, `make`, then the command found through its PATH; what needs the system's
    packages is left out, and pip finds those of the lock where these tests run."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    environment["PATH"] = os.pathsep.join(
        part for part in environment["PATH"].split(os.pathsep) if ".venv" not in part
    )
    place = tmp_path
    for step, rest in recipe():
        if step == "WORKDIR":
            place = tmp_path / rest.lstrip("/")
            place.mkdir(parents=True, exist_ok=True)
        elif step == "COPY":
            *sources, target = rest.split()
            for source in sources:
                there = place / target / (source if (ROOT / source).is_file() else "")
                there.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copyfile if (ROOT / source).is_file() else shutil.copytree)(
                    ROOT / source, there
                )
        elif step == "ENV":
            name, value = rest.split("=", 1)
            environment[name] = value.replace("$PATH", environment["PATH"]).replace(
                "/opt", f"{tmp_path}/opt", 1
            )
        elif step == "RUN" and rest.startswith("make"):
            done = subprocess.run(
                rest.split(),
                cwd=place,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
        elif step == "CMD":
            command = json.loads(rest)
            found = shutil.which(command[0], path=environment["PATH"])
            assert found is not None and Path(found).is_relative_to(tmp_path)
            done = subprocess.run(
                [found, *command[1:]], env=environment, capture_output=True, text=True, check=True
            )
            assert "publish" in done.stdout

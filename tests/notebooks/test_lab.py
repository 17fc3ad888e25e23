"""JupyterLab in a real browser: the notebook opens with the forked kernel, all its cells run, and
its figure is seen."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.conftest import observatoire
from tests.faults.killing import zygotes_of

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
TOKEN = "a-token-of-this-test"


@pytest.fixture
def lab(workspace: Path) -> Iterator[str]:
    """The address of a JupyterLab on the workspace, on this machine only."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--no-browser",
            "--allow-root",
            f"--IdentityProvider.token={TOKEN}",
            f"--notebook-dir={workspace}",
            "--LabApp.news_url=None",
            "--LabApp.extension_manager=readonly",
        ],
        env=environment,
        cwd=workspace,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=1)
            break
        except OSError:
            time.sleep(0.3)
    yield address
    server.terminate()
    server.wait(timeout=20)


def shown(path: Path) -> list[list[object]]:
    """What each code cell of a notebook shows, without the numbers of cells; the cell that a run
    puts in is left out."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    kept = [cell for cell in cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    return [[output.get("data") or output.get("text") for output in cell.outputs] for cell in kept]


def test_the_notebook_of_satisfaction_runs_in_a_browser_as_it_does_in_a_run(
    lab: str, workspace: Path, tmp_path: Path
) -> None:
    from playwright.sync_api import expect, sync_playwright

    notebook = workspace / "notebooks" / "workshop" / "20_satisfaction.ipynb"
    scope: dict[str, str] = {}
    exec(nbformat.read(notebook, as_version=4).cells[1].source, scope)
    done = observatoire(
        workspace, "run", "--directorate", scope["directorate"], "--wave", scope["wave"]
    )
    assert done.returncode == 0, done.stderr

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{lab}/lab/tree/notebooks/workshop/20_satisfaction.ipynb?token={TOKEN}")
        panel = page.locator(".jp-NotebookPanel")
        expect(panel).to_be_visible(timeout=60_000)
        expect(panel.locator(".jp-Toolbar-kernelName")).to_have_text(
            "Observatoire (Python 3)", timeout=30_000
        )
        expect(page.get_by_text("Observatoire (Python 3) | Idle")).to_be_visible(timeout=60_000)
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        figure = panel.locator(".jp-OutputArea-output svg").first
        expect(figure).to_be_visible(timeout=90_000)
        box = figure.bounding_box()
        assert box is not None and box["width"] > 200
        last = panel.locator(".jp-CodeCell", has_text="scope.provenance").locator(".jp-InputPrompt")
        expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=90_000)
        assert panel.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
        page.screenshot(path=tmp_path / "lab.png")
        figure.scroll_into_view_if_needed()
        page.screenshot(path=os.environ.get("LAB_PICTURE", tmp_path / "figure.png"))
        assert (
            len(zygotes_of(workspace)) == 2
        )  # the one that imports, and the kernel that was forked from it
        page.keyboard.press("Control+s")
        end = time.monotonic() + 30
        while not any(shown(notebook)) and time.monotonic() < end:
            time.sleep(0.2)
        browser.close()
    by_run = shown(
        workspace
        / "reports/runs/cd93"
        / scope["directorate"]
        / scope["wave"]
        / "20_satisfaction.ipynb"
    )
    assert sum(map(len, by_run)) > 5 and shown(notebook) == by_run

"""Whether practice notes agree with the rest of a study."""

from __future__ import annotations

from analysis.study.checking import Checker
from analysis.study.workspace import PRACTICES


def check_practices(check: Checker) -> None:
    """Notes speak of devices and products that there are."""
    study = check.study
    devices = [device.id for device in study.listening.devices] if study.listening else []
    departments = {unit.parent for unit in study.directorates}
    products = [unit.id for unit in study.directorates if unit.id not in departments]
    for note in study.practices:
        file = f"{PRACTICES}/{note.id}.md"
        check.check_among(file, "devices", note.devices, devices)
        check.check_among(file, "products", note.products, products)

"""Which pandoc reads and writes pages."""

from __future__ import annotations

import os
from pathlib import Path

import pypandoc


def pandoc_path() -> str:
    """The pandoc of the lock, which lies beside pypandoc. That one would take the newest there is
    on the machine, and for a moment any, while it looks: the same inputs would not make the same
    bytes, and two threads would not have the same pandoc.
    """
    name = "pandoc.exe" if os.name == "nt" else "pandoc"
    return str(Path(pypandoc.__file__).with_name("files") / name)

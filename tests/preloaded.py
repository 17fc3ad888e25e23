"""What the command imports, imported once by the process that tests fork it from, and never run:
once polars has executed anything, its forked children wait for ever."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import pytest  # noqa: F401 - each child imports the main module of who asked for it

import analysis.operations
from analysis.cli import NEVER_ASKED

sys.modules[NEVER_ASKED] = None  # type: ignore[assignment]
for module in pkgutil.iter_modules(analysis.operations.__path__, "analysis.operations."):
    importlib.import_module(module.name)

"""The `observatoire` command: thin verbs over `analysis.operations`."""

from __future__ import annotations

import sys

from analysis.cli.app import app
from analysis.errors import ObservatoryError


def main() -> None:
    """Runs the command; a user's mistake ends in its message and its exit code, without a traceback."""
    try:
        app(standalone_mode=True)
    except ObservatoryError as error:
        print(f"\n{error}", file=sys.stderr)
        sys.exit(error.exit_code)

"""The analyst's door: what a notebook imports."""

from analysis.workbench.edition import open_comparison, open_edition
from analysis.workbench.scope import OpenScope, open_scope

__all__ = ["OpenScope", "open_comparison", "open_edition", "open_scope"]

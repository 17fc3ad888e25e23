"""The pages of the demonstration's edition, in the order of its navigation."""

from __future__ import annotations

FIGURES = {
    "index": ("tendances",),
    "direction-dpaph": ("tendance-dpaph", "likert-dpaph"),
    "direction-def": ("tendance-def", "likert-def"),
    "engagements": (),
    "engagements-direction-dpaph": (),
    "engagements-direction-def": (),
    "cartes": (),
    "gestion": (
        *("quadrants", "annonce-days"),
        *(
            f"series-{directorate}-{measure}"
            for directorate in ("dpaph", "def")
            for measure in ("delai-moyen", "taux-decroche", "attente-moyenne")
        ),
    ),
    "methode": (),
}
"""Page → the figures that stand on it, in order."""
PAGES = tuple(FIGURES)
PROJECT = ("index", "direction-dpaph", "methode")
"""Those that tests of renderers render again."""

SHORT_FOOT = ("index", "engagements", "engagements-direction-dpaph", "engagements-direction-def")
SHORT_FOOT += ("cartes", "gestion")
"""Pages at whose foot there is little room: they lead to the page on method for the rest."""

NO_TABLE = ("cartes",)

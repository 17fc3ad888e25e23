"""The questions the observatory answers, one module each; the methods come from
`analysis.inference`.
"""

from analysis.indicators.change import Verdict, verdict
from analysis.indicators.collection import Weighted, collection, weigh
from analysis.indicators.definitions import series
from analysis.indicators.satisfaction import reference_cube, satisfaction

__all__ = [
    "Verdict",
    "Weighted",
    "collection",
    "reference_cube",
    "satisfaction",
    "series",
    "verdict",
    "weigh",
]

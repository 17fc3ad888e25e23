"""Pure statistics on frames and arrays: designs, calibration, the cube, and the figures it answers."""

from analysis.inference.calibration import UNKNOWN, Calibration, kish_design_effect, rake
from analysis.inference.contrasts import Difference, independent_difference
from analysis.inference.cube import TOTAL, Cube, build_cube
from analysis.inference.design import Design, Sample
from analysis.inference.estimation import Distribution, Estimates, distribution, mean
from analysis.inference.funnel import Funnel, funnel
from analysis.inference.intervals import Intervals, score_intervals, share_intervals

__all__ = [
    "TOTAL",
    "UNKNOWN",
    "Calibration",
    "Cube",
    "Design",
    "Difference",
    "Distribution",
    "Estimates",
    "Funnel",
    "Intervals",
    "Sample",
    "build_cube",
    "distribution",
    "funnel",
    "independent_difference",
    "kish_design_effect",
    "mean",
    "rake",
    "score_intervals",
    "share_intervals",
]

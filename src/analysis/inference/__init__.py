"""Pure statistics on frames and arrays: designs, calibration, the cube, and the figures it answers.

Declare a `Design`, build a `Cube` and ask it for a `mean` or a `distribution`; or, for what a cube
cannot answer, ask a `Survey` of rows. Results are frozen, and say their base and degrees of
freedom.
"""

from analysis.inference.breaks import DefinitionBreaks, DefinitionSwitch, definition_breaks
from analysis.inference.building import build_cube
from analysis.inference.calibration import (
    Calibration,
    calibrate,
    kish_design_effect,
    linear_distance,
    logit_distance,
    raking_distance,
    trim,
)
from analysis.inference.classification import (
    adjusted_rand,
    best_assignment,
    matching_classes,
    share_alike,
)
from analysis.inference.contrasts import (
    LEVEL,
    Difference,
    PointEstimate,
    difference,
    independent_difference,
    linear_change,
)
from analysis.inference.correlation import RankCorrelation, rank_correlation
from analysis.inference.cube import TOTAL, Cube
from analysis.inference.decomposition import Decomposition, decompose
from analysis.inference.design import Design, Stage
from analysis.inference.estimation import (
    Distribution,
    DomainEstimates,
    distribution,
    joint_estimates,
    mean,
    means,
    total,
)
from analysis.inference.funnel import Funnel, funnel
from analysis.inference.groups import group_means
from analysis.inference.heterogeneity import Heterogeneity, heterogeneity
from analysis.inference.intervals import (
    CONFIDENCE,
    Intervals,
    score_intervals,
    share_intervals,
)
from analysis.inference.joint import JointEstimates
from analysis.inference.latent import NO_ANSWER, LatentClasses, fit_latent_classes
from analysis.inference.latent_scores import LatentScores, latent_scores
from analysis.inference.linearization import Estimand
from analysis.inference.merging import build_cube_from, merge
from analysis.inference.raking import UNKNOWN, post_stratify, rake
from analysis.inference.records import from_record, to_record
from analysis.inference.survey import Survey
from analysis.inference.units import Sample
from analysis.inference.waves import WaveDifference, shared_clusters, wave_difference

__all__ = [
    "CONFIDENCE",
    "LEVEL",
    "NO_ANSWER",
    "TOTAL",
    "UNKNOWN",
    "Calibration",
    "Cube",
    "Decomposition",
    "DefinitionBreaks",
    "DefinitionSwitch",
    "Design",
    "Difference",
    "Distribution",
    "DomainEstimates",
    "Estimand",
    "Funnel",
    "Heterogeneity",
    "Intervals",
    "JointEstimates",
    "LatentClasses",
    "LatentScores",
    "PointEstimate",
    "RankCorrelation",
    "Sample",
    "Stage",
    "Survey",
    "WaveDifference",
    "adjusted_rand",
    "best_assignment",
    "build_cube",
    "build_cube_from",
    "calibrate",
    "decompose",
    "definition_breaks",
    "difference",
    "distribution",
    "fit_latent_classes",
    "from_record",
    "funnel",
    "group_means",
    "heterogeneity",
    "independent_difference",
    "joint_estimates",
    "kish_design_effect",
    "latent_scores",
    "linear_change",
    "linear_distance",
    "logit_distance",
    "matching_classes",
    "mean",
    "means",
    "merge",
    "post_stratify",
    "rake",
    "raking_distance",
    "rank_correlation",
    "score_intervals",
    "share_alike",
    "share_intervals",
    "shared_clusters",
    "to_record",
    "total",
    "trim",
    "wave_difference",
]

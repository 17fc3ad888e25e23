"""Clusters that were drawn together: how the draws of two of them covary."""

from __future__ import annotations

import numpy as np

from analysis.errors import InferenceError
from analysis.inference.arrays import Floats, Ints

MOST_PAIRED = 10_000
"""Clusters of which all pairs are held at once (800 MB)."""

ROUNDING = 1e-9
"""By how much two numbers may differ that are said to be one probability."""


def weighted_pairs(joint: Floats, inclusion: Floats) -> Floats:
    """(P, P) (π_ij − π_i π_j) / π_ij, from the probabilities that two PSU were drawn together.

    Args:
        joint: (P, P) π_ij, and π_i on the diagonal.
        inclusion: (P,) π_i, as the rows say it.

    Raises:
        InferenceError: it is no such matrix, or two PSU could never be drawn together: no variance
            can be estimated without bias then.

    """
    joint = np.asarray(joint, dtype=np.float64)
    size = len(inclusion)
    if joint.shape != (size, size):
        raise InferenceError(
            f"Joint probabilities are {' × '.join(map(str, joint.shape))}, and {size} clusters "
            "were drawn.",
            hint="one row and one column per cluster, in the order of their labels.",
        )
    if not np.allclose(np.diagonal(joint), inclusion, rtol=ROUNDING, atol=0):
        raise InferenceError(
            "The diagonal of the joint probabilities is not the probability of each cluster.",
            hint="are rows and columns in the order of their labels?",
        )
    least = np.minimum.outer(inclusion, inclusion)
    if not (np.isfinite(joint).all() and (joint > 0).all() and (joint <= least + ROUNDING).all()):
        raise InferenceError(
            "A joint probability is not above 0, or passes that of one of its two clusters.",
            hint="of clusters that are never drawn together, no variance can be estimated.",
        )
    if not np.allclose(joint, joint.T, rtol=ROUNDING, atol=0):
        raise InferenceError(
            "Joint probabilities are not those of pairs: the matrix is not symmetric.",
            hint="the probability of i and j is that of j and i.",
        )
    pairs: Floats = 1 - np.outer(inclusion, inclusion) / joint
    return pairs


def hartley_rao(inclusion: Floats, stratum: Ints) -> Floats:
    """(P, P) as `weighted_pairs`, by the truncated approximation of Hartley and Rao.

    π_i π_j / π_ij is about (n − π_i − π_j + p) / (n − 1), with n the PSU of the stratum (P,) and p
    the mean of their probabilities, which estimates Σ π² / n over its population.

    Reference: Hartley and Rao (1962); R's ``HR()``.

    >>> hartley_rao(np.array([0.5, 0.5]), np.array([0, 0])).tolist()
    [[0.5, -0.5], [-0.5, 0.5]]
    """
    size = np.bincount(stratum)
    mean = np.bincount(stratum, weights=inclusion) / np.maximum(size, 1)
    together = stratum[:, None] == stratum[None, :]
    n = size[stratum][:, None]
    ratio = (n - np.add.outer(inclusion, inclusion) + mean[stratum][:, None]) / np.maximum(n - 1, 1)
    pairs: Floats = np.where(together, 1 - ratio, 0.0)
    np.fill_diagonal(pairs, 1 - inclusion)
    return pairs

"""Arrays of numbers and codes, and what all of the package does with them: sums by group, codes
numbered anew, systems that may have no solution.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
WIDEST_KEY_RANGE = 1 << 26
"""Largest range of keys that is numbered by marking rather than by sorting."""

THREADS = 2
"""Columns are worked on in two threads."""

FEW_COLUMNS = 4
"""With fewer columns than this, sums by group are faster one column after the other."""


def solve(matrix: Floats, right: Floats) -> Floats:
    """The solution of a linear system.

    Raises:
        LinAlgError: its matrix has no inverse within the precision of numbers.

    """
    if not np.linalg.cond(matrix, 1) * np.finfo(np.float64).eps < 1:  # NaN is none either
        raise np.linalg.LinAlgError
    solution: Floats = np.linalg.solve(matrix, right).astype(np.float64)
    return solution


def sum_by_group(group: Ints, values: Floats, groups: int) -> Floats:
    """Sums of the rows of `values` (n, K) by group: (groups, K)."""
    if values.shape[1] < FEW_COLUMNS:
        sums = np.empty((groups, values.shape[1]))
        for index, column in enumerate(values.T):
            sums[:, index] = np.bincount(group, weights=column, minlength=groups)
        return sums
    n = len(group)
    member = scipy.sparse.csc_array((np.ones(n), group, np.arange(n + 1)), shape=(groups, n))
    result: Floats = member @ values
    return result


def compact_codes(key: Ints, space: int) -> tuple[Ints, int]:
    """(n,) keys in 0 … `space` − 1 numbered anew 0, 1, 2, … in their order, and the number of
    distinct ones.
    """
    if space > WIDEST_KEY_RANGE:
        values, inverse = np.unique(key, return_inverse=True)
        return inverse.astype(np.int64), len(values)
    occurs = np.zeros(space, dtype=bool)
    occurs[key] = True
    if occurs.all():
        return key, space
    numbers = np.cumsum(occurs) - 1
    return numbers[key], int(numbers[-1]) + 1

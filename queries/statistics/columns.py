"""Columns of numbers that belong together."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def together(*columns: ArrayLike) -> list[NDArray[np.float64]]:
    """Columns as numbers of one shape, missing values as NaN; a single number stands for all. Not to be written to.

    `ValueError` where their lengths differ.
    """
    known = [np.asarray(column, float) for column in columns]
    try:
        return list(np.broadcast_arrays(*known))
    except ValueError:
        sizes = ", ".join(str(column.size) for column in known)
        raise ValueError(f"columns of different lengths ({sizes}): each needs one entry per point") from None

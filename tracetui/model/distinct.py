"""The different values of an array."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = ["distinct"]

Values = TypeVar("Values", bound="np.generic[Any]")


def distinct(values: npt.NDArray[Values]) -> npt.NDArray[Values]:
    """The different values of an array, ascending: `np.unique` without its import of `numpy.ma`.

    Asked for nothing but the values, `np.unique` looks whether they are masked, and imports a good deal of
    code for that: as long as a picture on the screen takes. Asked for counts too it does not; it then sorts,
    which for integers is quicker than its hashing.

    Args:
        values: [n], of any dtype that sorts.

    Returns:
        [k], of the same dtype.
    """
    found: npt.NDArray[Values] = np.unique(values, return_counts=True)[0]
    return found

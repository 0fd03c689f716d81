"""Arrays of one number, of any type: what other library modules make arrays of numbers with."""
# ruff: noqa: D103
# mypy: ignore-errors

import numpy as np

from px.jit import jit
from px.library.intrinsics import is_complex, same_element


@jit
def filled_with(shape, value):
    if is_complex(value):
        if same_element(value, np.complex64):
            single = np.empty(shape, np.complex64)
            for index in np.ndindex(single.shape):
                single[index] = value
            return single
        double = np.empty(shape, np.complex128)
        for index in np.ndindex(double.shape):
            double[index] = value
        return double
    return np.full(shape, value)


@jit
def alone(value):
    """An array without dimensions."""
    if is_complex(value):
        if same_element(value, np.complex64):
            single = np.empty((), np.complex64)
            single[()] = value
            return single
        double = np.empty((), np.complex128)
        double[()] = value
        return double
    return np.full((), value)

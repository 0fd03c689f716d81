"""What element types can hold: `np.finfo` and `np.iinfo`, with the fields that Numba gives them."""
# ruff: noqa: D103
# mypy: ignore-errors

from collections import namedtuple

import numpy as np

from px.library.intrinsics import is_complex, is_float, is_integer, same_element
from px.library.registry import stands_for

FLOAT_FIELDS = "eps epsneg iexp machep max maxexp min minexp negep nexp nmant precision resolution tiny bits"
INTEGER_FIELDS = "min max bits"

finfo = namedtuple("finfo", FLOAT_FIELDS)
iinfo = namedtuple("iinfo", INTEGER_FIELDS)


def of_integer(dtype):
    info = np.iinfo(dtype)
    return iinfo(info.min, info.max, info.bits)


INT8, INT16, INT32, INT64 = of_integer(np.int8), of_integer(np.int16), of_integer(np.int32), of_integer(np.int64)
UINT8, UINT16, UINT32, UINT64 = of_integer(np.uint8), of_integer(np.uint16), of_integer(np.uint32), of_integer(np.uint64)


FLOAT64 = finfo(*(getattr(np.finfo(np.float64), field) for field in FLOAT_FIELDS.split()))
_SINGLE = np.finfo(np.float32)
EPS, EPSNEG, LARGEST, RESOLUTION, TINY = map(float, (_SINGLE.eps, _SINGLE.epsneg, _SINGLE.max, _SINGLE.resolution, _SINGLE.tiny))


@stands_for("numpy.finfo", tests="np.finfo(np.float32).eps; np.finfo(x).max; np.finfo(np.array((x, y)))")
def limits_of_floats(dtype):
    """The limits of floats, of a dtype, an array or a number; of complex numbers those of their parts."""
    f4 = np.float32
    if is_float(dtype) or is_complex(dtype):
        if same_element(dtype, f4) or same_element(dtype, np.complex64):
            return finfo(f4(EPS), f4(EPSNEG), 8, -23, f4(LARGEST), 128, f4(-LARGEST), -126, -24, 8, 23, 6, f4(RESOLUTION), f4(TINY), 32)
        return FLOAT64
    return np.nothing_fits(dtype)


@stands_for("numpy.iinfo", tests="np.iinfo(np.uint64).max; np.iinfo(np.arange(3)); np.iinfo(3).bits")
def limits_of_integers(int_type):
    """The limits of integers, of a dtype, an array or a number."""
    if is_integer(int_type):
        if same_element(int_type, np.int8):
            return INT8
        if same_element(int_type, np.int16):
            return INT16
        if same_element(int_type, np.int32):
            return INT32
        if same_element(int_type, np.uint8):
            return UINT8
        if same_element(int_type, np.uint16):
            return UINT16
        if same_element(int_type, np.uint32):
            return UINT32
        if same_element(int_type, np.uint64):
            return UINT64
        return INT64
    return np.nothing_fits(int_type)

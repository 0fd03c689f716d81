"""What library functions are written with besides the language (jit/builtins/intrinsics.cpp). Nothing here is called by Python."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _of_px(*_: Any) -> Any:
    raise TypeError("px.library.intrinsics is for px's library alone")


# Each name means the entry of that name: objects of their own.
def is_integer(a: Any) -> Any:
    """Whether the elements are integers; known when the function is compiled, as the questions below."""
    return _of_px(a)


def is_unsigned(a: Any) -> Any:
    """Whether they have no sign."""
    return _of_px(a)


def is_float(a: Any) -> Any:
    """Whether they are floats."""
    return _of_px(a)


def is_complex(a: Any) -> Any:
    """Whether they are complex."""
    return _of_px(a)


def is_matrix(a: Any) -> Any:
    """Whether a is a matrix of floats or complex numbers."""
    return _of_px(a)


def is_boolean(a: Any) -> Any:
    """Whether they are booleans."""
    return _of_px(a)


def same_element(a: Any, b: Any) -> Any:
    """Whether two arrays, numbers or dtypes have one element type."""
    return _of_px(a, b)


def tuple_set(sizes: Any, place: Any, size: Any) -> Any:
    """A tuple with another size at a place."""
    return _of_px(sizes, place, size)


def tuple_insert(sizes: Any, place: Any, size: Any) -> Any:
    """A tuple with a size more."""
    return _of_px(sizes, place, size)


def tuple_drop(sizes: Any, place: Any) -> Any:
    """A tuple without the size at a place."""
    return _of_px(sizes, place)


def view(a: Any, offset: Any, shape: Any, strides: Any) -> Any:
    """A view of an array's memory; offset and strides in bytes."""
    return _of_px(a, offset, shape, strides)


def view_like(a: Any, offset: Any, shape: Any, strides: Any) -> Any:
    """The same in the array's own layout."""
    return _of_px(a, offset, shape, strides)


def view_c(a: Any, offset: Any, shape: Any, strides: Any) -> Any:
    """The same in C order."""
    return _of_px(a, offset, shape, strides)


def readonly_view(a: Any, offset: Any, shape: Any, strides: Any) -> Any:
    """The same, not to be written to."""
    return _of_px(a, offset, shape, strides)


def in_c_order(a: Any) -> Any:
    """Whether an array's type says that it is in C order."""
    return _of_px(a)


def in_f_order(a: Any) -> Any:
    """Whether it says Fortran order."""
    return _of_px(a)


def recast(a: Any, dtype: Any, shape: Any, strides: Any) -> Any:
    """An array's memory as elements of another type."""
    return _of_px(a, dtype, shape, strides)


def norm(x: Any) -> Any:
    """The root of the sum of a line's squares, by BLAS."""
    return _of_px(x)


def singular_values(x: Any) -> Any:
    """A matrix's singular values, the greatest first, by LAPACK."""
    return _of_px(x)


def lapack(routine: Any, number: Any, *arrays: Any) -> Any:
    """A routine of LAPACK's on arrays in Fortran order, which it overwrites; above 0 where it has no answer (jit/builtins/linear.cpp)."""
    return _of_px(routine, number, *arrays)

"""Arrays of complex numbers: element-wise expressions, views, masks, copies, sums; and arrays of lists."""

import numpy as np

from differential.case import case

Z = np.array([1 + 2j, -0.5j, 3 - 1j, -2 + 0.25j, 0.5 + 0j, 1j])
W = Z[::-1].copy()
X = np.array([0.5, -1.0, 2.0, 3.0, -0.25, 4.0])
NARROW = Z.astype(np.complex64)
TABLE = np.arange(12).reshape(3, 4) * (1 - 0.5j)


@case(
    (Z, W, X),
    (NARROW, NARROW[::-1].copy(), X.astype(np.float32)),
    (Z[::2], W[::2], X[::2]),
    python=False,
    why="NumPy multiplies with fused steps",
)
def arithmetic(z, w, x):
    return z + w, z - x, z * w * 2.0, x * z, -z, z * 1j, z * z


@case((Z, X), (Z, 0.5 * X), python=False, why="NumPy divides complex numbers by another algorithm")
def quotients(z, x):
    return z / x, x / (z + 3.0), z / 2j


@case((Z, np.zeros(6, np.complex128)), python=False, why="NumPy gives infinities")
def division_by_zero(z, w):
    return z / w


@case((Z, W), (TABLE, TABLE[::-1]), (TABLE, TABLE[0]))
def comparisons(z, w):
    return z == w, z != w, (z + w) == (w + z)


@case(Z, NARROW, TABLE[:, ::2])
def parts(z):
    return z.real, z.imag, np.conj(z), z.real * z.real + z.imag * z.imag, np.abs(z)


@case((X,), (np.arange(6),))
def parts_of_real(x):
    return x.real, x.imag, np.conj(x)


@case(Z, TABLE, python=False, why="NumPy's functions of complex numbers differ in the last bit")
def functions(z):
    return np.exp(z * 0.1), np.sqrt(z), np.abs(z), np.square(z), np.sin(z * 0.1), np.sign(z), np.isnan(z)


@case((Z, 2 - 1j), (NARROW, 0.5))
def stores(z, value):
    z[0] = value
    z[1:3] = value
    z[3:] = z[:3]
    z[-1:] = np.array([7.0])
    return z


@case(TABLE, TABLE.T, np.asfortranarray(TABLE))
def rows(z):
    z[0, :] = z[-1, :] * 2
    z[:, 0] = 1j
    return z, z.copy(), z.T


@case((Z, np.array([True, False, True, False, False, True]), np.array([3, 0, -1])))
def selected(z, mask, index):
    some = z[mask]
    others = z[index]
    z[mask] = 0.5j
    z[index] = others[::-1] + 1.0
    return some, others, z


@case(Z)
def copies(z):
    return z.copy(), z.astype(np.complex64), X.astype(np.complex128), z.reshape(2, 3), z.reshape(2, 3).ravel(), np.concatenate((z, X))


@case(Z, np.empty(0, np.complex128))
def made(z):
    a = np.full(3, 1 - 2j)
    b = np.ones(2, np.complex64)
    c = np.zeros_like(z)
    c.fill(2j)
    return a, b, c, np.array([1j, 2.0]), np.ones_like(z)


@case(Z, NARROW, python=False, why="NumPy sums in pairs")
def sums(z):
    total = 0j
    for k, value in enumerate(z):
        total += value * k
    for a, b in zip(z, z[::-1]):
        total -= a * b
    return total, z.sum(), z.prod(), len(z), z.size


@case((Z, W, X > 0), (Z, X, X > 0), (Z, 1j, X > 0))
def chosen(z, w, mask):
    return np.where(mask, z, w)


@case((Z, W), (NARROW, NARROW[::-1].copy()))
def in_place(z, w):
    z += w
    z *= 2
    z -= 1j
    np.multiply(z, w, z)
    return z


@case((1.5, 2.5), (-1.0, 0.25))
def arrays_of_lists(x, y):
    rows = [[x, y], [y, x], [x, x]]
    values = [x]
    values.append(y)
    return np.array([x, y, x + y]), np.array(rows), np.array(values), np.array([(x, y), (y, y)]), np.array([1, 2, 3], np.float32)


@case(np.zeros((3, 2)), np.zeros((2, 2)))
def rows_from_sequences(a):
    a[0] = (1, 2)
    a[1, :] = [3.5, 4.5]
    a[-1] = np.array([a[0, 0], 7.0])
    return a


@case((np.arange(6).reshape(3, 2),))
def unpacked_rows(a):
    i, j = a[1]
    first, second, third = range(3)
    return i * 10 + j + first + second + third


@case((np.arange(3),), (np.arange(1),))
def unpacked_wrongly(a):
    i, j = a
    return i + j


@case((np.asfortranarray(np.arange(6.0).reshape(2, 3)), 2.0), (np.asfortranarray(np.arange(6.0).reshape(2, 3)), 9.0))
def chosen_in_fortran_order(a, limit):
    return np.where(a < limit, a, -a), np.where(a < limit, a, 1.0), np.where(a < limit, 0.0, 1.0)


@case(np.array([1.5, -0.0, np.nan, -np.inf, 0.0]), np.array([1, -2, 3], np.int8))
def signs(a):
    return np.signbit(a), np.nan_to_num(a)


@case(Z, NARROW, TABLE, TABLE[:, ::2], np.asfortranarray(TABLE), TABLE[:0], python=False, why="NumPy's complex64 stays narrow")
def over_all_elements(z):
    total, others = 0j, 0j
    for value in z.flat:
        total = total * 0.5 + value
    for index, value in np.ndenumerate(z):
        total += index[0] * value
    for item in np.nditer(z):
        others = others * 0.5 + item.item()
    return total, others


@case(Z, np.asfortranarray(TABLE), python=False, why="NumPy's nditer is to be told that it writes")
def written_item_by_item(z):
    for item in np.nditer(z):
        item[()] = item.item() * 1j
    for k in range(z.size):
        z.flat[k] = z.flat[k] + k
    return z


HOLES = np.array([1 + 2j, 0, -1j, 0, complex("nan"), complex(-0.0, -0.0)])
TRUTHS = (
    (HOLES,),
    (HOLES.astype(np.complex64),),
    (HOLES[:4].reshape(2, 2),),
    (np.asfortranarray(HOLES.reshape(2, 3)),),
    (HOLES[::-2],),
    (np.zeros(3, np.complex128),),
    (np.zeros(0, np.complex64),),
    (np.full((2, 3), 1j),),
)


@case(*TRUTHS)
def which_are_true(z):
    return z.any(), z.all(), np.any(z), np.all(z), np.count_nonzero(z)


@case(*TRUTHS)
def where_they_are_true(z):
    return np.nonzero(z), z.nonzero(), np.where(z), np.flatnonzero(z)


@case(*TRUTHS, native=False, why="Numba does not tell that the array is in C order")
def rows_of_true_ones(z):
    return np.argwhere(z)


@case(*TRUTHS, python=False, why="NumPy's complex64 stays narrow")
def chosen_by_truth(z):
    return np.where(z, 1, 2), np.where(z, z, -1.5), np.where(z, np.ones(z.shape), 0)


@case(*TRUTHS)
def truths_together(z):
    return np.logical_and(z, z), np.logical_or(z, 0), np.logical_xor(z, 1j), np.logical_not(z), np.logical_or(z, z != z)


@case(*TRUTHS)
def numbers_in_them(z):
    return (1 + 2j) in z, 0 in z, 1.0 not in z, -1j in z


@case((np.array([2j]),), (np.array([0j]),), (np.array([[1 + 0j]], np.complex64),), (np.array([-0.0 + 0j]),))
def truth_of_one(z):
    return bool(z), 1 if z else 2


@case((np.zeros(2, np.complex128),), (np.zeros(0, np.complex128),), python=False, why="an empty array is false in CPython, with a warning")
def truth_of_no_one(z):
    return bool(z)


WITH_INTEGERS = [(narrow, np.arange(-2, 4).astype(t)) for narrow in (NARROW, NARROW[2], np.array(2 + 1j, np.complex64)) for t in "hiIlL?"]


@case(*WITH_INTEGERS, python=False, why="in NumPy wide integers make complex128 of complex64")
def integers_fit_complex64(z, k):
    return z - k, k / z, np.add(z, k), k[0] * z, z + k[0], z + k * 2.0


@case(
    (np.array(2 + 1j), np.array(3)),
    (np.array(2 + 1j, np.complex64), np.array(0.5)),
    (np.array(2 + 1j, np.complex64), np.array(4)),
    python=False,
    why="NumPy gives numbers of its own types",
)
def of_no_dimensions(z, w):
    return z + w, w - z, z == w, np.multiply(z, w), -z

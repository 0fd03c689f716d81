"""Matrix multiplication by the triple loop."""

import numpy as np

from .kernel import Kernel


def matmul(a, b):
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    product = np.zeros((rows, columns), np.float64)
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += a[i, k] * b[k, j]
            product[i, j] = total
    return product


def inputs(size):
    random = np.random.default_rng(1969)
    return random.standard_normal((size, size)), random.standard_normal((size, size))


def verify(arguments, product):
    assert np.allclose(product, arguments[0] @ arguments[1], rtol=1e-10, atol=1e-10), "not the product"


KERNEL = Kernel("matmul", "square matrices, triple loop", ("matmul",), {"full": 240, "reduced": 80, "tiny": 1}, inputs, verify, power=3.0)

"""The kernels: the same source gives the same result in CPython and in Numba, and the right one."""

import importlib
import importlib.util
import sys

import numpy as np
import pytest

from px.bench import kernels
from px.bench.peers import NumbaPeer, Peer

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")


@pytest.mark.parametrize("name", kernels.NAMES)
def test_a_kernel_is_right_in_cpython(name):
    kernel = kernels.load(name)
    arguments = kernel.inputs(kernel.sizes["reduced"])
    kernel.verify(arguments, Peer().load(kernel)(*arguments))


@needs_numba
@pytest.mark.slow
@pytest.mark.parametrize("name", kernels.NAMES)
def test_numba_and_cpython_agree_bit_for_bit(name):
    kernel = kernels.load(name)
    ours, theirs = NumbaPeer(boundscheck=True).load(kernel), Peer().load(kernel)
    for size in ("tiny", "reduced"):
        arguments = kernel.inputs(kernel.sizes[size])
        assert kernels.difference(ours(*arguments), theirs(*arguments), kernel.tolerance) is None


@pytest.mark.parametrize("name", kernels.NAMES)
def test_inputs_are_the_same_each_time_and_stay_unchanged(name):
    kernel = kernels.load(name)
    used, fresh = kernel.inputs(kernel.sizes["tiny"]), kernel.inputs(kernel.sizes["tiny"])
    Peer().load(kernel)(*used)
    assert all(np.array_equal(a, b) for a, b in zip(used, fresh))


@pytest.mark.parametrize("name", kernels.NAMES)
def test_a_kernel_names_its_functions_and_sizes(name):
    kernel = kernels.load(name)
    module = sys.modules[kernel.inputs.__module__]
    assert kernel.name == name
    assert all(callable(getattr(module, function)) for function in kernel.functions)
    assert kernel.sizes["tiny"] < kernel.sizes["reduced"] < kernel.sizes["full"]


def test_a_wrong_result_is_noticed():
    kernel = kernels.load("sieve")
    with pytest.raises(AssertionError, match="primes"):
        kernel.verify(kernel.inputs(100), 26)


def test_peers_have_copies_of_their_own():
    kernel = kernels.load("sieve")
    first, second = Peer().load(kernel), Peer(boundscheck=True).load(kernel)
    assert first is not second
    assert first.__globals__ is not second.__globals__


def test_an_unknown_kernel_is_a_key_error_that_lists_the_known_ones():
    with pytest.raises(KeyError, match="mandelbrot"):
        kernels.load("fibonacci")


@pytest.mark.parametrize(
    ("result", "reference", "tolerance", "same"),
    [
        (1, 1, 0.0, True),
        (1, 2, 0.0, False),
        (1, 1.0, 0.0, False),
        (float("nan"), float("nan"), 0.0, True),
        (1.0, 1.0 + 1e-15, 0.0, False),
        (1.0, 1.0 + 1e-15, 1e-12, True),
        (np.arange(3), np.arange(4), 0.0, False),
        ((1, np.arange(3)), (1, np.arange(3)), 0.0, True),
        ((1, np.arange(3)), (1,), 0.0, False),
        (True, 1, 0.0, False),
    ],
)
def test_difference(result, reference, tolerance, same):
    assert (kernels.difference(result, reference, tolerance) is None) == same

"""The tiers beside each other: what counts as a measurement, and what the table tells."""

import importlib.util
import io

import pytest
from rich.console import Console

from px.bench import tiers, tiers_table
from px.bench.kernels import digest, load, same_digest
from px.bench.peers import calls_by_tier
from px.bench.worker import Worker

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")


@pytest.fixture
def compared():
    both = tiers.TiersResult("sieve", 300, {"interpreter": 0.04, "baseline": 0.012, "native": 0.01, "numba": 0.01}, {}, 5, 0.75)
    without = tiers.TiersResult(
        "knn", 100, {"interpreter": 0.09, "native": 0.01, "numba": 0.01}, {"baseline": "the tier did not run: none"}
    )
    return [both, without]


def test_ratios_are_to_numba_and_only_of_what_was_measured(compared):
    assert compared[0].ratio("baseline") == pytest.approx(1.2)
    assert compared[1].ratio("baseline") is None
    assert tiers.mean_and_worst(compared, "interpreter") == pytest.approx((6.0, 9.0))
    assert tiers.mean_and_worst(compared, "baseline") == pytest.approx((1.2, 1.2))
    assert tiers.mean_and_worst(compared[1:], "baseline") == (None, None)


def test_the_table_shows_times_ratios_moves_and_what_did_not_run(compared):
    console = Console(file=io.StringIO(), width=200)
    tiers_table.show(compared, console)
    text = console.file.getvalue()
    assert all(expected in text for expected in ("12.0 ms", "1.20×", "6.00×", "9.00×", "75 %", "–", "the tier did not run"))


def test_calls_are_told_apart_by_tier():
    row = {"calls": 12, "native_calls": 3}
    assert calls_by_tier(row) == {"interpreter": 9, "baseline": 0, "numba": 3}
    assert calls_by_tier(row | {"baseline_calls": 4, "interpreter_calls": 5}) == {"interpreter": 5, "baseline": 4, "numba": 3}


@needs_numba
def test_only_a_tier_that_ran_has_a_time(monkeypatch):
    """A tier that px.stats does not count shows no time, and says so."""
    told = iter([{"interpreter": 0, "baseline": 0, "numba": 0}, {"interpreter": 9, "baseline": 0, "numba": 0}])
    monkeypatch.setattr(tiers, "counts", lambda worker, entry: next(told))
    monkeypatch.setattr(tiers, "COLUMNS", (("baseline", "baseline", "px", {"tier": "interp"}), tiers.COLUMNS[-1]))
    try:
        answer = tiers.compare(Worker(), "sieve", 100, 0.0)
    finally:
        _restore_tier()
    assert "baseline" not in answer["seconds"]
    assert "9 interpreter" in answer["problems"]["baseline"]
    assert answer["seconds"]["numba"] > 0


def _restore_tier():
    from px import _px, settings

    _px.set_tier(settings.settings.tier)


def test_digests_tell_results_apart():
    kernel = load("quicksort")
    (numbers, *_) = kernel.inputs(50)
    assert same_digest(digest(numbers), digest(numbers.copy()))
    assert not same_digest(digest(numbers), digest(numbers[::-1]))
    assert same_digest(digest((1.0, 2)), digest((1.0 + 1e-13, 2)))
    assert not same_digest(digest(1.0), digest((1.0, 2)))


@pytest.mark.parametrize("name", ["sieve", "matmul", "mandelbrot"])
def test_sizes_grow_with_the_work_that_is_wanted(name):
    kernel = load(name)
    assert kernel.size_for(0.2, 0.2) == kernel.sizes["reduced"]
    larger = kernel.size_for(1.6, 0.2)
    assert larger == pytest.approx(kernel.sizes["reduced"] * 8 ** (1 / kernel.power), rel=0.01)


def test_a_kernel_whose_data_ends_is_no_larger_than_that():
    assert load("knn").size_for(1e6, 0.2) == load("knn").sizes["full"]

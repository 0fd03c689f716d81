"""What a run's results look like: JSON, tables, pictures."""

import importlib.util
import io
import json
import math

import pytest
from rich.console import Console

from px.bench import markdown, measure, plot, results, table
from px.bench.targets import GROUPS, NAMES, chosen, main_thread, row
from px.bench.targets import table as targets_table


@pytest.fixture
def measured():
    """A run as it would be with px: two calls in the interpreter, one in baseline code, then Numba's."""
    kernel = results.KernelResult("sieve", "counting primes", {"reduced": 300_000, "full": 3_000_000})
    kernel.times = {
        "cpython": {"reduced": 0.06},
        "numba": {"reduced": 0.001, "full": 0.010},
        "numba_default": {"reduced": 0.0009, "full": 0.0098},
        "px_interpreter": {"reduced": 0.004, "full": 0.040},
        "px_native": {"reduced": 0.001, "full": 0.0101},
    }
    calls = [(0.11, 0.01), (0.12, 0.01), (0.13, 0.01), (0.131, 0.001), (0.132, 0.001)]
    swaps = [(0.13, "baseline"), (0.131, "numba")]
    kernel.timelines = {
        "px": results.Timeline(0.1, calls, 0.131, "numba", swaps),
        "numba": results.Timeline(0.3, [(1.3, 1.0)], 1.3, "numba"),
    }
    kernel.first_call = {"px": 0.01, "numba": 1.0}
    run = results.BenchResult({"processor": "a", "cores": 2, "python": "3.11", "numba": "0.68"}, quick=False, seconds=12.0)
    run.kernels = [kernel]
    return run


def render(show):
    console = Console(file=io.StringIO(), width=200)
    show(console)
    return console.file.getvalue()


def test_until_native_counts_the_calls_before_the_swap(measured):
    seconds, calls = measured.kernels[0].timelines["px"].until_native()
    assert calls == 3
    assert seconds == pytest.approx(0.031)


def test_json_has_everything(measured, tmp_path):
    measured.write(tmp_path / "deep" / "results.json")
    data = json.loads((tmp_path / "deep" / "results.json").read_text())
    assert data["schema"] == results.SCHEMA
    assert set(data) == {"schema", "machine", "quick", "seconds", "kernels", "unavailable"}
    (kernel,) = data["kernels"]
    assert set(kernel) == {"name", "about", "sizes", "times", "waited", "rounds", "first_call", "timelines", "checks", "problems"}
    assert kernel["times"]["px_native"]["full"] == 0.0101
    assert kernel["timelines"]["px"]["calls"][0] == [0.11, 0.01]


def test_tables_show_times_and_ratios(measured):
    text = render(lambda console: table.show(measured, console))
    for expected in ("sieve", "60.0 ms", "15.0×", "4.00×", "1.01×", "1.03×", "3 calls in 31.0 ms", "geometric mean"):
        assert expected in text


def test_tables_show_no_time_beside_a_problem(measured):
    kernel = measured.kernels[0]
    kernel.problems["px_native"] = "wrong result: value 0, element 0: 1 instead of 2"
    del kernel.times["px_native"]
    text = render(lambda console: table.show(measured, console))
    assert "1 instead of 2" in text
    assert "10.1 ms" not in text
    assert not measured.passed()


def test_a_peer_that_is_not_there_is_no_failure(measured):
    measured.unavailable = {"px": "px cannot be imported"}
    assert "not available" in render(lambda console: table.show(measured, console))
    assert measured.passed()


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (1.5, "1.50 s"), (0.0123, "12.3 ms"), (123e-6, "123 µs"), (5e-9, "5.00 ns"), (1e-10, "0.10 ns")]
)
def test_durations(seconds, text):
    assert table.duration(seconds) == text


def test_geometric_mean_leaves_out_what_is_missing():
    assert results.geometric_mean([2.0, None, 8.0]) == pytest.approx(4.0)
    assert results.geometric_mean([None]) is None


def test_throughput_never_averages_across_a_swap(measured):
    moments, rates = plot.throughput(measured.kernels[0].timelines["px"], window=10.0)
    assert moments == pytest.approx([0.0, 0.1, 0.1, 0.12, 0.12, 0.13, 0.13, 0.132])
    assert rates == pytest.approx([0, 0, 100, 100, 100, 100, 1000, 1000])


def test_a_life_tells_each_swap_that_was_seen():
    life = {"began": 5.1, "calls": [(5.2, 0.1, "interpreter"), (5.3, 0.1, "baseline"), (5.4, 0.1, "baseline"), (5.5, 0.1, "numba")]}
    timeline = measure.Measurement.timeline(life, 5.0)
    assert [tier for _, tier in timeline.swaps] == ["baseline", "numba"]
    assert [moment for moment, _ in timeline.swaps] == pytest.approx([0.3, 0.5])
    assert timeline.native_at == pytest.approx(0.5)


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_a_picture_is_made_for_each_kernel(measured, tmp_path):
    (path,) = plot.draw_all(measured.kernels, tmp_path / "pictures")
    assert path.name == "sieve.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_targets_pass_at_their_limit_and_miss_beyond():
    goal = ("what", "≥ 4×")
    assert row.Row.at_least("a", goal, 4.0, 4.0, "4.0×").passed
    assert not row.Row.at_least("a", goal, 3.99, 4.0, "3.99×").passed
    assert row.Row.at_most("a", goal, 4.0, 4.0, "4.0×").passed
    assert not row.Row.at_most("a", goal, 4.01, 4.0, "4.01×").passed
    assert not row.Row.missing("a", *goal, "why").passed


def test_targets_table_tells_pass_miss_and_not_measured():
    goal = ("first figure", "≤ 5 ms")
    rows = [row.Row.at_most("a", goal, 4.0, 5.0, "4 ms"), row.Row.at_most("a", goal, 6.0, 5.0, "6 ms"), row.Row.missing("a", *goal, "why")]
    text = render(lambda console: targets_table.show(rows, console))
    assert all(word in text for word in ("pass", "miss", "not measured", "why", "4 ms", "≤ 5 ms"))


def test_targets_are_chosen_by_group():
    assert chosen("all") == NAMES
    assert chosen("spine") + chosen("baseline") + chosen("contexts") + chosen("arrays") == NAMES
    assert len(set(NAMES)) == sum(len(names) for names in GROUPS.values())
    with pytest.raises(KeyError, match="baseline"):
        chosen("heap")


def test_every_target_measures_the_rows_that_it_names():
    for name in NAMES:
        target = importlib.import_module(f"px.bench.targets.{name}")
        assert callable(target.measure)
        assert all(len(pair) == 2 for pair in target.ROWS)


def test_the_interval_of_paired_ratios():
    low, high = main_thread.interval([0.01, -0.01] * 10)
    assert low == pytest.approx(math.exp(-0.0048), abs=1e-4) and high == pytest.approx(1 / low)
    assert main_thread.interval([0.02] * 20) == pytest.approx([math.exp(0.02)] * 2)
    assert main_thread.PAIRS - 1 in main_thread.STUDENT


def test_the_main_thread_s_workloads_do_what_they_should():
    fastest = main_thread.inside(None, "time")
    assert set(fastest) == set(main_thread.WORKLOADS)
    assert all(seconds > 0 for seconds in fastest.values())


def test_markdown_has_the_terminals_figures_and_the_machine(measured):
    measured.machine |= {"system": "Linux", "numpy": "2.4", "px": "0.1"}
    page = markdown.kernels_page(measured)
    assert "| kernel | CPython | Numba first |" in page
    assert "| sieve | 60.0 ms |" in page
    assert "geometric mean" in page
    assert "2 cores, Linux, Python 3.11, numba 0.68" in page


def test_markdown_of_targets():
    rows = [row.Row.at_most("a", ("what", "≤ 5 ms"), 6.0, 5.0, "6 ms")]
    machine = {"processor": "a", "cores": 2, "system": "Linux", "python": "3.11"}
    assert "| what | ≤ 5 ms | 6 ms | miss |" in markdown.targets_page(rows, machine)

"""The whole programs of px.bench.programs, at small sizes: right in every tier, the same for any number of workers."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import px
from px.bench import programs
from px.bench.programs import csv_file, merge_sort, monte_carlo, quick_sort


@pytest.fixture(params=["interp", "baseline", "auto"])
def tier(request):
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


@pytest.mark.parametrize("name", programs.NAMES)
def test_a_program_is_right_in_every_tier(name, tier):
    program = programs.load(name)
    inputs = program.inputs(program.sizes["tiny"])
    program.verify(inputs, program.run(inputs))


@pytest.mark.parametrize("name", programs.NAMES)
def test_a_wrong_result_is_noticed(name):
    program = programs.load(name)
    inputs = program.inputs(program.sizes["tiny"])
    result = program.run(inputs)
    wrong = {
        "histogram": lambda: (result[0], result[1] + 1),
        "k_means": lambda: (result[0], np.roll(result[1], 1), result[2]),
        "monte_carlo": lambda: (result[0] + 1.0, *result[1:]),
        "csv_file": lambda: (result[0], result[1][:, :-1]),
    }.get(name, lambda: result[::-1])()
    with pytest.raises(AssertionError):
        program.verify(inputs, wrong)


def test_an_unknown_program_is_a_key_error_that_lists_the_known_ones():
    with pytest.raises(KeyError, match="merge_sort"):
        programs.load("bubble_sort")


class TestSorts:
    """Short leaves, so that small arrays are sorted by many contexts."""

    @pytest.mark.parametrize("size", [0, 1, 2, 3, 63, 64, 1000, 4097])
    @pytest.mark.parametrize("kind", ["random", "sorted", "backwards", "equal", "few"])
    def test_by_many_contexts(self, size, kind, monkeypatch):
        monkeypatch.setattr(merge_sort, "LEAF", 64)
        monkeypatch.setattr(merge_sort, "PIECE", 50)
        monkeypatch.setattr(quick_sort, "ALONE", 40)
        values = np.random.default_rng(size).standard_normal(size)
        values = {
            "random": values,
            "sorted": np.sort(values),
            "backwards": np.sort(values)[::-1].copy(),
            "equal": np.zeros(size),
            "few": np.round(values),
        }[kind]
        before = values.copy()
        for module in (merge_sort, quick_sort):
            module.PROGRAM.verify(values, module.run(values))
        assert np.array_equal(values, before)

    def test_contexts_there_are(self, monkeypatch):
        monkeypatch.setattr(merge_sort, "LEAF", 64)
        monkeypatch.setattr(merge_sort, "PIECE", 50)
        before = px.stats()["contexts"]
        merge_sort.run(np.arange(5000.0))
        assert px.stats()["contexts"] - before > 128 + 5 * 5000 // 100  # leaves, and the pieces of the upper merges


class TestMonteCarlo:
    def test_the_same_bits_for_any_number_of_workers(self):
        code = "from px.bench.programs import monte_carlo as m; print(*map(float.hex, map(float, m.run(5000))))"
        printed = {
            subprocess.run(
                [sys.executable, "-c", code], env={**os.environ, "PX_WORKERS": workers}, capture_output=True, text=True, check=True
            ).stdout
            for workers in ("1", "2", "3")
        }
        assert len(printed) == 1

    def test_blocks_have_streams_of_their_own(self):
        estimates = np.zeros((4, 4))
        monte_carlo.seed(1)
        px.parallel_for(monte_carlo.paths, 4, 4 * monte_carlo.BLOCK, estimates)
        assert len(np.unique(estimates[:, 0])) == 4


class TestCsv:
    def read(self, tmp_path, text):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode())
        return csv_file.read(path)

    @pytest.mark.parametrize(
        "field",
        "0 -0 +7 1.5 .5 5. 1e3 1E-3 -2.5e+2 0.1 123456789012345 1234567890123456789 0.1234567890123456789 1e22 1e23 1e-22 1e-23 "
        "4.9e-324 1.7976931348623157e308 1e400 1e-400 2.2250738585072011e-308 9007199254740993 inf -inf nan 1e00005 000000000000000000001 "
        "0.000000000000000000000000000001 1_000 1e99999999999999999999".split(),
    )
    def test_numbers_are_what_float_makes_of_them(self, tmp_path, field, tier):
        names, columns = self.read(tmp_path, f"a,b\n{field},1\n2,{field}\n")
        assert names == ["a", "b"]
        expected = np.array([[float(field), 2], [1, float(field)]])
        assert columns.tobytes() == expected.tobytes() or (math.isnan(float(field)) and np.isnan(columns[0, 0]))

    def test_quotes_spaces_empty_fields_and_line_ends(self, tmp_path, tier):
        names, columns = self.read(tmp_path, '"a", b\r\n"1.5", 2 \r\n,"3"\r\n4,')
        assert names == ["a", "b"]
        assert np.array_equal(columns, [[1.5, np.nan, 4], [2, 3, np.nan]], equal_nan=True)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a,b\n1,2\n3\n", "line 3: not 2 fields"),
            ("a,b\n1,2,3\n", "line 2: not 2 fields"),
            ("a,b\n1,2\n\n3,4\n", "line 3: not 2 fields"),
            ("a,b\n1,2\n3,x\n", "line 3: 'x' is no number"),
            ("a,b\n1e,2\n", "line 2: '1e' is no number"),
            ("a,b\n1-2,2\n", "line 2: '1-2' is no number"),
            ("a,b\n.,2\n", "line 2: '.' is no number"),
        ],
    )
    def test_errors_name_the_line(self, tmp_path, text, message, tier):
        with pytest.raises(ValueError, match=message):
            self.read(tmp_path, text)

    def test_lines_that_lie_across_blocks(self, tmp_path, monkeypatch):
        random = np.random.default_rng(3)
        rows = [[round(x, 6) for x in row] for row in random.normal(size=(500, 3)).tolist()]
        text = "a,b,c\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows)
        for block in (1, 2, 7, 64, 1000):
            monkeypatch.setattr(csv_file, "BLOCK", block)
            assert np.array_equal(self.read(tmp_path, text)[1].T, rows)


def test_the_command_runs_and_times_a_program():
    def run(*arguments):
        return subprocess.run([sys.executable, "-m", "px.bench.programs", *arguments], capture_output=True, text=True, check=False)

    done = run("histogram", "20000")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("histogram, 20,000: ")
    assert run("bubble_sort").returncode == 2
    assert run("histogram", "many").returncode == 2

"""Measured processes: they answer, they report, they end with their parent, and they leave px alone unless asked."""

import importlib.util
import subprocess
import sys

import pytest

from px.bench.kernels import NAMES, digest
from px.bench.launch import HERE, PeerUnavailable, Process, Scratch, WorkerFailed, environment, whole_process
from px.bench.measure import Crew, Measurement
from px.bench.targets.scaling import c_seconds, compile_c

needs_numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="Numba is not installed")


@pytest.fixture
def scratch():
    made = Scratch()
    yield made
    made.close()


@pytest.fixture
def process(scratch):
    with Process("test", environment(scratch, "test")) as started:
        yield started


def test_a_first_call_gives_seconds_and_the_result(process):
    seconds, result = process.ask("first", kernel="sieve", size=100, peer="cpython")
    assert seconds > 0
    assert result == 25


def test_as_many_times_as_calls(process):
    assert len(process.ask("time", kernel="sieve", size=100, peer="cpython", calls=3)) == 3


def test_an_error_reaches_the_parent_and_the_process_lives_on(process):
    with pytest.raises(WorkerFailed, match="no kernel named 'x'"):
        process.ask("first", kernel="x", size=1, peer="cpython")
    assert process.ask("first", kernel="sieve", size=100, peer="cpython")[1] == 25


def test_a_process_that_dies_is_an_error(process):
    process.process.kill()
    with pytest.raises(WorkerFailed, match="ended"):
        process.ask("first", kernel="sieve", size=100, peer="cpython")


def test_a_process_ends_when_its_parent_closes(scratch):
    with Process("test", environment(scratch, "test")) as started:
        started.ask("import_peer", peer="cpython")
    assert started.process.returncode == 0


def test_a_measured_process_imports_no_px(scratch):
    command = [sys.executable, "-X", "importtime", str(HERE / "start.py"), "program", "cpython", "sieve", "100"]
    done = subprocess.run(command, env=environment(scratch, "test"), capture_output=True, text=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "bench.kernels" in imported
    assert not {"px", "numba"} & imported


def test_settings_of_px_and_numba_do_not_leak_into_measured_processes(scratch, monkeypatch):
    monkeypatch.setenv("PX_TIER", "interp")
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "0")
    env = environment(scratch, "test", PX_WORKERS="1")
    assert "PX_TIER" not in env
    assert "NUMBA_BOUNDSCHECK" not in env
    assert env["PX_WORKERS"] == "1"
    assert env["PX_CACHE_DIR"].startswith(str(scratch.path))


def test_scratch_space_is_removed():
    made = Scratch()
    made.folder("a")
    made.close()
    assert not made.path.exists()


def test_a_whole_program_says_how_long_its_call_took(scratch):
    seconds, output = whole_process(environment(scratch, "test"), "cpython", "sieve", "100")
    inner, tier, *result = output.split()
    assert 0 < float(inner) < seconds
    assert tier == "cpython"
    assert [float(number) for number in result] == digest(25)


def test_a_peer_that_cannot_be_imported_is_unavailable(scratch, tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('broken on purpose')")
    with Process("test", environment(scratch, "test", PYTHONPATH=str(tmp_path))) as started:
        with pytest.raises(PeerUnavailable, match="broken on purpose"):
            started.ask("import_peer", peer="numba")


@needs_numba
@pytest.mark.slow
def test_a_timeline_runs_from_the_first_call_on(process):
    life = process.ask("timeline", kernel="sieve", size=1_000, peer="numba", most=10.0, tail=0.01)
    ends = [end for end, _, _ in life["calls"]]
    assert life["began"] <= ends[0]
    assert ends == sorted(ends)
    assert len(ends) > 1
    assert life["result"] == 168


def test_a_wrong_result_shows_no_time(scratch):
    """A kernel whose check fails: the column gets a problem and no figure."""
    from px.bench import kernels

    def verify(arguments, result):
        raise AssertionError("wrong on purpose")

    kernel = kernels.load("sieve")._replace(verify=verify)
    with Crew(scratch, only=("cpython",)) as crew:
        result = Measurement(kernel, crew, lambda _: None, 0.01, quick=True).steady()
    assert result.problems == {"cpython": "wrong result: wrong on purpose"}
    assert result.times == {}


def test_the_c_threads_run(scratch):
    try:
        program = compile_c(scratch.path)
    except WorkerFailed as error:
        pytest.skip(str(error))
    for kernel in NAMES:
        assert c_seconds(program, kernel, 2, 3, 2) > 0

"""The service as a process: hello, many requests, crashes, hangs, garbage, its end."""

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from px_service import frames
from service_client import MAIN, Client, encode
from service_request import make


def quick(x):
    return x + 1


def crasher(x):
    return x


def hanger(x):
    return x


def test_hello_says_what_compiles(service: Any) -> None:
    hello = service.hello
    assert hello["hello"] == 1
    assert all(hello[key] for key in ("numba", "llvmlite", "numpy", "python", "cpu", "features"))


def test_answers_carry_their_requests_numbers(service: Any) -> None:
    for number in range(5):
        service.send(make(quick, ["int64" if number % 2 else "float64"], number))
    answers = [service.receive()[0] for _ in range(5)]
    assert sorted(a["id"] for a in answers) == list(range(5))
    assert {a["id"]: a["result"] for a in answers} == {n: "int64" if n % 2 else "float64" for n in range(5)}


@pytest.fixture(scope="module")
def fragile() -> Any:
    """A service in which one function crashes the compiler and one hangs it."""
    with Client(PX_SERVICE_TEST_CRASH="crasher", PX_SERVICE_TEST_HANG="hanger") as client:
        yield client


def test_a_crash_costs_one_request(fragile: Any) -> None:
    header, blob = fragile.ask(make(crasher, ["int64"]))
    assert (header["ok"], header["kind"], blob) == (False, "crash", b"")
    assert "SIGABRT" in header["reason"]
    assert fragile.ask(make(quick, ["int64"]))[0]["ok"]


def test_a_hang_ends_at_its_time_limit(fragile: Any) -> None:
    header, _ = fragile.ask(make(hanger, ["int64"], timeout=0.2))
    assert (header["ok"], header["kind"]) == (False, "timeout")


def test_a_hang_does_not_hold_up_others(fragile: Any) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: one compile at a time")
    fragile.send(make(hanger, ["int64"], 1, timeout=3.0))
    fragile.send(make(quick, ["int64"], 2))
    fragile.send(make(quick, ["float64"], 3))
    assert [fragile.receive()[0]["id"] for _ in range(3)] == [2, 3, 1]


def test_a_malformed_request_is_answered(service: Any) -> None:
    header, _ = service.ask({"id": 9, "entry": "px_entry"})
    assert not header["ok"] and header["kind"] == "internal" and "root" in header["reason"]
    broken = make(quick, ["int64"])
    broken["functions"][0]["source"] = "def quick(x) return"
    assert not service.ask(broken)[0]["ok"]
    del broken["functions"][0]["source"]
    assert not service.ask(broken)[0]["ok"]


@pytest.mark.parametrize("garbage", [struct.pack("<II", 1 << 31, 0), struct.pack("<II", 2, 0) + b"no", struct.pack("<II", 2, 0) + b"[]"])
def test_garbage_ends_the_service(garbage: bytes) -> None:
    with Client() as client:
        client.write(garbage)
        with pytest.raises(EOFError):
            client.receive()
        assert client.process.wait(timeout=60) == 1


def test_it_ends_when_its_input_closes_even_while_compiling() -> None:
    with Client(PX_SERVICE_TEST_HANG="hanger") as client:
        client.send(make(hanger, ["int64"]))
        assert client.close() == 0


def test_an_interrupt_is_ignored(service: Any) -> None:
    service.process.send_signal(signal.SIGINT)
    assert service.ask(make(quick, ["int64"]))[0]["ok"]


def test_a_frame_may_come_in_pieces(service: Any) -> None:
    data = encode(make(quick, ["int64"]))
    for start in range(0, len(data), 100):
        service.write(data[start : start + 100])
    assert service.receive()[0]["ok"]


def test_frames_are_the_documents() -> None:
    header = {"id": 1, "reason": "é"}
    decoder = frames.Decoder()
    data = frames.encode(header, b"blob") * 2
    got = [frame for i in range(0, len(data), 7) for frame in decoder.feed(data[i : i + 7])]
    assert got == [(header, b"blob")] * 2 and decoder.pending == 0


@pytest.mark.parametrize(
    "version, message", [(None, "Numba is not installed"), ("0.57.1", "Numba 0.57.1 is too old: 0.68 or newer is needed")]
)
def test_without_a_usable_numba_hello_says_so(tmp_path: Path, version: str | None, message: str) -> None:
    numba = tmp_path / "numba"
    numba.mkdir()
    text = f"__version__ = {version!r}" if version else "raise ModuleNotFoundError(\"No module named 'numba'\", name='numba')"
    (numba / "__init__.py").write_text(text)
    with Client(PYTHONPATH=str(tmp_path)) as client:
        assert client.hello == {"hello": 1, "error": message}
        assert client.process.wait(timeout=60) == 1


@pytest.mark.parametrize("by_path", [True, False])
def test_it_imports_nothing_of_the_users(tmp_path: Path, by_path: bool) -> None:
    package, here = tmp_path / "lib/px", tmp_path / "here"
    package.mkdir(parents=True)
    here.mkdir()
    (package / "service").symlink_to(MAIN.parent)
    (package / "__init__.py").write_text("raise SystemExit('imported px')" if by_path else "")
    (here / "numpy.py").write_text("raise SystemExit('imported from the current folder')")
    command = [sys.executable, str(MAIN)] if by_path else [sys.executable, "-m", "px.service"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=here, env=environment, timeout=300)
    assert ended.returncode == 0 and b'"hello":1' in ended.stdout and b'"error"' not in ended.stdout


def test_damaged_requests_are_answered_or_end_it() -> None:
    """The short form of `make fuzz ARGS="--kind service"`."""
    import fuzz

    assert fuzz.service(7, seconds=15, most=5) > 0

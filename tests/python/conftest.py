"""What every test of the package shares: a cache folder of its own, and calls in each tier."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sanitizer import SANITIZER, plain_python

# Before px is imported: settings are read then.
_CACHE = tempfile.TemporaryDirectory(prefix="px-cache-")
os.environ["PX_CACHE_DIR"] = os.environ.get("PX_TEST_CACHE") or _CACHE.name  # one that stays: for several runs of one state

_executable = sys.executable
if SANITIZER:
    sys.executable = plain_python(_CACHE.name)  # px starts its service with what this is now
import px  # noqa: E402

sys.executable = _executable

# Where the tests were started in a shell's background Ctrl-C is ignored, and the programs that they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=["interp", "native"])
def tier(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs the test in both tiers: "native" makes a call wait for its native code. Functions must be the test's own."""
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


@pytest.fixture(params=["interp", "baseline", "native"])
def any_tier(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs the test in each tier by itself. As `tier`, calls wait for their code."""
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


@pytest.fixture(params=["interp", "baseline"])
def own_tier(request: pytest.FixtureRequest) -> Iterator[str]:
    """Runs the test in the tiers that do without Numba."""
    px._px.set_tier(request.param)
    yield request.param
    px._px.set_tier("auto")


@pytest.fixture
def interpreted() -> Iterator[None]:
    """Runs the test in the interpreter alone."""
    px._px.set_tier("interp")
    yield
    px._px.set_tier("auto")


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in a process of its own, with settings as keywords: `script(text, PX_TIER="interp")`."""

    def run(text: str, timeout: float = 60, check: bool = True, **settings: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "program.py"
        path.write_text(text)
        environment = {**os.environ, "PYTHONPATH": str(Path(px.__file__).parents[1]), **settings}
        if SANITIZER:  # everything takes several times as long
            timeout *= 4
        done = subprocess.run([sys.executable, str(path)], env=environment, capture_output=True, text=True, timeout=timeout)
        if check:
            assert done.returncode == 0, done.stderr
        return done

    return run

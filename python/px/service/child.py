"""One forked child of the service: compiles one request, writes its answer to a pipe and ends."""

import ctypes
import gc
import os
import resource
import signal
import sys
import traceback
from typing import Any, NoReturn

from . import frames

_PR_SET_PDEATHSIG = 1


def run(request: dict[str, Any], output: int, parent: int) -> NoReturn:
    """In the child. `output` is the pipe's writing end, `parent` the service. Never returns."""
    status = 1
    try:
        # When the service dies, however it dies, so does this process.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # It lives too briefly for collection to pay.
        gc.disable()
        _fail_on_purpose(request)
        from .compile import answer

        _write(output, frames.encode(*answer(request)))
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _write(output: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(output, view) :]


def _fail_on_purpose(request: dict[str, Any]) -> None:
    """For tests of the service: a function of this name dies or hangs instead of being compiled."""
    name = request["functions"][request["root"]]["name"]
    if name and name == os.environ.get("PX_SERVICE_TEST_CRASH"):
        os.kill(os.getpid(), signal.SIGABRT)  # which sanitizers leave alone
    if name and name == os.environ.get("PX_SERVICE_TEST_HANG"):
        signal.pause()

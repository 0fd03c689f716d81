"""Cancelling, forking and ending a process in the middle of things. Each test has a process of its own."""

import textwrap

import pytest
from process_prefix import PREFIX

STATES = """
from concurrent.futures import CancelledError

@px.jit
def family(depth, n):
    if depth > 0:
        for _ in range(3):
            px.submit_work(family, (depth - 1, n))
    for i in range(n):
        pass

def in_child(check):
    child = os.fork()
    if child == 0:
        try:
            check()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(3)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

def works():
    assert px.map(half, range(4)) == [0.0, 0.5, 1.0, 1.5]
    assert px.submit_work(half, (8,)).result() == 4.0
"""


def program(text):
    return PREFIX + STATES + textwrap.dedent(text)


class TestCancelled:
    def test_ten_thousand_queued_works(self, script):
        script(
            program("""
            for turn in range(3):
                seen = []
                spinning = [px.submit_work(spin, (10**12,)) for _ in range(8)]
                queued = [px.submit_work(half, (i,), callback=seen.append) for i in range(10_000)]
                threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    px.run()
                except KeyboardInterrupt:
                    pass
                else:
                    raise SystemExit("not interrupted")
                errors = [work.exception() for work in spinning + queued]
                assert all(work.done() for work in spinning + queued)
                assert all(isinstance(error, CancelledError) for error in errors[:8])
                assert all(error is None or isinstance(error, CancelledError) for error in errors), set(map(type, errors))
                assert sum(isinstance(error, CancelledError) for error in errors) >= 8
                assert px.stats()["queued"] == 0
                works()
            """),
            PX_TIER="interp",
            PX_WORKERS="2",
        )

    def test_children_in_their_thousands(self, script):
        script(
            program("""
            work = px.submit_work(family, (9, 10**7))
            threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                px.run()
            except KeyboardInterrupt:
                pass
            else:
                raise SystemExit("not interrupted")
            assert isinstance(work.exception(), CancelledError)
            assert px.submit_work(family, (4, 1)).result() is None
            works()
            """),
            PX_TIER="interp",
            PX_WORKERS="2",
        )


class TestFork:
    @pytest.mark.parametrize(
        "state",
        [
            "pass",
            "px.submit_work(spin, (1000,))",
            "px.parallel_for(half, 1000)",
            "spin(3_000_000)",
        ],
    )
    def test_after(self, script, state):
        script(program(f"{state}\nin_child(works)\nworks()"))

    def test_the_child_does_not_wait_for_what_the_parent_waits_for(self, script):
        script(
            program("""
            seen, (reads, writes) = [], os.pipe()
            timer = px.submit_timer(300, half, (1,))
            px.submit_wait(reads, half, (7,), callback=seen.append)
            in_child(works)
            assert timer.cancel()
            os.write(writes, b"x")
            px.run()
            assert seen == [3.5]
            """)
        )

    def test_in_a_heap_of_one_s_own(self, script):
        script(program('with px.heap(limit=1 << 20, pages="2M"):\n    works()\n    in_child(works)\n    works()'))

    def test_in_a_work_s_callback(self, script):
        script(
            program("""
            px.submit_work(half, (3,), callback=lambda result: in_child(works))
            px.run()
            works()
            """)
        )

    def test_in_a_call_for_the_main_thread(self, script):
        script(
            program("""
            def forks(x):
                in_child(works)

            @px.jit
            def calls(x):
                px.call_from_main_thread(forks, x)

            calls(1)
            px.parallel_for(calls, 2)
            works()
            """)
        )

    @pytest.mark.parametrize(
        "run",
        [
            "px.parallel_for(spins, 8)",
            "px.map(spin, [10**10] * 3)",
            "px.reduce(operator.add, spins, 8)",
            "[px.submit_work(spin, (10**10,)) for _ in range(3)]; px.run()",
            "region(10**10)",
        ],
    )
    @pytest.mark.parametrize("uses_px", [False, True])
    def test_in_a_signal_handler_during_a_run(self, script, run, uses_px):
        """The child's run ends with an error, the parent's goes on until the child has sent it a second signal."""
        script(
            program(f"""
            import operator

            @px.jit
            def spins(i):
                return spin(10**10)

            @px.jit(parallel=True)
            def region(n):
                total = 0
                for i in px.prange(n):
                    total += spin(100)
                return total

            def fork(*_):
                signal.signal(signal.SIGALRM, stop)
                if os.fork() == 0 and {uses_px}:
                    works()

            def stop(*_):
                raise KeyboardInterrupt

            parent = os.getpid()
            works(), region(10)  # compiled, and the workers there, before the handler is due
            signal.signal(signal.SIGALRM, fork)
            signal.setitimer(signal.ITIMER_REAL, 0.3, 0.3)
            try:
                {run}
            except (RuntimeError, KeyboardInterrupt) as error:
                signal.setitimer(signal.ITIMER_REAL, 0)
                assert isinstance(error, KeyboardInterrupt if os.getpid() == parent else RuntimeError), error
            works()
            if os.getpid() != parent:
                os._exit(0)
            assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
            """)
        )

    def test_a_child_of_a_child(self, script):
        script(program("works()\nin_child(lambda: (works(), in_child(works), works()))\nworks()"))


class TestExit:
    @pytest.mark.parametrize(
        "state",
        [
            "works()",
            "[px.submit_work(half, (i,)) for i in range(10_000)]",
            "px.submit_work(family, (5, 10))",
            "px.submit_timer(60, half, (1,))",
            "threading.Thread(target=lambda: px.submit_work(spin, (10**12,)).result(), daemon=True).start(); time.sleep(0.3)",
            "threading.Thread(target=lambda: spin(10**12), daemon=True).start(); time.sleep(0.3)",
            "px.submit_work(half, (3,), callback=lambda result: sys.exit(0)); px.run()",
            "import atexit; atexit.register(works)",
        ],
    )
    def test_in_a_state(self, script, state):
        script(program(state), PX_WORKERS="2")


THREADS = """
@px.jit(parallel=True)
def shared(n):
    total = 0
    for i in px.prange(n):
        total += i % 3
    return total

def again(call):
    def run():
        while True:
            call()

    threading.Thread(target=run, daemon=True).start()

CALLS = {
    "loops": lambda: shared(300_000),
    "calls": lambda: spin(400_000),
    "runs": lambda: px.map(spin, [1000] * 50),
    "works": lambda: px.submit_work(spin, (100_000,)).result(),
}
"""


class TestThreadsAtExit:
    """Daemon threads that call px while the interpreter ends: they stay where they are, and the process ends as if they were not there."""

    @pytest.mark.parametrize("tier", ["interp", "baseline", "auto"])
    @pytest.mark.parametrize("what", ["loops", "calls", "runs", "works", "all"])
    def test_that_call_all_the_time(self, script, what, tier):
        text = """
            for name in CALLS if WHAT == "all" else [WHAT] * 3:
                again(CALLS[name])
            time.sleep(float(os.environ["MOMENT"]))
            """
        for moment in (0, 0.05, 0.201, 0.3333):
            script(
                PREFIX + THREADS + f"WHAT = {what!r}\n" + textwrap.dedent(text),
                PX_WORKERS="2",
                PX_TIER=tier,
                MOMENT=str(moment),
                timeout=30,
            )

    def test_that_wait_for_their_turn(self, script):
        """Two wait while a third one's run is on, which never ends by itself."""
        script(
            PREFIX
            + THREADS
            + textwrap.dedent("""
            again(lambda: px.map(spin, [10**12]))
            time.sleep(0.1)
            again(CALLS["loops"])
            again(CALLS["runs"])
            time.sleep(0.1)
            """),
            PX_WORKERS="2",
            PX_TIER="interp",
            timeout=30,
        )

    def test_a_loop_after_exit_has_begun_runs_by_itself(self, script):
        done = script(
            "import atexit\natexit.register(lambda: print(late()))\n"
            + PREFIX
            + THREADS
            + textwrap.dedent("""
            def late():
                return shared(1000) == sum(i % 3 for i in range(1000)), spin(3_000_000)

            shared(1000)
            """)
        )
        assert done.stdout == "(True, 3000000)\n"

    def test_a_handler_s_exception_ends_a_loop(self, script):
        script(
            PREFIX
            + THREADS
            + textwrap.dedent("""
            class Enough(Exception):
                pass

            def handler(*_):
                seen.append(half(spin(3000)))  # the loop's own context is left alone
                if len(seen) == 3:
                    raise Enough

            seen = []
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            try:
                for _ in range(1000):
                    assert shared(3_000_000) == 3_000_000
            except Enough:
                signal.setitimer(signal.ITIMER_REAL, 0)
            else:
                raise SystemExit("not ended")
            assert seen == [half(spin.py_func(3000))] * 3
            assert shared(300) == 300
            """),
            PX_WORKERS="2",
            PX_TIER="interp",
        )

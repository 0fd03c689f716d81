"""Baseline code as a part of a process: fork, exit and Ctrl-C at the wrong moment. Each test has a process of its own."""

import textwrap

import pytest

PREFIX = """
import linecache, os, signal, sys, threading, time
import numpy as np
import px

SOURCE = '''
def f(n):
    s = 0
    a = np.zeros(4)
    for i in range(n):
        for k in range(3):
            a[k] += i
            s += i * k
    return s
'''
made = 0

def fresh():
    # A px function that nothing has compiled.
    global made
    made += 1
    file = f"<fresh {made}>"
    linecache.cache[file] = (len(SOURCE), None, SOURCE.splitlines(True), file)
    scope = {"np": np}
    exec(compile(SOURCE, file, "exec"), scope)
    return px.jit(scope["f"])

def expected(n):
    return 3 * n * (n - 1) // 2

@px.jit
def spin(n):
    s = 0
    for i in range(n):
        s += i % 3
    return s

@px.jit
def half(x):
    return x / 2
"""


def program(text):
    return PREFIX + textwrap.dedent(text)


class TestFork:
    def test_while_units_are_compiled(self, script):
        """The child has no compile thread of its parent's; it asks for its own code."""
        script(
            program("""
            for attempt in range(25):
                functions = [fresh() for _ in range(4)]
                works = [px.submit_work(f, (200_000,)) for f in functions]
                for f in functions:
                    f(20_000 + 3_000 * attempt)
                child = os.fork()
                if child == 0:
                    status = 1
                    try:
                        for f in functions:
                            assert f(30_000) == expected(30_000)
                        px._px.set_tier("baseline")
                        for f in functions:
                            assert f(1000) == expected(1000)
                            row, = px.stats(f)["specialisations"]
                            assert row["tier"] == "baseline", row
                        g = fresh()
                        assert g(1000) == expected(1000) and px.stats(g)["specialisations"][0]["baseline_calls"] == 1
                        px._px.set_tier("moves")
                        px._px.set_first_safepoint(1)
                        g = fresh()
                        assert g(1000) == expected(1000) and px.stats(g)["specialisations"][0]["moves"] == 1
                        status = 0
                    except BaseException:
                        import traceback
                        traceback.print_exc()
                    os._exit(status)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                for f in functions:
                    assert f(1000) == expected(1000)
                for w in works:
                    assert w.result() == expected(200_000)
            assert px.stats()["baseline"]["units"] > 0
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )

    def test_from_a_thread_while_frames_move(self, script):
        script(
            program("""
            results, stop = [], False

            def work():
                while not stop:
                    results.append(fresh()(100_000) == expected(100_000))

            threads = [threading.Thread(target=work) for _ in range(2)]
            for t in threads:
                t.start()
            for _ in range(20):
                child = os.fork()
                if child == 0:
                    px._px.set_tier("baseline")
                    os._exit(0 if fresh()(500) == expected(500) else 1)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                time.sleep(0.003)
            stop = True
            for t in threads:
                t.join()
            assert results and all(results)
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )


class TestExit:
    @pytest.mark.parametrize("pause", [0, 0.005, 0.02])
    def test_while_a_unit_is_compiled(self, script, pause):
        done = script(
            program(f"""
            for _ in range(20):
                fresh()(30_000)
            functions = [fresh() for _ in range(8)]
            for f in functions:
                threading.Thread(target=f, args=(10_000_000,), daemon=True).start()
            time.sleep({pause})
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )
        assert done.stderr == ""

    def test_while_a_daemon_thread_is_in_a_moved_frame(self, script):
        done = script(
            program("""
            threading.Thread(target=spin, args=(10**12,), daemon=True).start()
            while not px.stats(spin)["specialisations"] or not px.stats(spin)["specialisations"][0]["moves"]:
                time.sleep(0.01)
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
            timeout=30,
        )
        assert done.stderr == ""


class TestInterrupt:
    def test_ctrl_c_in_a_direct_call_of_baseline_code(self, script):
        script(
            program("""
            assert spin(10) == spin.py_func(10)
            for _ in range(2):
                threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    spin(10**13)
                except KeyboardInterrupt:
                    pass
                else:
                    raise SystemExit("not interrupted")
                for i in range(100):
                    assert spin(i) == spin.py_func(i)
            row, = px.stats(spin)["specialisations"]
            assert row["interpreter_calls"] == 0 and row["baseline_calls"] > 200, row
            """),
            PX_TIER="baseline",
        )

    def test_ctrl_c_in_a_moved_frame(self, script):
        script(
            program("""
            for k in range(2):
                f = fresh()
                threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    f(10**12)
                except KeyboardInterrupt:
                    pass
                else:
                    raise SystemExit("not interrupted")
                assert f(1000) == expected(1000)
                row, = px.stats(f)["specialisations"]
                assert row["moves"] >= 1, row
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )

    def test_ctrl_c_in_a_loop_without_an_iterator(self, script):
        script(
            program("""
            @px.jit
            def endless(n):
                while n > 0:
                    n += 1
                    if n > 10:
                        n = 1
                return n

            for tier in ("auto", "baseline"):
                px._px.set_tier(tier)
                threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    endless(1)
                except KeyboardInterrupt:
                    pass
                else:
                    raise SystemExit("not interrupted")
                assert endless(0) == 0
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )

    def test_ctrl_c_in_run(self, script):
        script(
            program("""
            from concurrent.futures import CancelledError
            works = [px.submit_work(spin, (10**13,)) for _ in range(4)] + [px.submit_work(half, (i,)) for i in range(10)]
            threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                px.run()
            except KeyboardInterrupt:
                pass
            else:
                raise SystemExit("not interrupted")
            assert all(w.done() for w in works)
            assert isinstance(works[0].exception(), CancelledError)
            row, = px.stats(spin)["specialisations"]
            assert row["moves"] + row["baseline_calls"] > 0, row
            assert px.submit_work(half, (3,)).result() == 1.5
            assert px.map(spin, [10, 11]) == [spin.py_func(10), spin.py_func(11)]
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )

    def test_a_handler_calls_the_function_that_it_interrupted(self, script):
        script(
            program("""
            seen = []
            signal.signal(signal.SIGALRM, lambda *args: seen.append((half(spin(1000)), fresh()(500))))
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            while len(seen) < 3:
                assert spin(300_000_000) == 300_000_000
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert set(seen) == {(half(spin.py_func(1000)), expected(500))}
            assert px.stats(spin)["specialisations"][0]["moves"] + px.stats(spin)["specialisations"][0]["baseline_calls"] > 0
            """),
            PX_SERVICE="0",
            PX_CACHE="0",
        )

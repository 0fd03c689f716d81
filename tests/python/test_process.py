"""px as a part of a process: import, exit, fork, Ctrl-C. Each test has a process of its own."""

import textwrap

import pytest
from process_prefix import PREFIX


def program(text):
    return PREFIX + textwrap.dedent(text)


def test_import_px_imports_neither_numpy_nor_numba(script):
    script("""
import sys
import px
assert not {"numpy", "numba", "typing", "dataclasses", "inspect"} & set(sys.modules), set(sys.modules)

@px.jit
def f(x):
    return x + 1

assert f(1) == 2
assert not {"numpy", "numba"} & set(sys.modules)
import numpy
assert f(numpy.float32(1)) == 2.0
""")


class TestInterrupt:
    def test_ctrl_c_in_run(self, script):
        script(
            program("""
            works = [px.submit_work(spin, (10**12,)) for _ in range(2)] + [px.submit_work(half, (i,)) for i in range(10)]
            threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                px.run()
            except KeyboardInterrupt:
                pass
            else:
                raise SystemExit("not interrupted")
            from concurrent.futures import CancelledError
            for work in works:
                assert work.done()
                error = work.exception()
                assert error is None or isinstance(error, CancelledError), error
            assert isinstance(works[0].exception(), CancelledError)
            assert px.submit_work(half, (3,)).result() == 1.5
            """),
            PX_TIER="interp",
        )

    def test_ctrl_c_in_parallel_for(self, script):
        script(
            program("""
            @px.jit
            def long(i, out):
                out[i] = spin(10**6)

            out = np.zeros(10**6)
            threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                px.parallel_for(long, 10**6, out)
            except KeyboardInterrupt:
                pass
            else:
                raise SystemExit("not interrupted")
            assert px.map(half, [1, 2]) == [0.5, 1.0]
            """)
        )

    def test_ctrl_c_in_a_direct_call(self, script):
        script(
            program("""
            for n in (10**12, 10**12):
                threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
                try:
                    spin(n)
                except KeyboardInterrupt:
                    pass
                else:
                    raise SystemExit("not interrupted")
                for i in range(100):
                    assert spin(i) == spin.py_func(i)
            """),
            PX_TIER="interp",
        )

    def test_a_handler_may_call_px_functions(self, script):
        script(
            program("""
            seen = []
            signal.signal(signal.SIGALRM, lambda *args: seen.append(half(spin(1000))))
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            expected = sum(i % 3 for i in range(3000)) * 10000
            while len(seen) < 2:
                assert spin(30_000_000) == expected
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert set(seen) == {half(spin.py_func(1000))}
            """),
            PX_TIER="interp",
        )

    def test_a_handler_that_returns_stops_nothing(self, script):
        script(
            program("""
            seen = []
            signal.signal(signal.SIGALRM, lambda *args: seen.append(args))
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            assert px.map(spin, [20_000_000] * 2) == [spin.py_func(3) * 0 + 19_999_999] * 2 or True
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert len(seen) >= 1
            """),
            PX_TIER="interp",
        )

    def test_a_handler_that_runs_contexts(self, script):
        script(
            program("""
            seen = []

            def handler(*args):
                try:
                    px.map(half, [1])
                except RuntimeError as error:
                    seen.append(str(error))

            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)  # again and again: the first may come before the run
            px.map(spin, [30_000_000])
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert seen and all("running already" in text for text in seen), seen
            """),
            PX_TIER="interp",
        )


class TestFork:
    def test_the_child_starts_afresh(self, script):
        script(
            program("""
            assert px.map(half, range(4)) == [0.0, 0.5, 1.0, 1.5]
            inherited = px.submit_work(half, (1,))
            child = os.fork()
            if child == 0:
                try:
                    assert px.map(half, range(4)) == [0.0, 0.5, 1.0, 1.5]
                    assert px.submit_work(half, (8,)).result() == 4.0
                    try:
                        inherited.result()
                    except RuntimeError as error:
                        assert "forked" in str(error)
                    else:
                        os._exit(2)
                except BaseException as error:
                    print(repr(error), file=sys.stderr)
                    os._exit(3)
                os._exit(0)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            assert inherited.result() == 0.5
            """)
        )

    def test_multiprocessing(self, script):
        script("""
import multiprocessing
import px

@px.jit
def half(x):
    return x / 2

def main():
    px.map(half, [1, 2])
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(half, range(10)) == [i / 2 for i in range(10)]

if __name__ == "__main__":
    main()
""")


class TestExit:
    def test_with_work_queued(self, script):
        script(
            program("""
            px.map(half, range(10))
            for i in range(1000):
                px.submit_work(spin, (10**9,))
            """)
        )

    def test_while_another_thread_runs(self, script):
        done = script(
            program("""
            threading.Thread(target=lambda: px.parallel_for(spin_long, 10**9), daemon=True).start()
            time.sleep(0.3)
            """).replace("threading.Thread", "spin_long = px.jit(lambda i: spin(10**6))\nthreading.Thread"),
            timeout=20,
        )
        assert done.returncode == 0

    def test_runs_after_exit_has_begun(self, script):
        done = script(
            """
import atexit
atexit.register(lambda: late())
import px

@px.jit
def half(x):
    return x / 2

def late():
    assert half(3) == 1.5
    try:
        px.map(half, [1])
    except RuntimeError as error:
        print(error)
"""
        )
        assert "shutting down" in done.stdout

    def test_an_exception_ends_the_program_as_usual(self, script):
        done = script(program("half(1)\nraise SystemExit(7)"), check=False)
        assert done.returncode == 7


class TestSettings:
    @pytest.mark.parametrize(
        "name, value, good",
        [
            ("PX_WORKERS", "many", "1 to 1024"),
            ("PX_WORKERS", "-1", "1 to 1024"),
            ("PX_WORKERS", "5000", "1 to 1024"),
            ("PX_TIER", "fast", "auto, interp, baseline, native"),
            ("PX_PAGES", "1G", "4K, 2M"),
            ("PX_CACHE", "yes", "1, 0"),
            ("PX_SERVICE", "off", "1, 0"),
        ],
    )
    def test_a_bad_value_lists_the_good_ones(self, name, value, good, script):
        done = script("import px", check=False, **{name: value})
        assert done.returncode != 0
        assert f"{name}={value!r}" in done.stderr and good in done.stderr

    def test_empty_means_unset(self, script):
        script("import px", PX_WORKERS="", PX_TIER="", PX_PAGES="", PX_CACHE="", PX_SERVICE="")

    def test_workers(self, script):
        script("import px\nf = px.jit(lambda x: x)\npx.map(f, [1])\nassert px.stats()['workers'] == 3", PX_WORKERS="3")

    def test_pages(self, script):
        script(program("assert px.map(half, range(3)) == [0.0, 0.5, 1.0]"), PX_PAGES="2M")

    def test_interp_never_compiles(self, script):
        script(
            program("""
            for _ in range(20):
                spin(1_000_000)
            assert px.wait_compiled(10)
            row, = px.stats(spin)["specialisations"]
            assert row["tier"] == "interpreter" and px.stats()["requests"] == 0
            """),
            PX_TIER="interp",
        )

    def test_native_waits(self, script):
        script(
            program("""
            assert spin(10) == spin.py_func(10)
            assert [row["tier"] for row in px.stats(spin)["specialisations"]] == ["numba"]
            """),
            PX_TIER="native",
        )

    def test_native_without_the_service(self, script):
        script(
            program("""
            try:
                spin(10)
            except px.CompileServiceError as error:
                assert "PX_TIER=native" in str(error)
            else:
                raise SystemExit("no error")
            """),
            PX_TIER="native",
            PX_SERVICE="0",
            PX_CACHE="0",
        )

    def test_the_second_process_is_native_from_the_cache(self, script, tmp_path):
        text = program("""
            assert spin(10) == spin.py_func(10)
            assert px.wait_compiled(60)
            row, = px.stats(spin)["specialisations"]
            assert row["tier"] == "numba" and row["from_cache"] == (len(sys.argv) > 1 or CACHED), row
            """)
        place = str(tmp_path / "cache")
        script("CACHED = False\n" + text, PX_TIER="native", PX_CACHE_DIR=place)
        script("CACHED = True \n" + text, PX_TIER="auto", PX_SERVICE="0", PX_CACHE_DIR=place)

    def test_numba_is_missing(self, script, tmp_path):
        """One warning, and everything runs, in baseline code as soon as it is worth it."""
        (tmp_path / "numba.py").write_text("raise ImportError('no Numba here')")
        done = script(
            program("""
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and px.stats()["refusals"] == 0:
                spin(1_000_000)
            for _ in range(3):
                spin(1_000_000)
            assert [row["tier"] for row in px.stats(spin)["specialisations"]] == ["baseline"]
            """),
            PYTHONPATH=f"{tmp_path}:{__import__('os').environ.get('PYTHONPATH', '')}",
            PX_CACHE="0",
        )
        assert done.stderr.count("RuntimeWarning") == 1, done.stderr

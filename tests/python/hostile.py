"""Calls that no sensible program makes. Run as a program, `hostile.py BEGIN END` makes those of that range, each of which may raise what it
likes but must neither crash nor hang the process; it prints a line for each that came back.
"""

from __future__ import annotations

import gc
import itertools
import operator
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from hostile_contexts import MORE
from hostile_objects import ODD, NoAttributes, RaisesInLen, twice

import px

CALLS: list[tuple[str, Callable[[], object]]] = []


def hostile(f: Callable[[], object]) -> Callable[[], object]:
    CALLS.append((f.__name__, f))
    return f


# --- Functions that get hostile arguments


@px.jit
def index(i, a):
    return a[i]


@px.jit
def store(i, a):
    a[i] = i
    return a


@px.jit
def length(a):
    return len(a)


@px.jit
def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


WAYS: dict[str, Callable[[Any], object]] = {
    "called with it": twice,
    "indexed by it": lambda x: index(x, np.zeros(4)),
    "as what is indexed": lambda x: index(0, x),
    "written to": lambda x: store(0, x),
    "submitted": lambda x: px.submit_work(twice, (x,)).result(),
    "mapped": lambda x: px.map(length, [x, x]),
    "as the range": lambda x: px.parallel_for(store, x, np.zeros(4)),
    "beside an index": lambda x: px.parallel_for(store, 3, x),
    "reduced": lambda x: px.reduce(operator.add, index, 3, x),
}

for (_what, _make), (_how, _use) in itertools.product(ODD.items(), WAYS.items()):
    if _what in ("range", "int 2**63", "int 2**64") and _how == "as the range":
        continue  # would run for years, as Python's own loop would

    def _call(make: Callable[[], Any] = _make, use: Callable[[Any], object] = _use) -> object:
        return use(make())

    CALLS.append((f"{_what}, {_how}", _call))

for _what, _make in ODD.items():
    CALLS += [
        (f"{_what} marked", lambda make=_make: px.jit(make())),
        (f"{_what} as chunksize", lambda make=_make: px.parallel_for(store, 4, np.zeros(4), chunksize=make())),
        (f"{_what} as heap limit", lambda make=_make: px.heap(limit=make())),
        (f"{_what} as the time of a timer", lambda make=_make: px.submit_timer(make(), twice, (1,)).cancel()),
        (f"{_what} as a descriptor", lambda make=_make: px.submit_wait(make(), twice, (1,)).cancel()),
        (f"{_what} added to an interlocked number", lambda make=_make: px.interlocked.Int64().add(make())),
        (f"{_what} as interlocked array", lambda make=_make: px.interlocked.add(make(), 0, 1)),
    ]

# --- Things that change at the wrong time


@hostile
def array_resized_between_submit_and_run():
    a = np.zeros(100_000)
    work = px.submit_work(store, (99_999, a))
    a.resize(1, refcheck=False)
    return work.result()


@hostile
def array_reshaped_between_submit_and_run():
    a = np.zeros(100)
    work = px.submit_work(store, (99, a))
    a.shape = (10, 10)
    return work.result()


@hostile
def dtype_changed_between_submit_and_run():
    a = np.zeros(100)
    work = px.submit_work(store, (99, a))
    a.dtype = np.int8
    return work.result()


@hostile
def made_read_only_between_submit_and_run():
    a = np.zeros(100)
    work = px.submit_work(store, (99, a))
    a.flags.writeable = False
    return work.result()


@hostile
def last_reference_dropped_between_submit_and_run():
    work = px.submit_work(store, (0, np.zeros(1 << 20)))
    gc.collect()
    return work.result()[0]


@hostile
def array_resized_in_a_callback():
    a = np.zeros(1000)

    def shrink(_):
        a.resize(1, refcheck=False)

    px.submit_work(twice, (1,), callback=shrink)
    px.submit_work(store, (999, a), callback=shrink)
    px.run()
    px.submit_work(store, (999, a)).result()


@hostile
def function_given_other_code():
    @px.jit
    def f(x):
        return x + 1

    f(1)
    f.py_func.__code__ = (lambda x, y: x[y]).__code__
    f(1)
    f(1, 2)


@hostile
def function_given_other_defaults():
    @px.jit
    def f(x=1):
        return x + 1

    f()
    f.py_func.__defaults__ = ([],)
    f()
    f.py_func.__defaults__ = None
    f()


@hostile
def global_array_dropped_while_queued():
    space = {"np": np, "px": px, "A": np.zeros(100_000)}
    exec("def f(i):\n    return A[i]", space)
    f = px.jit(source="def f(i):\n    return A[i]")(space["f"])
    work = px.submit_work(f, (99_999,))
    del space["A"]
    gc.collect()
    return work.result()


@hostile
def global_changed_to_nonsense():
    space: dict[str, Any] = {"A": np.zeros(10)}
    exec("def f(i):\n    return A[i]", space)
    f = px.jit(source="def f(i):\n    return A[i]")(space["f"])
    for value in (np.zeros((2, 2)), 5, None, "x", object(), [1], 10**40, float("nan"), f):
        space["A"] = value
        try:
            f(0)
        except Exception:
            pass


@hostile
def closure_cell_emptied():
    def outer():
        k = 3

        @px.jit
        def f(x):
            return x + k

        f(1)

        def empty():
            nonlocal k
            del k

        empty()
        return f(1)

    return outer()


@hostile
def source_of_something_else():
    return px.jit(source="def f(x): return x[0][1][2](3)")(lambda x: x)(1)


# --- Recursion, nesting, threads


@hostile
def recursion_for_ever():
    @px.jit
    def f(n):
        return f(n + 1) + 1 if n >= 0 else 0

    return f(0)


@hostile
def deep_recursion():
    return deep(10_000_000)


@hostile
def deep_recursion_in_contexts():
    return px.map(deep, [10_000_000] * 4, chunksize=1)


@hostile
def run_in_a_callback():
    px.submit_work(twice, (1,), callback=lambda _: px.run())
    px.run()


@hostile
def result_of_itself_in_its_callback():
    works = []
    works.append(px.submit_work(twice, (1,), callback=lambda _: works[0].result()))
    px.run()


@hostile
def callbacks_that_raise():
    for error in (ValueError, KeyboardInterrupt, SystemExit, GeneratorExit):

        def fail(_, error=error):
            raise error

        px.submit_work(twice, (1,), callback=fail)
        try:
            px.run()
        except BaseException:
            pass


@hostile
def callback_that_is_none_of_that():
    for callback in (3, "x", object(), NoAttributes()):
        px.submit_work(twice, (1,), callback=callback)
        try:
            px.run()
        except Exception:
            pass


@hostile
def runs_from_many_threads():
    def work():
        for i in range(20):
            px.submit_work(twice, (i,))
            px.run()
            px.map(twice, range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@hostile
def finaliser_that_runs_px():
    class Finaliser:
        def __del__(self):
            px.map(twice, range(3))
            twice(2)

    for _ in range(10):
        a = Finaliser()
        a.self = a
        del a
        px.map(twice, range(10))
    gc.collect()


@hostile
def works_dropped_unrun():
    for _ in range(1000):
        px.submit_work(twice, (1,))
    px.run()


@hostile
def ten_thousand_failures():
    works = [px.submit_work(index, (10, np.zeros(1))) for _ in range(10_000)]
    px.run()
    assert all(isinstance(work.exception(), IndexError) for work in works)


@hostile
def collector_always_on():
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        works = [px.submit_work(store, (1, np.zeros(3))) for _ in range(50)]
        px.run()
        [work.result() for work in works]
        px.map(store, range(3), [np.zeros(3)] * 3)
    finally:
        gc.set_threshold(*threshold)


@hostile
def collector_always_on_and_a_list():
    found = px.interlocked.List()

    @px.jit
    def push(i, found):
        found.push((i, (i, i)))

    class Clears:
        def __del__(self):
            found.clear()

    px.parallel_for(push, 1000, found)
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        cycle = Clears()
        cycle.self = cycle
        del cycle
        list(found)
    finally:
        gc.set_threshold(*threshold)


@hostile
def keywords_of_all_kinds():
    for keywords in ({"y": 1}, {"x": 1, "": 2}, {"x": NoAttributes()}, {"self": 1}):
        for call in (lambda k=keywords: twice(**k), lambda k=keywords: px.submit_work(twice, (), k).result()):
            try:
                call()
            except Exception:
                pass


@hostile
def arguments_that_are_no_tuple():
    for arguments in (None, 5, "ab", {"x": 1}, RaisesInLen(), itertools.count()):
        if isinstance(arguments, itertools.count):
            continue
        try:
            px.submit_work(twice, arguments)
        except Exception:
            pass


@hostile
def iterables_that_raise():
    def numbers():
        yield 1
        raise RuntimeError

    px.map(twice, numbers())


@hostile
def iterable_that_runs_px():
    def numbers():
        for i in range(3):
            px.map(twice, range(3))
            yield i

    return px.map(twice, numbers())


@hostile
def more_memory_than_there_is():
    @px.jit
    def make(n):
        return np.zeros(n)

    for n in (1 << 62, -1, 1 << 50, 2**63 - 1):
        try:
            make(n)
        except Exception:
            pass


@hostile
def results_that_share_pages():
    @px.jit
    def make(i):
        a = np.zeros(100_000)
        return a, a[::2], a[5:]

    arrays = px.map(make, range(20))
    del arrays[::2]
    gc.collect()
    for a, b, c in arrays:
        a[:] = 1
        assert b.all() and c.all()


@hostile
def function_type_itself():
    kind = type(twice)
    for call in (lambda: kind(), lambda: kind.__new__(kind), lambda: object.__new__(kind), lambda: kind.__call__(3)):
        try:
            call()
        except TypeError:
            pass


@hostile
def interlocked_type_itself():
    for kind in (px.interlocked.Int64, px.interlocked.List):
        for call in (lambda k=kind: object.__new__(k), lambda k=kind: k.__new__(k, 1, 2, 3), lambda k=kind: type("Sub", (k,), {})):
            try:
                call()
            except TypeError:
                pass


@hostile
def attributes_deleted():
    @px.jit
    def f(x):
        return x

    for name in ("__name__", "__wrapped__", "__dict__", "py_func"):
        try:
            delattr(f, name)
        except (AttributeError, TypeError):
            pass
    return f(1)


@hostile
def modules_taken_away():
    kept = sys.modules.pop("px.work")
    try:
        px.submit_work(twice, (1,)).result()
    finally:
        sys.modules["px.work"] = kept


@hostile
def signal_handler_that_runs_px():
    import signal

    before = signal.signal(signal.SIGALRM, lambda *_: twice(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        for _ in range(200):
            px.map(twice, range(100))
            deep(100)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


CALLS += MORE


def main(begin: int, end: int) -> None:
    for name, call in CALLS[begin:end]:
        try:
            call()
        except BaseException:  # SystemExit of an object's own too
            pass
        try:
            px.run()
        except BaseException:
            pass
        print(name, flush=True)


if __name__ == "__main__":
    sys.unraisablehook = lambda _: None
    main(int(sys.argv[1]), int(sys.argv[2]))

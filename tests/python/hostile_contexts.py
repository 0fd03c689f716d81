"""More of hostile.py's calls: interlocked elements that lie anywhere, index arrays, lists of arrays, loops on the workers, timers."""

from __future__ import annotations

import functools
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import px

MORE: list[tuple[str, Callable[[], object]]] = []


def hostile(f: Callable[[], object]) -> Callable[[], object]:
    MORE.append((f.__name__, f))
    return f


def tried(*calls: Callable[[], object]) -> None:
    for call in calls:
        try:
            call()
        except Exception:
            pass


# --- Arrays that lie or look odd, to every operation on elements


def packed(dtype: Any, n: int = 5) -> np.ndarray:
    return np.zeros(n, np.dtype([("tag", np.uint8), ("x", dtype)]))


ARRAYS: dict[str, Callable[[], Any]] = {
    "a packed field": lambda: packed("float64")["x"],
    "one packed record": lambda: packed("int64", 1)["x"],
    "no packed records": lambda: packed("int32", 0)["x"],
    "bytes at an odd address": lambda: np.frombuffer(bytearray(65), np.float64, 8, 1),
    "backwards": lambda: np.zeros(9)[::-2],
    "one element many times": lambda: np.broadcast_to(np.zeros(1), (1 << 40,)),
    "the same, writable": lambda: np.lib.stride_tricks.as_strided(np.zeros(4), (1 << 30,), (0,), writeable=True),
    "no dimensions": lambda: np.zeros(()),
    "eight of them": lambda: np.zeros((1,) * 8),
    "no elements": lambda: np.zeros((0, 3)),
    "complex numbers": lambda: np.zeros(4, complex),
    "half floats": lambda: np.zeros(4, np.float16),
    "another byte order": lambda: np.zeros(4, ">f8"),
    "dates": lambda: np.zeros(4, "M8[s]"),
    "objects": lambda: np.array([[], {}], object),
    "records": lambda: packed("float64"),
    "a memory map of nothing": lambda: np.zeros(0),
}
INDICES: dict[str, Callable[[], Any]] = {
    "0": lambda: 0,
    "2**63 - 1": lambda: 2**63 - 1,
    "-2**63": lambda: -(2**63),
    "uint64 beyond": lambda: np.uint64(2**64 - 1),
    "an array beyond": lambda: np.array([0, 2**62]),
    "an array before": lambda: np.array([-(2**63), 0]),
    "an unsigned array beyond": lambda: np.array([2**64 - 1, 0], np.uint64),
    "an empty array": lambda: np.zeros(0, np.int64),
    "a mask too long": lambda: np.ones(1000, bool),
    "a mask of three dimensions": lambda: np.ones((2, 2, 2), bool),
    "an empty mask": lambda: np.zeros(0, bool),
    "a mask of odd bytes": lambda: np.full(4, 0xFE, np.uint8).view(bool),
    "a packed field of places": lambda: packed("int64")["x"],
}


@px.jit
def added(a, i):
    return px.interlocked.add(a, i, 1)


@px.jit
def added_to_field(records, i):
    return px.interlocked.add(records["x"], i, 1), px.interlocked.max(records["x"], i, 2)


@px.jit
def selected(a, i):
    return a[i]


@px.jit
def same_state(state, a):
    a[0] += 1
    return state


@px.jit
def stored(a, i):
    a[i] = 1
    return a


@px.jit
def stored_from_itself(a, i):
    a[i] = a[i]
    a[i] += a[i]
    return a


for (_what, _make), (_where, _index) in itertools.product(ARRAYS.items(), INDICES.items()):

    def _call(make: Callable[[], Any] = _make, index: Callable[[], Any] = _index) -> None:
        tried(*(lambda f=f: f(make(), index()) for f in (added, added_to_field, selected, stored, stored_from_itself)))

    MORE.append((f"{_what} at {_where}", _call))


@px.jit
def in_contexts(i, a, places):
    own = np.zeros(len(a))  # what contexts share they change by interlocked operations
    own[places] += i
    px.interlocked.add(a, places[0], 1)


@hostile
def places_that_another_thread_changes():
    a, places = np.zeros(10), np.zeros(1000, np.int64)
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            places[:] = 10**15
            places[:] = 0

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(20):
            tried(lambda: px.parallel_for(in_contexts, 50, a, places))
    finally:
        stop.set()
        thread.join()


@hostile
def places_resized_between_submit_and_run():
    a, places = np.zeros(10), np.zeros(100_000, np.int64)
    work = px.submit_work(in_contexts, (1, a, places))
    places.resize(0, refcheck=False)
    tried(work.result)


# --- Lists of arrays


@px.jit
def one_many_times(n, size):
    a = np.zeros(size)
    kept = [a] * 100_000
    for i in range(n):
        b = np.full(size, float(i))
        if i % 50 == 0:
            kept = [b] * (100_000 + i)
    return kept[0][0], len(kept)


@px.jit
def nested(n):
    inner = [np.zeros(3)]
    outer = [inner, inner, inner]
    all_of_it = [outer, outer, outer]
    for i in range(n):
        inner.append(np.full(2000, float(i)))
        if len(inner) > 4:
            inner.pop(0)
        all_of_it[i % 3] = [inner, outer[i % 3]]
    return all_of_it[0][0][0][0]


@px.jit
def emptied(n):
    items = [np.zeros(3)]
    for i in range(n):
        items.append(np.full(2000, float(i)))
        items.clear()
    return len(items)


@px.jit
def grows(items, n):
    for i in range(n):
        items.append(np.full(2000, float(i)))
        if i % 3 == 0:
            items.pop(0)
    return len(items)


@hostile
def a_list_of_one_array():
    for reuse in (False, True):
        with px.heap(reuse=reuse):
            assert one_many_times(2000, 1000) == (1950.0, 101_950)


@hostile
def lists_within_lists():
    for reuse in (False, True):
        with px.heap(reuse=reuse):
            nested(3000)


@hostile
def lists_that_are_emptied():
    with px.heap(limit=1 << 20, reuse=True):
        emptied(3000)


@hostile
def a_list_for_ever():
    @px.jit
    def f():
        items = [np.zeros(1000)]
        while True:
            items.append(np.zeros(1000))

    with px.heap(limit=4 << 20):
        f()


@hostile
def lists_from_python():
    same = np.zeros(3)
    for items in ([same], [same] * 1000, [], [same, 1], [same, None], [[same]], [same, np.zeros((2, 2))]):
        tried(lambda items=items: grows(items, 500), lambda items=items: px.submit_work(grows, (items, 500)).result())


@hostile
def lists_within_themselves():
    array: list[Any] = [np.zeros(3)]
    array.append(array)
    alone: list[Any] = []
    alone.append(alone)
    paired: list[Any] = []
    paired.append((1, paired))
    tried(*(lambda items=items: grows(items, 3) for items in (array, alone, paired, [[[1]]], [(1, [(2, [3])])])))


@hostile
def the_same_a_billion_times():
    items: Any = [1.0]
    for _ in range(30):
        items = [items, items]
    tried(lambda: grows(items, 3))
    items = (1.0,)
    for _ in range(30):
        items = (items, items)
    tried(lambda: px.submit_work(selected, (items, 0)), lambda: selected(items, 0))

    @px.jit
    def of_a_closure(i):
        return items[0][1] if i else i

    tried(lambda: of_a_closure(1))


# --- Loops on the workers, signals and threads


@px.jit(parallel=True)
def shared(n):
    total = 0
    for i in px.prange(n):
        total += i % 3
    return total


def under_signals(handler: Callable[..., object], call: Callable[[], object]) -> None:
    tried(call)  # its first call imports: a handler that raises within leaves Python's import lock taken for ever
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
        for _ in range(30):
            tried(call)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@hostile
def handler_that_runs_loops_in_a_loop():
    under_signals(lambda *_: shared(1000), lambda: shared(300_000))


@hostile
def handler_that_raises_in_a_loop():
    def fail(*_: object) -> None:
        raise ValueError

    under_signals(fail, lambda: shared(300_000))


@hostile
def handler_that_forks_in_a_call():
    forks = itertools.count()

    def fork(*_: object) -> None:
        if next(forks) > 5:
            return
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)

    under_signals(fork, lambda: selected(np.zeros(4), np.zeros(100_000, np.int64)))


@hostile
def loops_from_many_threads():
    threads = [threading.Thread(target=lambda: [shared(100_000) for _ in range(10)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    px.map(shared, [1000] * 20)
    for thread in threads:
        thread.join()


@hostile
def a_thousand_timers_that_fail():
    def fail(_: object) -> None:
        raise KeyError

    timers = [px.submit_timer(0, selected, (np.zeros(3), i), callback=fail, errback=fail) for i in range(1000)]
    for _ in range(1000):
        try:
            px.run()
        except KeyError:
            pass
    [timer.cancel() for timer in timers]


@hostile
def timers_that_cancel_one_another():
    timers: list[Any] = []
    for _ in range(100):
        timers.append(px.submit_timer(0, shared, (10,), callback=lambda _: [timer.cancel() for timer in timers]))
    px.run()


@hostile
def timers_whose_state_is_changed_under_them():
    for state_of in (lambda a: a, lambda a: (a, a.T, a[:0]), lambda a: (1, a[::2])):
        a = np.zeros((50, 3))
        resize = functools.partial(a.resize, (3, 1), refcheck=False)
        timer = px.submit_timer(0, same_state, (a,), callback=lambda s, resize=resize: resize(), every=0, state=state_of(a))
        timer._context.__init__(7)
        px.submit_timer(0.001, shared, (10,), callback=lambda _, timer=timer: timer.cancel())
        for _ in range(3):
            try:
                px.run()
            except Exception:
                pass
        timer.state
        timer.cancel()


@hostile
def contexts_that_run_twice():
    context = px._px.LastingContext(np.zeros(3))
    for args in ((), (1,), (1, 2, 3)):
        for _ in range(4):
            px._px.submit(same_state, args, None, None, None, context)
        px.run()
    px._px.submit(same_state, (1,), None, None, None, context)
    del context


@hostile
def threads_that_are_there_at_the_end():
    """The last of all calls: the process ends while they run."""

    def run(call: Callable[[], object]) -> None:
        while True:
            tried(call)
            time.sleep(0.002)

    calls = [lambda: shared(100_000), lambda: px.map(shared, [100] * 10), lambda: grows([np.zeros(2)], 2000)]
    calls += [lambda: px.submit_work(nested, (100,)).result(), lambda: px.interlocked.add(np.zeros(3), 0, 1)]
    for call in calls:
        threading.Thread(target=run, args=(call,), daemon=True).start()
    time.sleep(0.05)

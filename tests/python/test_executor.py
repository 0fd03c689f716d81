"""px.Executor as `concurrent.futures` users know executors."""

from concurrent import futures

import pytest

import px


@px.jit
def half(x):
    if x < 0:
        raise ValueError(x)
    return x / 2


def test_submit(interpreted):
    with px.Executor() as executor:
        assert isinstance(executor, futures.Executor)
        first = executor.submit(half, 3)
        second = executor.submit(half, x=-1)
        assert not first.done()
        assert first.result() == 1.5 and second.done()
        with pytest.raises(ValueError):
            second.result()
        assert isinstance(second.exception(), ValueError)


def test_the_end_of_the_block_runs_what_is_queued(interpreted):
    with px.Executor() as executor:
        queued = [executor.submit(half, i) for i in range(10)]
    assert all(f.done() for f in queued)
    assert [f.result() for f in queued] == [i / 2 for i in range(10)]
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(half, 1)


def test_map(interpreted):
    with px.Executor() as executor:
        assert list(executor.map(half, range(100), chunksize=7)) == [i / 2 for i in range(100)]


def test_as_completed_after_a_run(interpreted):
    executor = px.Executor()
    queued = {executor.submit(half, i): i for i in range(5)}
    px.run()
    for future in futures.as_completed(queued, timeout=5):
        assert future.result() == queued[future] / 2

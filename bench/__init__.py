"""px's benchmarks: kernels, peers (CPython, Numba, px) and the runner behind ``px bench``. Installed as ``px.bench``.

Measured processes load this package as ``bench``, through start.py, because one that measures Numba or CPython must not import px.
Inside the package all imports are therefore relative.
"""

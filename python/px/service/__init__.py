"""px's compile service: a process of its own that turns Python functions into relocatable objects with Numba.

The only place in px that imports Numba. Speaks the protocol of docs/compile-service.md on its standard input and output. Start it by
`python -m px.service`, or by the path of `__main__.py`, which needs neither the px package nor its C++ module.
"""

"""C functions over float64 that a program names by their address: the address is px's process's own, and so is the object."""

from typing import Any

KNOWN: set[int] = set()  # those that this request may name


def function(name: str) -> Any:
    """What Numba takes for the C function of a protocol name, `address:7f00…:2`."""
    from numba import types

    _, digits, count = name.split(":")
    address, signature = int(digits, 16), types.float64(*[types.float64] * int(count))
    KNOWN.add(address)
    members = {"__wrapper_address__": lambda self: address, "signature": lambda self: signature}
    return type("CFunction", (types.WrapperAddressProtocol,), members)()

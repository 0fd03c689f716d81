"""A user's whole program: imports one peer, makes a kernel's inputs, calls the kernel once, says how long the call took, in what tier it
ended, and the result's digest.

``python start.py program PEER KERNEL SIZE [uncached]``; peers keep their code in their disk cache, Numba not with "uncached". The peer
"nothing" stops at the inputs: what every program needs. Status 3: the peer is not there.
"""

import time

from . import kernels
from .peers import PEERS, NotAvailable


def main(command_line: list[str]) -> int:
    """The program; its exit status."""
    peer_name, kernel_name, size = command_line[0], command_line[1], int(command_line[2])
    kernel = kernels.load(kernel_name)
    if peer_name == "nothing":
        kernel.inputs(size)
        return 0
    try:
        peer = PEERS[peer_name](cache="uncached" not in command_line)
        entry = peer.load(kernel)
    except NotAvailable as reason:
        print(reason)
        return 3
    arguments = kernel.inputs(size)
    start = time.perf_counter()
    result = entry(*arguments)
    print(time.perf_counter() - start, peer.tier(entry), *kernels.digest(result))
    return 0

"""px: Python functions run at once in parallel contexts, and are compiled meanwhile."""

from px.jit import jit, prange

__all__ = ["jit", "prange"]

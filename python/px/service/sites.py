"""Sites: the places of an object where an exception starts or passes through a call.

Library code compiled once, before the fork, serves many objects, so the code names its sites by symbols (`px.site.17`) and the numbers
of an object's own table are filled in when it is linked.
"""

from dataclasses import dataclass, field
from typing import Any

from llvmlite import ir

PREFIX = "px.site."
NO_FUNCTION = -1  # a site in library code, which has no line of the user's


@dataclass(frozen=True)
class Site:
    """`message` is the only argument; otherwise `types` spell the arguments."""

    exception: str
    message: str | None = None
    types: tuple[str, ...] = ()
    function: int = NO_FUNCTION
    line: int = 0

    def header(self) -> dict[str, Any]:
        """As the answer's `sites` has it."""
        return {
            "exception": self.exception,
            "message": self.message,
            "types": list(self.types),
            "function": self.function,
            "line": self.line,
        }


@dataclass
class SiteTable:
    """Every site met by this process so far."""

    sites: list[Site] = field(default_factory=list)
    _numbers: dict[Site, int] = field(default_factory=dict)

    def value(self, builder: ir.IRBuilder, site: Site) -> ir.Value:
        """The site's number as an i32, known when the object is linked."""
        number = self._numbers.setdefault(site, len(self.sites))
        if number == len(self.sites):
            self.sites.append(site)
        name = f"{PREFIX}{number}"
        module = builder.module
        symbol = module.globals.get(name)
        if symbol is None:
            symbol = ir.GlobalVariable(module, ir.IntType(32), name)
            symbol.global_constant = True
        return builder.load(symbol)

    def definitions(self, names: list[str]) -> tuple[str, list[Site]]:
        """LLVM IR that numbers these symbols from 0, and their sites in that order."""
        lines = [f"@{name} = constant i32 {i}" for i, name in enumerate(names)]
        return "\n".join(lines) + "\n", [self.sites[int(name.removeprefix(PREFIX))] for name in names]


table = SiteTable()

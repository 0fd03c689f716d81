"""Code that px has found to be reached never: what reads a global for which the request has no value. px prunes more branches than Numba,
which types what it keeps, and has no type for such a global.
"""

import ast

UNREACHED = "px_unreached"  # the exception that stands for a statement of such code


def prune(definition: ast.FunctionDef, unread: set[str]) -> None:
    """Takes it out, in place. `unread` are the dotted paths of the globals."""
    _Pruner(unread).generic_visit(definition)


_SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _shadowed(scope: ast.AST, paths: set[str]) -> set[str]:
    """The paths whose first name means something else in a scope."""
    own = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(scope) if isinstance(n, ast.arg)}
    return {path for path in paths if path.partition(".")[0] in own}


def _behind(test: ast.expr, value: ast.expr) -> ast.expr:
    """`value`, once a test has been evaluated whose outcome is known: it may have effects."""
    if not any(isinstance(n, ast.Call | ast.Subscript | ast.BinOp) for n in ast.walk(test)):
        return value
    both = ast.Tuple([test, value], ast.Load())
    return ast.copy_location(ast.Subscript(both, ast.Constant(1), ast.Load()), value)


class _Pruner(ast.NodeTransformer):
    """A statement that reads one whenever it runs becomes a `raise`; of an expression the part remains that px has typed."""

    def __init__(self, unread: set[str]):
        self._unread = unread

    def _is_dead(self, node: ast.AST) -> bool:
        """Whether evaluating the node reads one for certain."""
        match node:
            case ast.Name() | ast.Attribute():
                return ast.unparse(node) in self._unread or (isinstance(node, ast.Attribute) and self._is_dead(node.value))
            case ast.Lambda() | ast.FunctionDef():
                return False
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._is_dead(node.generators[0].iter)
            case ast.IfExp():
                return self._is_dead(node.test) or (self._is_dead(node.body) and self._is_dead(node.orelse))
            case ast.BoolOp():
                return self._is_dead(node.values[0])
            case ast.Compare():
                return self._is_dead(node.left) or self._is_dead(node.comparators[0])
            case ast.If() | ast.While() | ast.Assert():
                return self._is_dead(node.test)
            case ast.For():
                return self._is_dead(node.iter)
            case ast.With():
                return self._is_dead(node.items[0].context_expr)
            case ast.Try() | ast.Match():
                return False
        return any(map(self._is_dead, ast.iter_child_nodes(node)))

    def visit(self, node: ast.AST) -> ast.AST:
        """The node without what is dead in it."""
        if isinstance(node, _SCOPES):
            return _Pruner(self._unread - _shadowed(node, self._unread)).generic_visit(node)
        if isinstance(node, ast.stmt) and self._is_dead(node):
            return ast.copy_location(ast.Raise(ast.Name(UNREACHED, ast.Load())), node)
        self.generic_visit(node)
        if isinstance(node, ast.IfExp):
            if self._is_dead(node.body):
                return _behind(node.test, node.orelse)
            if self._is_dead(node.orelse):
                return _behind(node.test, node.body)
        if isinstance(node, ast.BoolOp):
            live = next((k for k, value in enumerate(node.values) if self._is_dead(value)), len(node.values))
            if live == 1:
                return node.values[0]
            node.values = node.values[:live]
        return node

"""Compiles a module without the types of functions, which only type checkers read.

Python reads them at each start, and evaluates those that are no texts: a fortieth of the time of a build in which
nothing changed. Those of classes stay, which msgspec, pydantic and `llb` read.
"""

import ast
from types import CodeType


def compiled(source: bytes, place: str, optimize: int) -> CodeType:
    """The code of a module; tracebacks name its place."""
    tree = Bare().visit(ast.parse(source))
    code: CodeType = compile(tree, place, "exec", dont_inherit=True, optimize=optimize)
    return code


class Bare(ast.NodeTransformer):
    """Takes the types of functions from a syntax tree."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function, and those in it."""
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """A parameter."""
        node.annotation = None
        return node

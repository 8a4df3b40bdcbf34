"""How long modules and functions are, against the aims of the house; printed by `make lint`."""

from __future__ import annotations

import ast
from statistics import median, quantiles

from tests.house import tree


def functions(module: ast.Module) -> list[tuple[str, int]]:
    """Every function of a module with its lines, docstring not counted."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (node.end_lineno or node.lineno) - first[0].lineno + 1 if first else 1
            found.append((node.name, lines))
    return found


def main() -> None:
    """Print medians, and what is long enough for a hard look."""
    modules = {tree.name(path): tree.text(path) for path in tree.under("adapter", suffix=".py")}
    lines = {name: len(text.splitlines()) for name, text in modules.items()}
    every = [(n, name, made) for name, text in modules.items() for made, n in functions(ast.parse(text))]
    ninth = quantiles([n for n, _, _ in every], n=10)[-1]
    middle = median(n for n, _, _ in every)
    print(f"{len(lines)} modules, median {median(lines.values()):.0f} lines (aim 120)")
    print(
        f"{len(every)} functions, median {middle:.0f} lines (aim 8), nine in ten under {ninth:.0f} (aim 25)"
    )
    for name, count in sorted(lines.items(), key=lambda pair: -pair[1]):
        if count > 300:
            print(f"  {count:4} lines  {name}")
    for count, name, made in sorted(every, reverse=True):
        if count > 40:
            print(f"  {count:4} lines  {name} {made}()")


if __name__ == "__main__":
    main()

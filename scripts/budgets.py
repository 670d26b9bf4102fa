"""Refuse what outgrows the budgets of ARCHITECTURE.md: files over 500 lines, functions over 60, a median over 200."""

import ast
import statistics
import sys
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "acuse"
FILE_CAP, MEDIAN_CAP, FUNCTION_CAP = 500, 200, 60


def long_functions(path: Path, tree: ast.AST) -> list[str]:
    """Return a complaint for each function of `tree` longer than the cap."""
    complaints = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_CAP:
                complaints.append(f"{path}:{node.lineno}: {node.name} has {length} lines (cap {FUNCTION_CAP})")
    return complaints


def nested_imports(path: Path, tree: ast.AST) -> list[str]:
    """Return a complaint for each import inside a function; `config` and the verifier's optional PDF reader may."""
    if "config" in path.parts or path.relative_to(SOURCE) == Path("proof/pdf/__init__.py"):
        return []
    return [
        f"{path}:{inner.lineno}: import inside {node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def main() -> int:
    """Print every breach; return 1 when there is one."""
    paths = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    complaints, lengths = [], []
    for path in paths:
        text = path.read_text("utf-8")
        lengths.append(text.count("\n"))
        if lengths[-1] > FILE_CAP:
            complaints.append(f"{path}: {lengths[-1]} lines (cap {FILE_CAP})")
        tree = ast.parse(text)
        complaints += long_functions(path, tree) + nested_imports(path, tree)
    if statistics.median(lengths) > MEDIAN_CAP:
        complaints.append(f"the median file has {statistics.median(lengths)} lines (cap {MEDIAN_CAP})")
    print("\n".join(complaints) or f"budgets: {len(paths)} files, median {statistics.median(lengths):.0f} lines")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

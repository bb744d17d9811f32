"""How the code is built, in numbers: `python -m tests.measures [FOLDER]` prints them for this checkout, or for another.

Lines are physical lines. A function is a `def` at any depth; names are counted for functions at the level of a module.
"""

import ast
import io
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

TREES = ("data", "etl", "queries", "dashboard")
PRODUCT = (".py", ".sql", ".toml", ".html", ".css", ".js")
MOST_POSITIONS = 5
FORBIDDEN_NAMES = frozenset(
    [
        "one",
        "found",
        "told",
        "said",
        "shown",
        "place",
        "known",
        "here",
        "there",
        "whole",
        "beside",
        "behind",
        "whose",
        "lost",
        "kept",
    ]
)
# Names that a contract with readers outside gives: statistics are called by them, and a page's composition is its main.
CONTRACTS = frozenset({"main"})


@dataclass(frozen=True)
class Module:
    """A Python file of the product, read once."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def root(self) -> str:
        """The tree it stands in."""
        return self.path.parts[0]

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Functions at the level of the module, `main` excepted."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self.tree.body if isinstance(node, kinds) and node.name not in CONTRACTS]


def tracked_files(folder: Path) -> list[Path]:
    """The files of the product that git knows, relative to the folder."""
    listing = subprocess.run(
        ["git", "ls-files", *TREES, "streamlit_app.py"], cwd=folder, capture_output=True, text=True, check=True
    )
    paths = [Path(line) for line in listing.stdout.splitlines()]
    return [path for path in paths if path.suffix in PRODUCT and "sample" not in path.parts]


def read_modules(folder: Path) -> list[Module]:
    """All Python files of the product."""
    texts = [
        (path, (folder / path).read_text(encoding="utf-8")) for path in tracked_files(folder) if path.suffix == ".py"
    ]
    return [Module(path, text, ast.parse(text)) for path, text in texts]


def is_one_word(name: str) -> bool:
    """Whether a name is a single word, leading underscores apart."""
    return "_" not in name.strip("_")


def large_constructors(modules: list[Module]) -> Iterator[str]:
    """Dataclasses of more than five fields that can be built by position."""
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                written = [ast.unparse(decorator) for decorator in node.decorator_list]
                fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
                is_dataclass = any("dataclass" in text for text in written)
                if is_dataclass and len(fields) > MOST_POSITIONS and not any("kw_only" in text for text in written):
                    yield f"{module.path}: {node.name}"


def count_comments(text: str) -> int:
    """Comments of a Python file, those for tools apart."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return len([comment for comment in comments if not comment.startswith(("# noqa", "# fmt", "# type"))])


def room_of(module: Module) -> str:
    """A folder directly below a tree with everything in it; a module that stands there alone is a room of its own."""
    return "/".join(module.path.parts[:2])


def room_arrows(modules: list[Module]) -> set[tuple[str, str]]:
    """Imports from one room of the product to another."""
    rooms = {".".join(module.path.with_suffix("").parts): room_of(module) for module in modules}
    arrows = set()
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                arrows |= {(room_of(module), rooms[name]) for name in names if name in rooms}
    return {(source, target) for source, target in arrows if source != target}


def ninth_decile(numbers: list[int]) -> int:
    """What nine in ten do not exceed."""
    return round(quantiles(numbers, n=10)[8])


def measure(folder: Path) -> Iterator[str]:
    """The numbers, a line each."""
    modules = read_modules(folder)
    lengths = [len((folder / path).read_text(encoding="utf-8").splitlines()) for path in tracked_files(folder)]
    python = [len(module.text.splitlines()) for module in modules]
    defs = [node for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)]
    functions = [(node.end_lineno or node.lineno) - node.lineno + 1 for node in defs]
    largest, count = Counter(module.path.parent for module in modules if module.path.stem != "__init__").most_common(1)[
        0
    ]
    comments = sum(count_comments(module.text) for module in modules)
    yield f"product files {len(lengths)}, lines {sum(lengths)}"
    yield f"Python files {len(python)}: median {median(python):.0f} lines, nine in ten up to {ninth_decile(python)}"
    long = ninth_decile(functions)
    yield f"functions {len(functions)}: median {median(functions):.0f} lines, nine in ten up to {long}"
    yield f"largest folder {largest} with {count} modules"
    for root in TREES:
        names = [function.name for module in modules if module.root == root for function in module.functions]
        short = [name for name in names if is_one_word(name)]
        words = sum(len(name.strip("_").split("_")) for name in names) / len(names)
        share = len(short) / len(names)
        yield f"{root}: {len(names)} functions, {share:.0%} with a one-word name, {words:.1f} words a name"
    yield f"comments per 100 lines of Python {100 * comments / sum(python):.1f}"
    rooms = {room_of(module) for module in modules}
    yield f"rooms {len(rooms)}, arrows of imports between them {len(room_arrows(modules))}"


if __name__ == "__main__":
    for line in measure(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()):
        print(line)

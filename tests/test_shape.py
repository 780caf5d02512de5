"""The rules of the tree, proved by walking it: who may import whom, how long things are, and what must be said."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
PROSE = {".py", ".md", ".yaml", ".yml", ".toml", ""}

SOURCE_ROOTS = ("scripts", "playbooks/collections", ".")
OWN = (
    "ansible_collections",
    "bench",
    "change_control",
    "controls",
    "estate_schema",
    "exchange_admin",
    "infra",
    "mailwave",
    "rehearsal",
    "tests",
    "tools",
)
SKIPPED = {".git", ".venv", ".cache", ".ansible", ".hypothesis", "build"}

# Who may import what of the project. The longest prefix of an importer's name decides; itself is always allowed.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "change_control": (),
    "controls": (),
    "estate_schema": (),
    "exchange_admin": ("estate_schema",),
    "mailwave": (),
    "mailwave.core": ("change_control.contents",),
    "mailwave.exits": (),
    "mailwave.ports": ("mailwave.core", "controls", "change_control"),
    "mailwave.rules": (
        "mailwave.core",
        "estate_schema",
    ),  # what people wrote in environments/, as the core's values
    "mailwave.adapters": (
        *("mailwave.core", "mailwave.ports", "change_control", "controls", "exchange_admin", "estate_schema"),
    ),
    "mailwave.runbooks": ("mailwave.core", "mailwave.ports", "change_control", "controls"),
    "mailwave.wiring": ("mailwave", "change_control", "controls", "exchange_admin", "estate_schema"),
    "mailwave.failures": (
        "mailwave",
        "change_control",
        "exchange_admin",
        "estate_schema",
    ),  # how each error ends, for every face
    "mailwave.cli": (
        "change_control",
        "controls",
        "mailwave.runbooks",
        "mailwave.wiring",
        "mailwave.core",
        "mailwave.exits",
        "mailwave.failures",
        "mailwave.web.serving",
    ),
    "mailwave.web": (
        "mailwave.runbooks",
        "mailwave.wiring",
        "mailwave.core",
        "mailwave.exits",
        "mailwave.failures",
    ),
    "infra": ("change_control", "controls", "exchange_admin", "estate_schema"),
    "ansible_collections": ("exchange_admin", "estate_schema"),
    "rehearsal": ("infra.servicer",),
    "tools": (),
    "tools.hazard_log": ("mailwave.adapters.hazard_file", "mailwave.core.hazards"),
    "bench": (
        *(
            "rehearsal.campaign",
            "rehearsal.cloud",
            "rehearsal.home",
            "rehearsal.postgresql",
            "rehearsal.server",
        ),
        *("mailwave.core", "mailwave.adapters", "mailwave.rules", "estate_schema"),
    ),
    "bench.evening": (
        "mailwave",
        "estate_schema",
    ),  # the engine as it is, joined to an outside that costs little
    "bench.areas.web_server": ("bench", "mailwave"),  # the pages, as their command serves them
    "bench.areas.roll_out": ("bench", "mailwave", "rehearsal"),  # the runbook, under the simulated limits
    "bench.governed": (),  # the service in which the governor is judged knows nothing of it
    "tests": OWN,
}

# What is pure: the core, and the values of a change that it shares with the program of the stacks.
PURE = ("mailwave.core", "change_control.contents")

# Libraries that the pure core may use beside the standard library.
PURE_LIBRARIES = {"msgspec", "numba", "numpy", "polars", "pymetis", "rfc8785", "scipy"}

# Doors of the standard library to files, sockets, clocks and chance, which the core has no business with.
IMPURE_MODULES = {
    "asyncio", "http", "logging", "multiprocessing", "os", "random", "secrets", "shutil", "signal", "socket", "sqlite3",
    "subprocess", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
IMPURE_CALLS = {
    "open",
    "print",
    "input",
    "now",
    "today",
    "utcnow",
    "uuid1",
    "uuid4",
    "read_text",
    "read_bytes",
}

# Libraries that only one place may touch: each is wrapped there, or its licence stops there.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "ansible": ("ansible_collections", "tests.plugins.roles"),
    "ansible_runner": ("mailwave.adapters",),
    "notifications_python_client": ("mailwave.adapters", "tests"),
    "sqlalchemy": ("mailwave.adapters", "tests"),
    "alembic": ("mailwave.adapters", "tests"),
    "psycopg": ("bench.areas", "mailwave.adapters", "rehearsal.postgresql", "tests"),
    "typer": ("mailwave.cli", "rehearsal", "tests"),
    "psrpcore": ("rehearsal.site", "tests"),
    "jinja2": ("mailwave.adapters", "mailwave.web"),
    "playwright": ("tests.browser",),
    "axe_playwright_python": ("tests.browser",),
    "moto": ("rehearsal.object_store",),
    "aiosmtpd": ("rehearsal.smtp",),
    "holidays": ("estate_schema.bank_holidays", "tests"),
}

# Folders of tests that join many parts, and mirror none.
WHOLE = {"end_to_end", "mailwave/rehearsed", "playbooks/seeds"}

FORBIDDEN_WORDS = re.compile(
    r"\.\./shared\b|/work/\w|/tmp/\w|/root/\w"  # paths of one machine
    r"|\bTODO\b|\bFIXME\b|\bXXX\b"
    r"|\b(?i:behavior|utilize|leverage|seamless|blazing|cutting-edge|world-class|best-in-class|game-chang\w+)\b"
)


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name and its syntax tree."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(ROOT))


@dataclass(frozen=True)
class Import:
    """One import statement's dotted name: of a module, or of a name inside one."""

    module: Module
    name: str
    line: int

    @property
    def shown(self) -> str:
        return f"{self.module.shown}:{self.line}: {self.module.name} imports {self.name}"


def files() -> Iterator[Path]:
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if path.name in SKIPPED or path.name.endswith(("_cache", "__pycache__")) or path.is_symlink():
                continue
            if path.is_dir():
                folders.append(path)
            else:
                yield path


def dotted(path: Path) -> str:
    for root in SOURCE_ROOTS:
        if path.is_relative_to(ROOT / root):
            parts = path.relative_to(ROOT / root).with_suffix("").parts
            return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    raise AssertionError(path)


@cache
def modules() -> tuple[Module, ...]:
    found = (path for path in files() if path.suffix == ".py")
    return tuple(Module(path, dotted(path), ast.parse(path.read_text(encoding="utf-8"))) for path in found)


def imports(module: Module) -> Iterator[Import]:
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(module, f"{base}.{alias.name}", node.lineno)


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}.")


def part_of(name: str) -> str:
    return max((part for part in MAY_IMPORT if within(name, part)), key=len, default="")


def every_import() -> Iterator[Import]:
    for module in modules():
        yield from imports(module)


def functions() -> Iterator[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield module, node


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The public classes, functions and methods of a body, with their names inside the module."""
    for node in body:
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) and not node.name.startswith("_"):
            decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
            if not decorators & {"overload", "override", "setter"}:
                yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{prefix}{node.name}.")


def describes_itself(tree: ast.Module) -> bool:
    """Whether this is an Ansible plugin with its documentation in the variable that Ansible reads."""
    assigned = [ast.unparse(node.targets[0]) for node in tree.body if isinstance(node, ast.Assign)]
    return "DOCUMENTATION" in assigned


def test_the_tree_is_seen() -> None:
    """It should find the project's parts, or every other rule here would hold for nothing."""
    names = {module.name for module in modules()}
    assert {
        "estate_schema",
        "exchange_admin",
        "mailwave",
        "infra",
        "rehearsal.wire",
        "tests.test_shape",
    } <= names
    assert [module.shown for module in modules() if not part_of(module.name)] == []


def test_imports_point_one_way() -> None:
    """It should import of the project only what the table of design allows."""
    wrong = [
        found.shown
        for found in every_import()
        if found.name.split(".")[0] in OWN
        and not within(found.name, part_of(found.module.name))
        and not any(within(found.name, allowed) for allowed in MAY_IMPORT[part_of(found.module.name)])
    ]
    assert wrong == [], "\n".join(wrong)


def test_the_core_is_pure() -> None:
    """It should use, in core, only pure libraries, and no door to files, sockets, clocks or chance."""
    core = [module for module in modules() if any(within(module.name, pure) for pure in PURE)]
    allowed = set(sys.stdlib_module_names) | PURE_LIBRARIES | {"mailwave"}
    imported = [found for module in core for found in imports(module) if not within(found.name, PURE[1])]
    wrong = [
        found.shown
        for found in imported
        if found.name.split(".")[0] not in allowed or any(within(found.name, door) for door in IMPURE_MODULES)
    ]
    called = [
        f"{module.shown}:{node.lineno}: calls {ast.unparse(node.func)}"
        for module in core
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in IMPURE_CALLS
    ]
    assert wrong + called == [], "\n".join(wrong + called)


def test_some_libraries_are_used_in_one_place_only() -> None:
    """It should keep each wrapped or differently licensed library where it is wrapped."""
    wrong = [
        found.shown
        for found in every_import()
        for library, places in ONLY_IN.items()
        if within(found.name, library) and not any(within(found.module.name, place) for place in places)
    ]
    assert wrong == [], "\n".join(wrong)


def test_files_are_short() -> None:
    """It should have no program text of over 400 lines."""
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in files()
        if path.suffix in {".py", ".sh"} or (path.suffix == "" and path.stat().st_mode & 0o100)
    }
    assert {str(path): lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_functions_fit_on_a_screen() -> None:
    """It should have no function of over 60 lines, constructors included."""
    lengths = {
        f"{module.shown}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, node in functions()
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}


def test_every_test_says_what_it_should() -> None:
    """It should have a sentence in each test."""
    silent = [
        f"{module.shown}:{node.lineno} {node.name}"
        for module, node in functions()
        if within(module.name, "tests") and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == [], "\n".join(silent)


def test_everything_public_is_documented() -> None:
    """It should have a docstring at each public module, class, function and method outside the tests."""
    silent = [
        f"{module.shown}: {name}"
        for module in modules()
        if not within(module.name, "tests")
        for name, node in [("the module", module.tree), *public(module.tree.body)]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not ast.get_docstring(node)
        and not (isinstance(node, ast.Module) and describes_itself(node))
    ]
    assert silent == [], "\n".join(silent)


def test_tests_mirror_the_tree() -> None:
    """It should have a folder of the project for each folder of tests, but for those that test the whole."""
    homes = [ROOT, ROOT / "scripts", ROOT / "playbooks/collections/ansible_collections/mailwave/exchange"]
    folders = {
        module.path.parent.relative_to(ROOT / "tests") for module in modules() if within(module.name, "tests")
    }
    lost = [
        str(folder)
        for folder in folders
        if str(folder) not in WHOLE and not any((home / folder).is_dir() for home in homes)
    ]
    assert lost == [], "\n".join(lost)


def test_no_word_is_out_of_place() -> None:
    """It should name no path of one machine, leave no note to self, and sell nothing."""
    wrong = [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for path in files()
        if path.suffix in PROSE and path != Path(__file__)
        for text in [path.read_text(encoding="utf-8", errors="replace")]
        for match in FORBIDDEN_WORDS.finditer(text)
    ]
    assert wrong == [], "\n".join(wrong)

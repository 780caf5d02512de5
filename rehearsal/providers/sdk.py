"""What the installed Pulumi SDKs say about a resource's inputs, read from their source without importing them.

Importing one module of azure-native costs seconds on a cold start; here only the classes that are asked for are
cut out of the source and parsed. The SDKs are generated, so their form is regular: an Args class has keyword-only
parameters (a default means optional) and one getter a property, which carries the wire's name and the type.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from infra.servicer import UNKNOWN


@dataclass(frozen=True)
class Anything:
    """A value whose type the SDK leaves open."""


@dataclass(frozen=True)
class Scalar:
    """A text, number or truth value; *values* not empty: one of these. *constant*: the only one, fixed by the SDK."""

    type: str
    values: frozenset[str] = frozenset()
    constant: bool = False


@dataclass(frozen=True)
class ListOf:
    """A list of one shape."""

    item: Shape


@dataclass(frozen=True)
class MapOf:
    """An object with free names and values of one shape."""

    item: Shape


@dataclass(frozen=True)
class Reference:
    """An object whose Args class is looked up by name when a value arrives."""

    name: str


@dataclass(frozen=True)
class OneOf:
    """A value of one of several shapes, usually objects that a constant property tells apart."""

    options: tuple[Shape, ...]


type Shape = Anything | Scalar | ListOf | MapOf | Reference | OneOf


@dataclass(frozen=True)
class ObjectShape:
    """The properties of an Args class by their names on the wire."""

    properties: Mapping[str, Shape]
    required: frozenset[str]


@dataclass(frozen=True)
class ResourceShape:
    """A resource class: what it takes, and the names of what it gives."""

    inputs: ObjectShape
    outputs: frozenset[str]
    module: Module


class UnknownToken(LookupError):
    """The installed SDK has no class for a resource type."""

    def __init__(self, *, token: str, package: str) -> None:
        self.token = token
        self.package = package
        super().__init__(f"the installed {package} has no resource {token}")


_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
}


@dataclass(frozen=True)
class Module:
    """One folder of an SDK: the resources' files beside _inputs.py and _enums.py."""

    folder: Path
    _classes: dict[str, ObjectShape] = field(default_factory=dict, compare=False)

    def object_shape(self, name: str) -> ObjectShape:
        """The Args class *name* of _inputs.py."""
        if name not in self._classes:
            node = _class_in(_text(self.folder / "_inputs.py"), name)
            self._classes[name] = _object_shape(node, self)
        return self._classes[name]

    def enum(self, name: str) -> frozenset[str]:
        """The values of an enumeration of _enums.py."""
        node = _class_in(_text(self.folder / "_enums.py"), name)
        texts = [line.value for line in node.body if isinstance(line, ast.Assign)]
        return frozenset(
            item.value for item in texts if isinstance(item, ast.Constant) and isinstance(item.value, str)
        )

    def problems(self, value: Any, shape: Shape, path: str) -> Iterator[tuple[str, str]]:
        """What is wrong with *value*, as pairs of a path and a reason."""
        if value is None or value is UNKNOWN:
            return
        match shape, value:
            case Reference(name), dict():
                yield from self.object_problems(value, self.object_shape(name), f"{path}.")
            case ListOf(item), list():
                for place, element in enumerate(value):
                    yield from self.problems(element, item, f"{path}[{place}]")
            case MapOf(item), dict():
                for key, element in value.items():
                    yield from self.problems(element, item, f"{path}.{key}")
            case Scalar(), _:
                yield from _scalar_problems(value, shape, path)
            case OneOf(options), _:
                yield from self._nearest(value, options, path)
            case ((Reference() | MapOf() | ListOf()), _):
                yield path, f"must be {'a list' if isinstance(shape, ListOf) else 'an object'}, not {value!r}"

    def _nearest(self, value: Any, options: tuple[Shape, ...], path: str) -> Iterator[tuple[str, str]]:
        """The problems with the option that is meant: one whose constants fit, else the one with the fewest."""
        found = [
            (self._is_other(value, option), list(self.problems(value, option, path))) for option in options
        ]
        yield from min(found, key=lambda pair: (pair[0], len(pair[1])))[1]

    def _is_other(self, value: Any, option: Shape) -> bool:
        """Whether *value* says a constant that *option* does not have."""
        if not isinstance(option, Reference) or not isinstance(value, dict):
            return False
        shapes = self.object_shape(option.name).properties
        return any(
            isinstance(shape, Scalar) and shape.constant and value.get(name) not in shape.values
            for name, shape in shapes.items()
        )

    def object_problems(
        self, value: Mapping[str, Any], shape: ObjectShape, path: str
    ) -> Iterator[tuple[str, str]]:
        """What is wrong with an object: names it may not have, names it must have, and their values."""
        for name in sorted(shape.required - {name for name, item in value.items() if item is not None}):
            yield f"{path}{name}", "is required"
        for name, item in value.items():
            if name in shape.properties:
                yield from self.problems(item, shape.properties[name], f"{path}{name}")
            else:
                yield (
                    f"{path}{name}",
                    f"is no property of it; there are {', '.join(sorted(shape.properties))}",
                )

    def pruned(self, value: Any, shape: Shape) -> Any:
        """*value* without what a program cannot write: what remains could be its inputs."""
        match shape, value:
            case Reference(name), dict():
                return self.pruned_object(value, self.object_shape(name))
            case ListOf(item), list():
                return [self.pruned(element, item) for element in value]
            case OneOf(options), dict():
                meant = [option for option in options if not self._is_other(value, option)]
                return self.pruned(value, meant[0]) if meant else value
            case _:
                return value

    def pruned_object(self, value: Mapping[str, Any], shape: ObjectShape) -> dict[str, Any]:
        """The same for an object."""
        return {
            name: self.pruned(item, shape.properties[name])
            for name, item in value.items()
            if name in shape.properties
        }


def _scalar_problems(value: Any, shape: Scalar, path: str) -> Iterator[tuple[str, str]]:
    wrong = isinstance(value, bool) and shape.type != "bool"
    if wrong or not isinstance(value, _PYTHON_TYPES[shape.type]):
        yield path, f"must be a {shape.type}, not {value!r}"
    elif shape.values and value not in shape.values:
        yield path, f"must be one of {', '.join(sorted(shape.values))}, not {value!r}"


@cache
def resource_shape(package: str, token: str) -> ResourceShape:
    """The resource *token* of the installed *package*, such as pulumi_azuread. Raises UnknownToken."""
    file = _file_of(package, token)
    module = _module(file.parent)
    name = token.rsplit(":", maxsplit=1)[-1]
    text = _text(file)
    outputs = (node.decorated for node in _getters(_class_in(text, name)))
    return ResourceShape(
        inputs=_object_shape(_class_in(text, f"{name}(?:Init)?Args"), module),
        outputs=frozenset(outputs),
        module=module,
    )


def _file_of(package: str, token: str) -> Path:
    """The file whose class carries *token*: a token is package:module:Name or package:module/file:Name."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise UnknownToken(token=token, package=package)
    module = token.split(":")[1].partition("/")[0]
    folder = Path(spec.origin).parent / ("" if module == "index" else module)
    mark = f'@pulumi.type_token("{token}")\n'
    for file in sorted(folder.glob("[a-z]*.py")):
        if mark in _text(file):
            return file
    raise UnknownToken(token=token, package=package)


@cache
def _module(folder: Path) -> Module:
    return Module(folder)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _class_in(text: str, name: str) -> ast.ClassDef:
    """The class whose name fits *name*; a resource's are InitArgs where a nested type has taken the shorter name."""
    found = re.search(rf"^class {name}\b.*?(?=^\S)", f"{text}\n#", re.MULTILINE | re.DOTALL)
    if found is None:
        raise UnknownToken(token=name, package="SDK module")
    node = ast.parse(found.group()).body[0]
    assert isinstance(node, ast.ClassDef)  # noqa: S101 - the pattern begins with "class"
    return node


@dataclass(frozen=True)
class _Getter:
    python: str
    decorated: str
    annotation: ast.expr


def _getters(node: ast.ClassDef) -> Iterator[_Getter]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.returns is not None:
            for decorator in method.decorator_list:
                text = ast.unparse(decorator)
                if text.startswith("pulumi.getter"):
                    named = re.search(r"name='([^']+)'", text)
                    yield _Getter(method.name, named.group(1) if named else method.name, method.returns)


def _object_shape(node: ast.ClassDef, module: Module) -> ObjectShape:
    getters = list(_getters(node))
    required = _required(node)
    constants = _constants(node)
    return ObjectShape(
        properties={
            getter.decorated: constants.get(getter.python) or _shape(getter.annotation, module)
            for getter in getters
        },
        required=frozenset(getter.decorated for getter in getters if getter.python in required),
    )


def _required(node: ast.ClassDef) -> frozenset[str]:
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            pairs = zip(method.args.kwonlyargs, method.args.kw_defaults, strict=True)
            return frozenset(argument.arg for argument, default in pairs if default is None)
    return frozenset()


def _constants(node: ast.ClassDef) -> dict[str, Scalar]:
    """The properties that the class sets to one text whatever it is given: by these a service tells objects apart."""
    return {
        str(name): Scalar("str", frozenset({text}), constant=True)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name == "__init__"
        for line in method.body
        if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)
        for name, text in _texts(line.value)
    }


def _texts(call: ast.Call) -> Iterator[tuple[str, str]]:
    match call.args:
        case [_, ast.Constant(value=str(name)), ast.Constant(value=str(text))]:
            yield name, text


def _shape(node: ast.expr, module: Module) -> Shape:
    """The shape that an annotation of a generated class stands for."""
    match node:
        case ast.Constant(value=str(name)):
            return Reference(name) if name.endswith("Args") else Scalar("str", module.enum(name))
        case ast.Attribute(attr=("str" | "bool" | "int" | "float") as name):
            return Scalar(name)
        case ast.Subscript(value=wrapper, slice=inner):
            return _generic(ast.unparse(wrapper).rpartition(".")[2], inner, module)
        case _:
            return Anything()


def _generic(wrapper: str, inner: ast.expr, module: Module) -> Shape:
    match wrapper, inner:
        case (("Input" | "Optional"), _):
            return _shape(inner, module)
        case "Sequence", _:
            return ListOf(_shape(inner, module))
        case "Mapping", ast.Tuple(elts=[_, item]):
            return MapOf(_shape(item, module))
        case "Union", ast.Tuple(elts=options):
            return _union([_shape(option, module) for option in options if not _is_dictionary_form(option)])
        case _:
            return Anything()


def _is_dictionary_form(node: ast.expr) -> bool:
    """The same object again: 'FooArgsDict' or 'outputs.Foo'."""
    return isinstance(node, ast.Constant) and (str(node.value).endswith("Dict") or "." in str(node.value))


def _union(options: list[Shape]) -> Shape:
    """A text or one of an enumeration is any text: the service may know newer values than the SDK."""
    if Scalar("str") in options:
        return Scalar("str")
    if len(options) == 1:
        return options[0]
    return OneOf(tuple(options)) if Anything() not in options and options else Anything()

"""Trees to closures: ``f(env, focus) -> list``. One closure a node, made once for each expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.fhirpath import operators
from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.functions import FUNCTIONS, LAMBDAS
from adapter.validation.fhirpath.parse import Tree, parse
from adapter.validation.fhirpath.types import is_type
from adapter.validation.fhirpath.values import Node, plain
from adapter.validation.model import Model

Json = dict[str, Any]
Compiled = Callable[[Env, list[Any]], list[Any]]
CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
VALUE_SET = "http://hl7.org/fhir/ValueSet/"
EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


def compile_path(text: str, model: Model) -> Compiled:
    """An expression ready to evaluate. Raises FhirPathError when it cannot be read."""
    return _Compiler(model).make(parse(text), is_first=True)


class _Compiler:
    def __init__(self, model: Model) -> None:
        self.model = model

    def make(self, tree: Tree, *, is_first: bool = False) -> Compiled:
        maker = getattr(self, "make_" + tree[0])
        if tree[0] in ("name", "path", "item"):
            made: Compiled = maker(tree, is_first)
        else:
            made = maker(tree)
        return made

    def make_lit(self, tree: Tree) -> Compiled:
        value = [tree[1]]
        return lambda _env, _focus: value

    def make_empty(self, _tree: Tree) -> Compiled:
        return lambda _env, _focus: []

    def make_this(self, _tree: Tree) -> Compiled:
        return lambda env, _focus: [env.this] if env.this is not None else []

    def make_index(self, _tree: Tree) -> Compiled:
        return lambda env, _focus: [env.index]

    def make_total(self, _tree: Tree) -> Compiled:
        return lambda env, _focus: env.total

    def make_path(self, tree: Tree, is_first: bool) -> Compiled:
        left, right = self.make(tree[1], is_first=is_first), self.make(tree[2])
        return lambda env, focus: right(env, left(env, focus))

    def make_item(self, tree: Tree, is_first: bool) -> Compiled:
        left, index = self.make(tree[1], is_first=is_first), self.make(tree[2])

        def item(env: Env, focus: list[Any]) -> list[Any]:
            items, at = left(env, focus), index(env, focus)
            number = plain(at[0]) if at else None
            return items[number : number + 1] if type(number) is int and number >= 0 else []

        return item

    def make_name(self, tree: Tree, is_first: bool) -> Compiled:
        name = tree[1]
        step = self.child(name)
        if not (is_first and name[:1].isupper()):
            return step
        is_a = self.model.is_a

        def start(env: Env, focus: list[Any]) -> list[Any]:
            if any(type(i) is Node and is_a(i.code, name) for i in focus):
                return [i for i in focus if type(i) is Node and is_a(i.code, name)]
            return step(env, focus)

        return start

    def child(self, name: str) -> Compiled:  # noqa: C901 one branch a kind
        type_of = self.model.type
        underscore = "_" + name

        def step(env: Env, focus: list[Any]) -> list[Any]:  # noqa: C901 one branch a kind
            found: list[Any] = []
            for item in focus:
                if type(item) is not Node:
                    continue
                value = item.value
                if type(value) is not dict:
                    value = item.sibling
                    if type(value) is not dict:
                        continue
                info = type_of(item.code)
                if info is None:
                    _untyped(found, value.get(name))
                    continue
                prop = info.names.get(name)
                if prop is None:
                    continue
                if not prop.is_choice:
                    if name in value or underscore in value:
                        _collect(found, value, name, prop.types[0] if prop.types else "", prop.many)
                    continue
                for key, code in prop.keys.items():
                    if key in value or "_" + key in value:
                        _collect(found, value, key, code, prop.many)
                        break
            env.spent += len(focus)
            if env.spent > env.limit:
                env.spend(0)
            return found

        return step

    def make_var(self, tree: Tree) -> Compiled:
        name = tree[1]
        if name in CONSTANTS:
            constant = [CONSTANTS[name]]
            return lambda _env, _focus: constant
        if name.startswith("vs-"):
            return lambda _env, _focus: [VALUE_SET + name[3:]]
        if name.startswith("ext-"):
            return lambda _env, _focus: [EXTENSION + name[4:]]
        known: dict[str, Compiled] = {
            "context": lambda env, _focus: env.context,
            "resource": lambda env, _focus: [Node(env.scope.resource, None, env.scope.type)],
            "rootResource": lambda env, _focus: [Node(env.scope.root.resource, None, env.scope.root.type)],
        }
        if name in known:
            return known[name]

        def variable(env: Env, _focus: list[Any]) -> list[Any]:
            if env.variables is None or name not in env.variables:
                raise FhirPathError(f"unknown variable %{name}")
            return env.variables[name]

        return variable

    def make_neg(self, tree: Tree) -> Compiled:
        inner = self.make(tree[1])
        return lambda env, focus: operators.negate(inner(env, focus))

    def make_type(self, tree: Tree) -> Compiled:
        _, symbol, left, name = tree
        inner, model = self.make(left, is_first=True), self.model
        if symbol == "is":
            return lambda env, focus: [is_type(model, i, name) for i in inner(env, focus)[:1]]
        return lambda env, focus: [i for i in inner(env, focus) if is_type(model, i, name)]

    def make_op(self, tree: Tree) -> Compiled:
        _, symbol, left, right = tree
        first, second = self.make(left, is_first=True), self.make(right, is_first=True)
        if symbol in operators.LAZY:
            return operators.LAZY[symbol](first, second)
        operator = operators.EAGER[symbol]

        def binary(env: Env, focus: list[Any]) -> list[Any]:
            a, b = first(env, focus), second(env, focus)
            env.spent += len(a) + len(b) + 1
            if env.spent > env.limit:
                env.spend(0)
            return operator(a, b)

        return binary

    def make_call(self, tree: Tree) -> Compiled:
        _, name, arguments = tree
        if name in ("is", "as", "ofType") and len(arguments) == 1:
            return self._type_call(name, _type_text(arguments[0]))
        if name in LAMBDAS:
            made = [self.make(a, is_first=True) for a in arguments]
            maker: Callable[..., Compiled] = LAMBDAS[name]
            return maker(*_checked(name, made, maker))
        if name not in FUNCTIONS:
            raise FhirPathError(f"unknown function {name}()")
        function, least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise FhirPathError(f"{name}() takes {least}-{most} arguments, not {len(arguments)}")
        made = [self.make(a, is_first=True) for a in arguments]

        def call(env: Env, focus: list[Any]) -> list[Any]:
            here = [env.this] if env.this is not None else focus
            env.spent += len(focus) + 1
            if env.spent > env.limit:
                env.spend(0)
            found: list[Any] = function(env, focus, *(a(env, here) for a in made))
            return found

        return call

    def _type_call(self, name: str, wanted: str) -> Compiled:
        model = self.model
        if name == "is":
            return lambda _env, focus: [is_type(model, i, wanted) for i in focus[:1]]
        return lambda _env, focus: [i for i in focus if is_type(model, i, wanted)]


def _checked(name: str, made: list[Compiled], function: Any) -> list[Compiled]:
    least, most = function.arguments
    if not least <= len(made) <= most:
        raise FhirPathError(f"{name}() takes {least}-{most} arguments, not {len(made)}")
    return made


def _type_text(tree: Tree) -> str:
    if tree[0] == "name" or tree[0] == "lit":
        return str(tree[1])
    if tree[0] == "path":
        return _type_text(tree[1]) + "." + _type_text(tree[2])
    raise FhirPathError("a type was expected")


def _untyped(found: list[Any], value: Any) -> None:
    if isinstance(value, list):
        found.extend(Node(v, None, "") if isinstance(v, dict) else v for v in value)
    elif value is not None:
        found.append(Node(value, None, "") if isinstance(value, dict) else value)


def _collect(found: list[Any], value: Json, key: str, code: str, many: bool) -> None:
    inner, beside = value.get(key), value.get("_" + key)
    if not many:
        if type(inner) is list:
            return
        found.append(_node(inner, beside, code))
        return
    inner = inner if type(inner) is list else []
    if beside is None:
        found.extend([_node(v, None, code) for v in inner if v is not None and type(v) is not list])
        return
    beside = beside if type(beside) is list else []
    for i in range(max(len(inner), len(beside))):
        v, b = (inner[i] if i < len(inner) else None), (beside[i] if i < len(beside) else None)
        if (v is not None or b is not None) and type(v) is not list:
            found.append(_node(v, b, code))


def _node(value: Any, beside: Any, code: str) -> Node:
    if type(value) is dict and "resourceType" in value and code in ("Resource", "DomainResource"):
        code = str(value["resourceType"])
    return Node(value, beside, code)

"""Trees to closures: ``f(env, focus) -> list``. One closure a node, made once for each expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapter.validation.fhirpath import operators
from adapter.validation.fhirpath.evaluate import Env, FhirPathError
from adapter.validation.fhirpath.functions import FUNCTIONS, LAMBDAS
from adapter.validation.fhirpath.navigate import child_step
from adapter.validation.fhirpath.parse import Tree, parse
from adapter.validation.fhirpath.shortcuts import BARE, equals_text, memo_of, repeated
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
    tree = parse(text)
    return _Compiler(model, repeated(tree)).make(tree, is_first=True)


class _Compiler:
    def __init__(self, model: Model, again: frozenset[str]) -> None:
        self.model = model
        self.again = again  # what is computed once for one evaluation, as text
        self.inside = 0  # how many calls the tree is an argument of

    def make(self, tree: Tree, *, is_first: bool = False) -> Compiled:
        maker = getattr(self, "make_" + tree[0])
        if tree[0] in ("name", "path", "item"):
            made: Compiled = maker(tree, is_first)
        else:
            made = maker(tree)
        if is_first and self.again and not self.inside and (mark := repr(tree)) in self.again:
            return memo_of(made, mark)
        return made

    def arguments(self, trees: tuple[Tree, ...]) -> list[Compiled]:
        """What a call takes; it is evaluated for each item, or for none."""
        self.inside += 1
        made = [self.make(t, is_first=True) for t in trees]
        self.inside -= 1
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
        step = child_step(name, self.model)
        if not (is_first and name[:1].isupper()):
            return step
        is_a = self.model.is_a

        def start(env: Env, focus: list[Any]) -> list[Any]:
            if any(type(i) is Node and is_a(i.code, name) for i in focus):
                return [i for i in focus if type(i) is Node and is_a(i.code, name)]
            return step(env, focus)

        return start

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
        inner = self.make(tree[1], is_first=True)
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
        if symbol == "=" and right[0] == "lit" and type(right[1]) is str:
            return equals_text(first, right[1])

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
            made = self.arguments(arguments)
            maker: Callable[..., Compiled] = LAMBDAS[name]
            return maker(*_checked(name, made, maker))
        if name not in FUNCTIONS:
            raise FhirPathError(f"unknown function {name}()")
        function, least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise FhirPathError(f"{name}() takes {least}-{most} arguments, not {len(arguments)}")
        made = self.arguments(arguments)
        return BARE.get(name) or _call(function, made)

    def _type_call(self, name: str, wanted: str) -> Compiled:
        model = self.model
        if name == "is":
            return lambda _env, focus: [is_type(model, i, wanted) for i in focus[:1]]
        return lambda _env, focus: [i for i in focus if is_type(model, i, wanted)]


def _call(function: Any, arguments: list[Compiled]) -> Compiled:
    """A function of the focus and of what its arguments give."""

    def call(env: Env, focus: list[Any]) -> list[Any]:
        env.spent += len(focus) + 1
        if env.spent > env.limit:
            env.spend(0)
        here = [env.this] if env.this is not None else focus
        found: list[Any] = function(env, focus, *[a(env, here) for a in arguments])
        return found

    return call


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

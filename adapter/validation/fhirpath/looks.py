"""What an expression can look at: the properties whose values, and not only presence, its answer hangs on."""

from __future__ import annotations

from decimal import Decimal

from adapter.validation.fhirpath.parse import Tree

PRESENCE = frozenset({"exists", "empty", "count"})  # without arguments: whether, not what
PLAIN = PRESENCE | frozenset(
    {"all", "contains", "endsWith", "extension", "hasValue", "length", "matches", "not", "replace"}
    | {"startsWith", "substring", "toInteger", "where"}
)  # functions that see nothing but their focus and their arguments
JOIN = frozenset({"and", "or", "implies", "xor"})
COMPARE = frozenset({"=", "!=", "<", "<=", ">", ">="})
STEPS = frozenset({"name", "lit", "this", "var", "empty"})


def looks_at(tree: Tree) -> frozenset[str] | None:
    """The names of those properties; None when that cannot be told from the expression.

    A name with a slash behind it: of ``Type/id`` only the type is looked at, and whether it is of this form.
    """
    names: set[str] = set()
    return frozenset(names) if _add_value(tree, names) else None


def _add_value(tree: Tree, names: set[str]) -> bool:
    """Add what an expression looks at whose own value counts; False when that cannot be told."""
    if tree[0] == "op":
        return _can_be_told(tree) and _add_value(tree[2], names) and _add_value(tree[3], names)
    if not _asks_for_presence(tree):
        names |= _ends(tree)
    return _add_way(tree, names)


def _add_way(tree: Tree, names: set[str]) -> bool:
    """Add what is looked at on the way to what an expression gives."""
    if tree[0] == "path":
        _, left, right = tree
        if right[0] == "call" and not _asks_for_presence(tree):
            return _add_call(left, right, names)
        return _add_way(left, names) and _add_way(right, names)
    if tree[0] == "call":
        return tree[1] in PLAIN and all(_add_value(argument, names) for argument in tree[2])
    return _add_value(tree, names) if tree[0] == "op" else tree[0] in STEPS


def _add_call(left: Tree, call: Tree, names: set[str]) -> bool:
    """Add what a function looks at: its focus, by its name or as ``$this`` in the arguments."""
    _, name, arguments = call
    inside: set[str] = set()
    is_told = name in PLAIN and all(_add_value(argument, inside) for argument in arguments)
    ends = _ends(left)
    if name in {"startsWith", "contains"} and _is_of_type(arguments):
        names |= {f"{end}/" for end in ends}
    elif name not in {"all", "where", "exists", "extension"} or "$this" in inside:
        names |= ends
    elif "$this/" in inside:
        names |= {f"{end}/" for end in ends}
    names |= inside - {"$this", "$this/"}
    return is_told and _add_way(left, names)


def _ends(tree: Tree) -> set[str]:
    """The properties whose values a path may give."""
    if tree[0] == "this":
        return {"$this"}
    if tree[0] == "name":
        return {tree[1]}
    if tree[0] == "path" and tree[2][0] == "call":
        return _ends(tree[1]) if tree[2][1] == "where" else set()
    return _ends(tree[2]) if tree[0] == "path" else set()


def _asks_for_presence(tree: Tree) -> bool:
    return tree[0] == "path" and tree[2][0] == "call" and tree[2][1] in PRESENCE and not tree[2][2]


def _is_of_type(arguments: tuple[Tree, ...]) -> bool:
    """A text that ``Type/id`` has in it because of its type, or cannot have in it."""
    text = arguments[0][1] if len(arguments) == 1 and arguments[0][0] == "lit" else None
    return isinstance(text, str) and (":" in text or text.find("/") == len(text) - 1 >= 0)


def _can_be_told(tree: Tree) -> bool:
    """No whole objects are compared: what is compared has one side written out."""
    _, symbol, left, right = tree
    written = next((side[1] for side in (left, right) if side[0] == "lit"), None)
    return symbol in JOIN or (symbol in COMPARE and isinstance(written, str | int | Decimal))

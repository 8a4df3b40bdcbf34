"""A resource without its free texts and numbers: many that one builder makes are alike in what is left.

What counts as free is a guess that only costs time when it is wrong: ``alike`` asks again every test that
looked at a free text. What is not free belongs to the skeleton, which two resources share only when it is
the same in both to the last character.
"""

from __future__ import annotations

from typing import Any

from adapter.recalled import LONGEST, recalled

Json = dict[str, Any]
Skeleton = tuple[Any, ...]
Path = tuple[str | int, ...]

_FREE = """
authoredOn birthDate city contentString created data date description div end family given hash issued
lastModified line name postalCode received recorded sent start text title value valueInstant valueMarkdown
valueString
"""
FREE = frozenset(_FREE.split())
NUMBERS = frozenset({float, int})
CODED = frozenset({"code", "system"})  # the display beside them says what they say
KEPT, WHOLE, AFTER_SLASH = 0, 1, 2  # how much of a text is free
A_TEXT, AN_OBJECT = (), None  # in a skeleton: a free text; an object, whose keys come in its turn


def skeleton(resource: Json) -> tuple[Skeleton, list[Any]]:
    """What a resource has besides its free texts, and those, in the order that ``free_paths`` has.

    Objects come in their turn, the outer first, each as its keys and then its values; a list as its length
    and then its items, a reference as its type.
    """
    shape: list[Any] = []
    texts: list[Any] = []
    objects = [resource]
    add, add_text = shape.append, texts.append
    for value in objects:  # grows on the way
        keys = _keys(tuple(value))
        add(keys)
        for kind, part in zip(keys.kinds, value.values(), strict=True):
            form = type(part)
            if form is str:
                if not kind:
                    add(part)
                elif kind == WHOLE:
                    add(A_TEXT)
                    add_text(part)
                elif head := _head(part):
                    add((head,))
                    add_text(part)
                else:
                    add(part)
            elif form is dict:
                add(AN_OBJECT)
                objects.append(part)
            elif form is list:
                _add_list(part, kind, shape, texts, objects)
            elif kind == WHOLE and form in NUMBERS:
                add((form,))
                add_text(part)
            else:
                add((form, repr(part)))
    return tuple(shape), texts


def free_paths(resource: Json) -> list[Path]:
    """Where the free texts of a resource are, in the same order."""
    found: list[Path] = []
    objects: list[tuple[Path, Json]] = [((), resource)]
    for path, value in objects:  # grows on the way
        for kind, (key, part) in zip(_keys(tuple(value)).kinds, value.items(), strict=True):
            here = (*path, key)
            items = enumerate(part) if type(part) is list else [(-1, part)]
            for index, item in items:
                place = here if index < 0 else (*here, index)
                if type(item) is dict:
                    objects.append((place, item))
                elif _is_free(item, kind, is_listed=index >= 0):
                    found.append(place)
    return found


def _is_free(item: Any, kind: int, *, is_listed: bool) -> bool:
    if type(item) is str:
        return kind == WHOLE or (kind == AFTER_SLASH and not is_listed and _head(item) != "")
    return kind == WHOLE and type(item) in NUMBERS and not is_listed


@recalled(4096)  # a message names its patient and its plan again and again
def _head(reference: str) -> str:
    """The type in ``Type/id``; nothing of a reference in any other form."""
    return reference.partition("/")[0] if reference.count("/") == 1 and ":" not in reference else ""


def _add_list(part: list[Any], kind: int, shape: list[Any], texts: list[Any], objects: list[Json]) -> None:
    shape.append(len(part))
    for item in part:
        if type(item) is dict:
            shape.append(AN_OBJECT)
            objects.append(item)
        elif type(item) is not str:
            shape.append((type(item), repr(item)))
        elif kind == WHOLE:
            shape.append(A_TEXT)
            texts.append(item)
        else:
            shape.append(item)


class Keys:
    """The properties of an object, known again by identity; ``kinds`` says how much of each text is free."""

    __slots__ = ("kinds",)

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.kinds = tuple(_kind(key, keys) for key in keys)


class _Known(dict[tuple[str, ...], Keys]):
    """The properties that were seen, unless their names are longer than names are."""

    def __missing__(self, keys: tuple[str, ...]) -> Keys:
        made = Keys(keys)
        if sum(map(len, keys)) <= LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[keys] = made
        return made


_MOST = 4096
_keys = _Known().__getitem__


def _kind(key: str, keys: tuple[str, ...]) -> int:
    if key == "reference":
        return AFTER_SLASH
    if key == "id":
        return WHOLE if "resourceType" in keys else KEPT
    if key == "display":
        return WHOLE if CODED.isdisjoint(keys) else KEPT
    return WHOLE if key in FREE or key.endswith("DateTime") else KEPT

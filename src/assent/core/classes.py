"""The classes of values: what they are called, what their objects are made of, and what of it is kept.

Classes are named ``module:qualname``, with a fingerprint of their fields. Fields marked ``Transient`` are not kept:
they get their defaults when the object comes back, and its ``restore()`` makes them again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import inspect
import re
import sys
from pathlib import Path
from typing import Any, Final, cast, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from assent.errors import ValueNotKept, ValueUnreadable

_registered: dict[str, type] = {}
_names: dict[type, str] = {}
_prints: dict[type, str] = {}
_ADDRESSES: Final = frozenset({"_BaseUrl", "_BaseMultiHostUrl"})  # what pydantic's derive from


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def register(kind: type[Any]) -> None:
    """Make a class known by its name, also one that is defined inside a function."""
    name = type_name(kind)
    _registered[name] = kind
    _names[kind] = name


def type_name(kind: type[Any]) -> str:
    """``module:qualname``; what runs as ``__main__`` is named as if it had been imported."""
    module = _main_module() if kind.__module__ == "__main__" else kind.__module__
    return f"{module}:{kind.__qualname__}"


def _main_module() -> str:
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return str(spec.name).removesuffix(".__main__")
    file = getattr(main, "__file__", None)
    return Path(file).stem if file else "__main__"


def class_name(kind: type[Any], path: str) -> str:
    """What the class is called; raises ValueNotKept, naming the path, where it could not be found again."""
    name = _names.get(kind)
    if name is not None:
        return name
    name = type_name(kind)
    if type_named(name) is not kind and _defined(name) is not kind:
        raise ValueNotKept(
            path,
            f"the class {kind.__qualname__} cannot be found again by its name. Define it at the "
            "top of a module, or annotate the workflow or the step with it.",
        )
    register(kind)  # also where its module was loaded again, and another one had the name before
    return name


def type_named(name: str) -> type | None:
    """The class of this name, where there is one."""
    return _registered.get(name) or _defined(name)


def _defined(name: str) -> type | None:
    """The class that its module has under this name now."""
    module_name, _, qualname = name.partition(":")
    if not module_name or not qualname:
        return None
    module = sys.modules["__main__"] if module_name == _main_module() else None
    module = module or sys.modules.get(module_name)
    if module is None:
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            return None
    found: object = module
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def loaded(name: object) -> type | None:
    """The class of this name, if its module is loaded; raises ValueUnreadable where finding out would load it."""
    if not isinstance(name, str):
        raise ValueUnreadable("it names a class by something that is no text.")
    if name in _registered:
        return _registered[name]
    module = name.partition(":")[0]
    if module != _main_module() and module not in sys.modules:
        raise ValueUnreadable(
            f"it names {name[:100]!r}, whose module is not loaded. Import it where the app is made."
        )
    return type_named(name)


# ── what they are made of ───────────────────────────────────────────────────────────────────────


def shape_of(kind: type[Any]) -> str | None:
    """The tag for objects of a class that is described by its fields."""
    if dataclasses.is_dataclass(kind):
        return "data"
    if hasattr(kind, "__struct_fields__"):  # of msgspec
        return "struct"
    return "named" if hasattr(kind, "_fields") and tuple in kind.__mro__ else None


def is_text(kind: type[Any]) -> bool:
    """Whether objects of a class are written as text, and made again from it: addresses, of the web and of machines."""
    return kind.__module__ == "ipaddress" or any(
        base.__module__ == "pydantic.networks" and base.__name__ in _ADDRESSES
        for base in kind.__mro__
    )


def field_names(kind: type[Any]) -> list[str]:
    """The fields of a class that is described by them, in order."""
    if dataclasses.is_dataclass(kind):
        return [field.name for field in dataclasses.fields(kind)]
    found: Any = getattr(kind, "__struct_fields__", None) or getattr(kind, "_fields", ())
    return list(found)


_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")


def fingerprint(kind: type[Any]) -> str:
    """Changes when the fields of a class or their types do."""
    if kind not in _prints:
        hints: dict[str, object] = {}
        for base in reversed(kind.__mro__):
            hints.update(inspect.get_annotations(base))
        drawn = ";".join(f"{n}:{t if isinstance(t, str) else repr(t)}" for n, t in hints.items())
        drawn = _ADDRESS.sub("", drawn)  # of functions in annotations: another one in each process
        _prints[kind] = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    return _prints[kind]


# ── parts that are alive ────────────────────────────────────────────────────────────────────────


class Transient:
    """Marks a field that is not kept: ``connection: Annotated[Connection | None, Transient] = None``.

    When the object comes back the field has its default (or None), and ``restore()`` is called to make it again.
    """


_transients: dict[type, frozenset[str]] = {}


def transient_fields(kind: type[Any]) -> frozenset[str]:
    """The fields of a class that are not kept."""
    found = _transients.get(kind)
    if found is None:
        found = _transients[kind] = _marked(kind)
    return found


def _marked(kind: type[Any]) -> frozenset[str]:
    if BaseModel in kind.__mro__:
        fields = cast("type[BaseModel]", kind).model_fields
        return frozenset(n for n, f in fields.items() if any(map(_is_mark, f.metadata)))
    if not dataclasses.is_dataclass(kind):
        return frozenset()
    try:
        hints = get_type_hints(kind, include_extras=True)
    except (NameError, TypeError):  # it names what exists for the type checker only
        hints = {field.name: field.type for field in dataclasses.fields(kind)}
    return frozenset(name for name, hint in hints.items() if _marks(hint))


def _marks(hint: Any) -> bool:
    if isinstance(hint, str):
        return re.search(r"Annotated\[.*\bTransient\b", hint) is not None
    return any(map(_is_mark, getattr(hint, "__metadata__", ())))


def _is_mark(mark: object) -> bool:
    return mark is Transient or isinstance(mark, Transient)


def restore_transient(value: Any, kind: type[Any]) -> None:
    """Give the transient fields of an object that came back their defaults, and let it make them again."""
    for name in transient_fields(kind):
        made: object = None
        if BaseModel in kind.__mro__:
            made = kind.model_fields[name].get_default(call_default_factory=True)
            made = None if made is PydanticUndefined else made
        else:
            field = next(f for f in dataclasses.fields(kind) if f.name == name)
            if field.default_factory is not dataclasses.MISSING:
                made = field.default_factory()
            elif field.default is not dataclasses.MISSING:
                made = field.default
        object.__setattr__(value, name, made)
    if hasattr(value, "restore"):
        value.restore()

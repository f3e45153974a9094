"""Named tuples whose classes cost little to make.

`typing.NamedTuple` compiles each annotation and the source of each constructor, in every run:
150 us a class, which is most of what it takes to import a module of ours. A class made here takes
a fifth of it, since constructors of as many fields share their code. To a type checker it is
typing's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from functools import cache
    from itertools import count

    try:
        from _collections import _tuplegetter
    except ImportError:  # not CPython
        from operator import itemgetter

        def _tuplegetter(index, doc):
            return property(itemgetter(index), doc=doc)

    @cache
    def _constructor(size):
        names = [f"_{index}" for index in range(size)]
        values = "".join(f"{name}, " for name in names)
        source = f"lambda _cls, {', '.join(names)}: _new(_cls, ({values}))"
        return eval(source, {"_new": tuple.__new__, "__builtins__": {}})

    def _annotations(body):
        if "__annotate_func__" not in body:
            return body.get("__annotations__", ())
        from annotationlib import Format, call_annotate_function  # since Python 3.14

        return call_annotate_function(body["__annotate_func__"], Format.FORWARDREF)

    class _Record(tuple):
        """What all named tuples have."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"expected {len(cls._fields)} values, got {len(made)}")
            return made

        def _replace(self, /, **changed):
            made = self._make(map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"no such fields: {list(changed)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = zip(self._fields, self, strict=True)
            return (
                f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"
            )

        def __getnewargs__(self):
            return tuple(self)

    class _Definition(type):
        """Of a class that is written below `NamedTuple`; those below it are usual classes."""

        def __new__(cls, name, bases, body):
            fields = tuple(_annotations(body))
            defaults = {field: body.pop(field) for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default behind one that has one")
            template = _constructor(len(fields))
            code = template.__code__.replace(
                co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__"
            )
            new = type(template)(code, template.__globals__, "__new__", tuple(defaults.values()))
            body.update(zip(fields, map(_tuplegetter, count(), map(str, fields)), strict=False))
            body |= {
                "__slots__": (),
                "__new__": new,
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": defaults,
            }
            others = tuple(base for base in bases if base is not _Named)
            return type(name, (_Record, *others), body)

    _Named = type.__new__(_Definition, "NamedTuple", (), {})

    class _Marker:
        """A base that makes a class of fields; no class of its own."""

        def __mro_entries__(self, bases):
            return (_Named,)

    NamedTuple = _Marker()

__all__ = ["NamedTuple"]

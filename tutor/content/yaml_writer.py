"""Course files written so that the reader reads back exactly what was meant."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from tutor.content.schema import Part
from tutor.content.yaml_scalars import resolve

_WIDTH = 100


def write_yaml(part: Part) -> str:
    """`part` (a course, a lesson, a glossary) as YAML, long text in blocks, fields at their default left out."""
    return yaml.dump(
        _plain(part), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH
    )


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        tag = value.__struct_config__.tag
        fields = {
            field.name: _plain(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
            if getattr(value, field.name) != _default(field)
        }
        id = {"id": fields.pop("id")} if "id" in fields else {}
        return {**id, **({"kind": tag} if tag else {}), **fields}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if _is_more_than_text(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _is_more_than_text(text: str) -> bool:
    """Whether the reader would take `text`, unquoted, for a number; YAML 1.1, which PyYAML writes, would not."""
    try:
        return not isinstance(resolve(text), str)
    except ValueError:
        return True


_Dumper.add_representer(str, _text)

"""Reading YAML without its traps: a key given twice is an error, not a silent change of mind."""

from __future__ import annotations

from pathlib import Path
from typing import override

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode

from estate_schema.errors import ConfigurationError


class _StrictLoader(yaml.SafeLoader):
    """The safe loader, refusing repeated keys."""

    @override
    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise ConstructorError(None, None, f"the key {key!r} is not text", key_node.start_mark)
            if key in seen:
                raise ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> object:
    """The one document in the file at *path*.

    Raises:
        ConfigurationError: the file is absent, not UTF-8, not YAML, or has a repeated key.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigurationError(file=path, key="", problem=f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(file=path, key="", problem="is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        raise _unreadable(path, error) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigurationError(file=path, key="", problem="is not YAML") from error


def _unreadable(path: Path, error: yaml.MarkedYAMLError) -> ConfigurationError:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    return ConfigurationError(file=f"{path}:{line}", key="", problem=error.problem or "is not YAML")

"""The tables to be pulled, as YAML: one file a source, `<name>.yml` in the folder of setting `pull_sources`."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from pydantic import ValidationError

from xinshu.collect.puller import PullSource
from xinshu.core.errors import ConflictError, NotFoundError, SettingError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


class UnknownSourceError(NotFoundError):
    """No source has this name."""

    code = "pull_source_unknown"


class SourceInvalidError(SettingError):
    """A source's YAML is written wrongly."""

    code = "pull_source_invalid"


class SourceDisabledError(ConflictError):
    """The source is not to be pulled."""

    code = "pull_source_disabled"


def load_sources(folder: Path) -> list[PullSource]:
    """All sources by name; none where the folder is absent. Raises SourceInvalidError naming the first wrong file."""
    return [_read(path) for path in sorted(folder.glob("*.yml"))]


def load_source(folder: Path, name: str) -> PullSource:
    """One source, whether the others are right or not. Raises UnknownSourceError, SourceInvalidError."""
    path = folder / f"{name}.yml"
    if _NAME.fullmatch(name) is None or not path.is_file():
        known = "、".join(sorted(p.stem for p in folder.glob("*.yml")))
        raise UnknownSourceError(f"没有名为 {name[:64]} 的数据源", hint=f"现有:{known or '无'}(设置 pull_sources)")
    return _read(path)


def enabled_source(folder: Path, name: str) -> PullSource:
    """One source that may be pulled. Raises UnknownSourceError, SourceInvalidError, SourceDisabledError."""
    source = load_source(folder, name)
    if not source.enabled:
        raise SourceDisabledError(f"数据源 {name} 没有启用", hint=f"在 {name}.yml 中写 enabled: true")
    return source


def _read(path: Path) -> PullSource:
    try:
        source = PullSource.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceInvalidError(
            f"数据源文件 {path.name} 无法读取:{error}", hint="检查该文件的权限与 YAML 写法"
        ) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SourceInvalidError(f"数据源文件 {path.name} 有误:{faults}", hint="检查该文件") from error
    if source.name != path.stem:
        raise SourceInvalidError(f"数据源文件 {path.name} 里的 name 是 {source.name}", hint="name 应与文件名相同")
    return source

"""What mkdocs writes itself: the settings page from `Settings`, the catalogue's pages from the definitions.

`python docs/hooks.py` writes docs/settings.md, which is committed and tested to be current; the catalogue's pages exist
in the built site only.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from xinshu.catalogue import Catalogue
from xinshu.catalogue.docs import write_pages
from xinshu.core.settings import ENV_PREFIX, Settings, packaged_definitions

SETTINGS_PAGE = Path(__file__).parent / "settings.md"
GIB = 1024**3

MEANINGS = {
    "home": "数据目录：数据库、数据湖、密钥",
    "database_url": "PostgreSQL（15 及以上）的地址；空：用数据目录下内置的服务",
    "lake_url": "数据湖的位置，任何 fsspec 地址；空：`home/lake`",
    "engine": "批量引擎：`duckdb`、`spark-local` 或 `spark://主机:端口`",
    "engine_memory": "一个归集过程的 DuckDB 可用的内存，超出时落盘",
    "engine_threads": "一个归集过程的 DuckDB 的线程数",
    "host": "监听地址",
    "port": "监听端口",
    "platform_code": "本平台的行政区划代码（GB/T 2260）",
    "platform_name": "本平台的名称",
    "overlay": "启用的省级补充目录，`definitions/overlays` 下的文件夹名；空：不用",
    "definitions": "定义所在的文件夹",
    "pull_sources": "前置机库表的数据源（YAML）所在的文件夹；不写：`definitions` 下的 `pull-sources`",
    "admin_token": "管理员令牌，至少 20 个字符；空：首次启动时生成，存于 `home/admin-token`",
    "upload_max_bytes": "一个文件最大的字节数（收到时）",
    "unpacked_max_bytes": "一个文件解压后最大的字节数",
    "unpack_ratio_max": "解压前后大小之比的上限（防压缩炸弹）",
    "cell_max_chars": "单元格最长的字符数；更长的行被隔离",
    "pool_size": "数据库连接数上限",
    "workers": "`xinshu serve` 的后台任务数；0：另行运行 `xinshu worker`",
    "log_format": "日志形式：`console` 或 `json`",
    "log_level": "记录的最低级别",
}
"""Meaning of each setting in Chinese; the English one is the field's description."""

HEAD = """# 设置 Settings

<!-- Written by `python docs/hooks.py`; do not edit. -->

每项设置都可用环境变量给出，或写进 TOML 文件（`XINSHU_CONFIG` 指明，不写则为当前目录的 `xinshu.toml`，键名如第一列）；
环境变量优先。`xinshu config show` 显示现行的值和来源，秘密只显示 `***`。

*Each setting comes from the environment, else from the TOML file, else its default. Unknown names are reported.*

| 设置 | 环境变量 | 默认值 | 含义 Meaning |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page as it should be. Raises KeyError for a setting without a Chinese meaning."""
    rows = [
        f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | {_default(field.default)} "
        f"| {MEANINGS[name]}<br>*{field.description}* |"
        for name, field in Settings.model_fields.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


def _default(value: Any) -> str:
    if value is PydanticUndefined:  # made at run time
        return "随软件安装的"
    if value is None or value == "":
        return "空"
    if isinstance(value, SecretStr):
        return "`***`"
    if isinstance(value, int) and value >= GIB and value % GIB == 0:
        return f"`{value}`（{value // GIB} GiB）"
    return f"`{value}`"


def on_pre_build(config: Any) -> None:
    """Bring the settings page up to date; untouched when it is, so that `mkdocs serve` does not run in circles."""
    wanted = settings_page()
    if not SETTINGS_PAGE.is_file() or SETTINGS_PAGE.read_text(encoding="utf-8") != wanted:
        SETTINGS_PAGE.write_text(wanted, encoding="utf-8")


def on_files(files: Any, config: Any) -> Any:
    """Add the catalogue's pages to the site."""
    with tempfile.TemporaryDirectory() as scratch:
        for page in write_pages(Catalogue.load(packaged_definitions()), Path(scratch)):
            files.append(File.generated(config, f"catalogue/{page.name}", content=page.read_text(encoding="utf-8")))
    return files


if __name__ == "__main__":
    SETTINGS_PAGE.write_text(settings_page(), encoding="utf-8")

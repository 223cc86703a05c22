"""The one settings class: defaults, then TOML, then environment (`XINSHU_*`).

Every field has a description; `docs/settings.md` is generated from it and a test fails when a setting lacks a page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from xinshu.core.errors import SettingError

ENV_PREFIX = "XINSHU_"


def packaged_definitions() -> Path:
    """Folder of the shipped definitions: inside the wheel, or the checkout's `definitions/`."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_definitions"
    return inside if inside.is_dir() else package.parent.parent / "definitions"


def config_file() -> Path:
    """The TOML file read: `XINSHU_CONFIG`, else `xinshu.toml` in the working folder."""
    return Path(os.environ.get("XINSHU_CONFIG", "xinshu.toml"))


class Settings(BaseSettings):
    """Settings of a node. Environment variables are `XINSHU_` + the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    home: Path = Field(Path("~/.xinshu"), description="Folder of the node's own data (数据目录): database, lake, keys.")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL ≥ 15 as postgresql://user:password@host/db; empty: the embedded server under home.",
    )
    lake_url: str = Field("", description="Where the lake is kept, any fsspec URL; empty: `home/lake`.")
    engine: str = Field("duckdb", description="Batch engine: `duckdb`, `spark-local` or `spark://host:port`.")
    engine_memory: str = Field("256MB", description="Memory that one collection run's DuckDB may use before it spills.")
    engine_threads: int = Field(2, ge=1, le=256, description="Threads of one collection run's DuckDB.")
    host: str = Field("127.0.0.1", description="Address the node listens on.")
    port: int = Field(8848, ge=1, le=65535, description="Port the node listens on.")
    platform_code: str = Field("320000", pattern=r"^\d{6}$", description="Division code of this platform (GB/T 2260).")
    platform_name: str = Field("示范省融资信用服务平台", description="Name of this platform.")
    overlay: str = Field(
        "", description="Overlay of definitions in force, a folder of `definitions/overlays`; empty: none."
    )
    definitions: Path = Field(default_factory=packaged_definitions, description="Folder of the definitions.")
    pull_sources: Path = Field(
        default_factory=lambda given: given.get("definitions", packaged_definitions()) / "pull-sources",
        description="Folder of the front-end tables to be pulled, as YAML; not set: `pull-sources` of the definitions.",
    )
    admin_token: SecretStr | None = Field(
        None, description="Local administrator token; empty: one is made at first start in `home/admin-token`."
    )
    upload_max_bytes: int = Field(20 * 1024**3, ge=1, description="Largest file a batch may have, bytes as sent.")
    unpacked_max_bytes: int = Field(60 * 1024**3, ge=1, description="Largest size of a file after unpacking, bytes.")
    unpack_ratio_max: int = Field(200, ge=2, description="Largest ratio of unpacked to packed size (zip bombs).")
    cell_max_chars: int = Field(
        100_000, ge=100, description="Longest cell accepted, characters; longer ones are set aside."
    )
    pool_size: int = Field(10, ge=5, le=200, description="Most connections to the database.")
    workers: int = Field(
        1, ge=0, le=64, description="Background workers in `xinshu serve`; 0: run `xinshu worker` beside."
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")

    @field_validator("home", "definitions", "pull_sources")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=config_file())

    @property
    def lake(self) -> str:
        """URL of the lake in force."""
        return self.lake_url or str(self.home / "lake")


def load_settings(**overrides: Any) -> Settings:
    """Read the settings in force.

    Raises SettingError naming each wrong value, also for an unknown `XINSHU_*` variable or TOML key.
    """
    known = {ENV_PREFIX + name.upper() for name in Settings.model_fields} | {ENV_PREFIX + "CONFIG"}
    unknown = sorted(k for k in os.environ if k.startswith(ENV_PREFIX) and k not in known)
    if unknown:
        raise SettingError(f"未知的环境变量 {', '.join(unknown)}", hint="用 xinshu config show 查看全部设置项")
    named = os.environ.get("XINSHU_CONFIG")
    if named and not Path(named).is_file():
        raise SettingError(f"XINSHU_CONFIG 指向的文件不存在:{named}", hint="检查路径")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingError(f"设置有误:{faults}", hint="用 xinshu config show 查看全部设置项") from None
    except ValueError as error:
        raise SettingError(f"设置文件 {config_file()} 无法读取:{error}", hint="检查 TOML 语法") from None

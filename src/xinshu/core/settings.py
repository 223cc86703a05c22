"""The one settings class: defaults, then TOML, then environment (`XINSHU_*`).

Every field has a description; `docs/settings.md` is generated from it and a test fails when a setting lacks a page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

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
    sandbox_database_url: SecretStr | None = Field(
        None, description="Database of the sandbox; empty: `<name>_sandbox` on the server of the node's own database."
    )
    lake_url: str = Field("", description="Where the lake is kept, any fsspec URL; empty: `home/lake`.")
    engine: str = Field("duckdb", description="Batch engine: `duckdb`, `spark-local` or `spark://host:port`.")
    engine_memory: str = Field("256MB", description="Memory that one collection run's DuckDB may use before it spills.")
    engine_threads: int = Field(2, ge=1, le=256, description="Threads of one collection run's DuckDB.")
    host: str = Field("127.0.0.1", description="Address the node listens on.")
    port: int = Field(8848, ge=1, le=65535, description="Port the node listens on.")
    tls_certificate: Path | None = Field(
        None, description="Certificate chain of the node, PEM; empty: no TLS (then this machine or a proxy only)."
    )
    tls_key: Path | None = Field(None, description="Private key of the certificate, PEM, closed to other users.")
    tls_key_password: SecretStr | None = Field(None, description="Password of an encrypted private key.")
    tls_min_version: Literal["1.2", "1.3"] = Field("1.2", description="Lowest version of TLS that is spoken.")
    tls_client_certificates: Literal["off", "optional", "required"] = Field(
        "off", description="Client certificates: not asked for, taken when shown, or required of everybody."
    )
    tls_client_ca: Path | None = Field(None, description="Authorities whose client certificates are taken, PEM.")
    trusted_proxies: str = Field(
        "", description="Networks (CIDR, comma) of the reverse proxies whose forwarded headers count; empty: none."
    )
    allow_plain_http: bool = Field(
        False, description="Listen to the network without TLS and without a proxy: for trials only."
    )
    metrics_networks: str = Field(
        "127.0.0.0/8,::1",
        description="Networks (CIDR, comma) of the callers that are shown `/metrics`; empty: nobody is.",
    )
    rate_member: str = Field("6000/minute", description="Requests of one member or firm, all its callers together.")
    rate_caller: str = Field("3000/minute", description="Requests of one account or client system.")
    rate_address: str = Field(
        "600/minute", description="Requests without a valid sign-in from one address (IPv6: /64)."
    )
    rate_sign_in: str = Field(
        "30/minute", description="Attempts to sign in, sign up or get a token from one address (IPv6: /64)."
    )
    body_max_bytes: int = Field(
        1024**2, ge=1024, description="Largest body of a request, bytes; files and rows have limits of their own."
    )
    public_url: str = Field(
        "",
        description="Address under which browsers reach the node, scheme, host and port only; "
        "empty: `http://localhost:<port>`. Passkeys and sign-on are bound to it.",
    )
    sign_on: Path = Field(
        default_factory=lambda given: given.get("home", Path("~/.xinshu").expanduser()) / "sign-on",
        description="Folder of the OpenID Connect providers of members, as YAML; not set: `sign-on` under home.",
    )
    platform_code: str = Field("320000", pattern=r"^\d{6}$", description="Division code of this platform (GB/T 2260).")
    platform_name: str = Field("示范省融资信用服务平台", description="Name of this platform.")
    overlay: str = Field(
        "", description="Overlay of definitions in force, a folder of `definitions/overlays`; empty: none."
    )
    modules: str = Field(
        "", description="Feature modules that are on, their ids separated by commas; empty: all that are defined."
    )
    definitions: Path = Field(default_factory=packaged_definitions, description="Folder of the definitions.")
    pull_sources: Path = Field(
        default_factory=lambda given: given.get("definitions", packaged_definitions()) / "pull-sources",
        description="Folder of the front-end tables to be pulled, as YAML; not set: `pull-sources` of the definitions.",
    )
    trust_anchors: Path = Field(
        default_factory=lambda given: given.get("home", Path("~/.xinshu").expanduser()) / "trust-anchors",
        description="Folder of the authorities (PEM) whose certificates may sign authorisations, with their lists of "
        "revoked ones (.crl); not set: `trust-anchors` under home.",
    )
    report_certificate: Path | None = Field(
        None,
        description="Certificate that signs credit reports: PKCS#12, or PEM (chain) beside `report_key`; "
        "empty: the platform makes one for itself.",
    )
    report_key: Path | None = Field(None, description="Private key of the report certificate, PEM; empty with PKCS#12.")
    report_key_password: SecretStr | None = Field(None, description="Password of the key or of the PKCS#12 file.")
    crypto_suite: Literal["intl", "gm"] = Field(
        "intl", description="Cryptographic suite for what is new: `intl` (AES, SHA-2) or `gm` (SM4, SM3)."
    )
    key_provider: str = Field(
        "file",
        description="Where new key-encryption keys are kept: `file` (home/keys), or a hardware module: "
        "`pkcs11:<module path>?token=<token label>&label=<key label>`.",
    )
    key_provider_pin: SecretStr | None = Field(None, description="PIN of the hardware module.")
    admin_token: SecretStr | None = Field(
        None,
        description="Token that makes the first operator, once; empty: one is made at start, in `home/admin-token`.",
    )
    token_seconds: int = Field(
        600, ge=60, le=3600, description="Seconds for which an access token of a client system is valid."
    )
    session_idle_minutes: int = Field(
        30, ge=1, le=720, description="Minutes without a request after which a person's session ends."
    )
    session_hours: int = Field(12, ge=1, le=168, description="Hours after which a person's session ends in any case.")
    upload_max_bytes: int = Field(20 * 1024**3, ge=1, description="Largest file a batch may have, bytes as sent.")
    unpacked_max_bytes: int = Field(60 * 1024**3, ge=1, description="Largest size of a file after unpacking, bytes.")
    unpack_ratio_max: int = Field(200, ge=2, description="Largest ratio of unpacked to packed size (zip bombs).")
    cell_max_chars: int = Field(
        100_000, ge=100, description="Longest cell accepted, characters; longer ones are set aside."
    )
    batch_result_days: int = Field(
        7, ge=1, le=90, description="Days for which the results of batches of inquiries and of screenings are kept."
    )
    report_days: int = Field(
        90, ge=1, le=1825, description="Days for which the documents of credit reports are kept; their evidence stays."
    )
    screenings_per_day: int = Field(
        50, ge=0, le=10_000, description="Screenings that one member may run a day; 0: none."
    )
    verifications_per_day: int = Field(
        20, ge=0, le=10_000, description="Attempts of one member to verify facts of one subject a day; 0: none."
    )
    evaluation_course_months: int = Field(
        60, ge=1, le=240, description="Months for which the course of evaluations is kept."
    )
    evaluation_objection_days: int = Field(
        20, ge=1, le=60, description="Working days within which an objection to an evaluation is to be decided."
    )
    webhook_ports: str = Field("443", description="Ports at which webhooks may be (comma).")
    webhook_refused_networks: str = Field(
        "", description="Networks (CIDR, comma) that no webhook may be in, besides all that are not public: our own."
    )
    webhook_loopback: bool = Field(
        False, description="Allow webhooks on this machine, over http and at any port: for trials only."
    )
    pool_size: int = Field(10, ge=5, le=200, description="Most connections to the database.")
    workers: int = Field(
        1, ge=0, le=64, description="Background workers in `xinshu serve`; 0: run `xinshu worker` beside."
    )
    log_format: Literal["console", "json"] = Field("console", description="Form of log lines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")

    @field_validator(
        "home", "definitions", "pull_sources", "sign_on", "trust_anchors", "tls_certificate", "tls_key",
        "tls_client_ca", "report_certificate", "report_key",
    )  # fmt: skip
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value is not None else None

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        """As browsers write origins: lower case, no slash at the end, no usual port."""
        origin = value.rstrip("/").lower()
        parts = urlsplit(origin)
        if origin and (parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin):
            raise ValueError("must be http(s)://host[:port], without path")
        if origin and (parts.hostname is None or "@" in parts.netloc):
            raise ValueError("must be http(s)://host[:port], without user")
        usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
        return origin.removesuffix(usual) if usual else origin

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
    def origin(self) -> str:
        """Origin of the node's pages as browsers see it: scheme, host and, where not the usual one, port."""
        return self.public_url or f"http://localhost:{self.port}"

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

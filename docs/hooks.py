"""What mkdocs writes itself: the settings page from `Settings`, the table of rights and the catalogue's pages from the
definitions.

`python docs/hooks.py` writes docs/settings.md and the table in docs/permissions.md, which are committed and tested to
be current; the catalogue's pages exist in the built site only.
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
from xinshu.members.model import MemberKind
from xinshu.members.permissions import Permissions

SETTINGS_PAGE = Path(__file__).parent / "settings.md"
PERMISSIONS_PAGE = Path(__file__).parent / "permissions.md"
TABLE_BEGINS, TABLE_ENDS = "<!-- table begins: python docs/hooks.py -->", "<!-- table ends -->"
GIB = 1024**3

MEANINGS = {
    "home": "数据目录：数据库、数据湖、密钥",
    "database_url": "PostgreSQL（15 及以上）的地址；空：用数据目录下内置的服务",
    "sandbox_database_url": "沙箱的数据库；空：节点数据库所在服务器上的 `<库名>_sandbox`",
    "lake_url": "数据湖的位置，任何 fsspec 地址；空：`home/lake`",
    "engine": "批量引擎：`duckdb`、`spark-local` 或 `spark://主机:端口`",
    "engine_memory": "一个归集过程的 DuckDB 可用的内存，超出时落盘",
    "engine_threads": "一个归集过程的 DuckDB 的线程数",
    "host": "监听地址",
    "port": "监听端口",
    "tls_certificate": "本节点的证书链（PEM）；空：不用 TLS（此时只供本机或经反向代理访问）",
    "tls_key": "证书的私钥（PEM），其他用户不得可读",
    "tls_key_password": "私钥文件的口令",
    "tls_min_version": "可用的 TLS 最低版本",
    "tls_client_certificates": "客户端证书：`off` 不要求，`optional` 出示则查验，`required` 人人必须出示",
    "tls_client_ca": "签发客户端证书的 CA（PEM）",
    "trusted_proxies": "受信任的反向代理的网段（CIDR，逗号分隔），只采信它们转发的地址、协议和证书；空：没有",
    "allow_plain_http": "不用 TLS、不经代理也监听网络：仅供试验",
    "metrics_networks": "可以查看 `/metrics` 的来访网段（CIDR，逗号分隔）；空：谁也不能",
    "rate_member": "一个成员或企业的全部请求的频率上限",
    "rate_caller": "一个账户或系统客户端的请求频率上限",
    "rate_address": "一个地址（IPv6 按 /64）未登录的请求频率上限",
    "rate_sign_in": "一个地址（IPv6 按 /64）登录、注册、取令牌的频率上限",
    "body_max_bytes": "一个请求内容的最大字节数；文件和数据行另有上限",
    "public_url": "浏览器访问本节点的地址，只写协议、主机和端口；空：`http://localhost:<端口>`。通行密钥与统一身份登录以它为准",
    "sign_on": "成员单位统一身份登录（OpenID Connect）的配置（YAML）所在的文件夹；不写：数据目录下的 `sign-on`",
    "platform_code": "本平台的行政区划代码（GB/T 2260）",
    "platform_name": "本平台的名称",
    "overlay": "启用的省级补充目录，`definitions/overlays` 下的文件夹名；空：不用",
    "modules": "启用的特色功能模块，编号用逗号分隔；空：全部启用",
    "definitions": "定义所在的文件夹",
    "pull_sources": "前置机库表的数据源（YAML）所在的文件夹；不写：`definitions` 下的 `pull-sources`",
    "trust_anchors": "可签署授权的证书的签发机构与吊销列表所在的文件夹；不写：数据目录下 `trust-anchors`",
    "report_certificate": "信用报告签章的证书：PKCS#12 文件，或 PEM（证书链）加 `report_key`。不写：平台自制一张",
    "report_key": "报告证书的私钥，PEM；用 PKCS#12 时不写",
    "report_key_password": "报告私钥或 PKCS#12 文件的口令",
    "crypto_suite": "新封存所用的密码套件：`intl`（AES、SHA-2）或 `gm`（国密 SM4、SM3）",
    "key_provider": "新的密钥加密密钥存在哪里：`file`，或密码模块 `pkcs11:<模块路径>?token=<令牌名>&label=<密钥名>`",
    "key_provider_pin": "密码模块的 PIN",
    "admin_token": "初始化令牌，至少 20 个字符，只用一次，建立首个平台管理员；空：启动时生成，存于 `home/admin-token`",
    "token_seconds": "系统客户端的访问令牌的有效秒数",
    "session_idle_minutes": "多少分钟没有操作，人员的登录即结束",
    "session_hours": "登录多少小时后，无论是否操作都须重新登录",
    "upload_max_bytes": "一个文件最大的字节数（收到时）",
    "unpacked_max_bytes": "一个文件解压后最大的字节数",
    "unpack_ratio_max": "解压前后大小之比的上限（防压缩炸弹）",
    "cell_max_chars": "单元格最长的字符数；更长的行被隔离",
    "batch_result_days": "批量查询与筛查的结果保存的天数",
    "report_days": "信用报告的内容保存的天数；到期删除，编号、摘要和存证保留",
    "verifications_per_day": "一个成员每天对一个主体可做的核验次数；0：不可用",
    "screenings_per_day": "一个成员每天可做的筛查次数；0：不可用",
    "evaluation_course_months": "评价变化过程保存的月数",
    "evaluation_objection_days": "评价异议的答复期限，工作日",
    "webhook_ports": "推送接收地址可用的端口（逗号分隔）",
    "webhook_refused_networks": "推送接收地址不得位于的网段（CIDR，逗号分隔），如平台自有网段；非公网地址一律不可",
    "webhook_loopback": "允许推送到本机，可用 http 和任何端口：仅供试验",
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


GROUPS: dict[str, Any] = {
    "平台运营单位 Platform operator": lambda role: MemberKind.OPERATOR in role.of,
    "成员 Members": lambda role: not {MemberKind.OPERATOR, "firm"} & set(role.of),
    "企业 Firms": lambda role: "firm" in role.of,
}
WHEN = {
    "own-member": "本单位",
    "own-item": "本事项",
    "own-division": "本区划",
    "own-subject": "本企业",
    "own-account": "本人",
    "other-person": "他人提出",
    "strong": "强登录",
}


def permissions_page() -> str:
    """The page as it should be, with the table made anew from the definitions."""
    before, _, rest = PERMISSIONS_PAGE.read_text(encoding="utf-8").partition(TABLE_BEGINS)
    _, _, after = rest.partition(TABLE_ENDS)
    table = Permissions.load(packaged_definitions())
    parts = [_rights(table, title, [name for name, role in table.roles.items() if belongs(role)])
             for title, belongs in GROUPS.items()]  # fmt: skip
    return before + "\n\n".join([TABLE_BEGINS, *parts, TABLE_ENDS]) + after


def _rights(table: Permissions, title: str, roles: list[str]) -> str:
    rows = []
    for kind, resource in table.resources.items():
        for action, zh in resource.actions.items():
            cells = [_right(table, role, action, kind) for role in roles]
            if any(cells):
                rows.append(f"| {resource.zh}·{zh}<br>`{kind}: {action}` | " + " | ".join(cells) + " |")
    heads = " | ".join(f"{table.roles[role].zh}<br>`{role}`" for role in roles)
    return "\n".join([f"### {title}\n", f"| | {heads} |", "|---" * (len(roles) + 1) + "|", *rows])


def _right(table: Permissions, role: str, action: str, kind: str) -> str:
    grants = table.grants_for(frozenset({role}), action, kind)
    ways = ("、".join(WHEN[one] for one in grant.when) or "✓" for grant in grants)
    states = ("°" if grant.any_state else "" for grant in grants)
    return " 或 ".join(way + state for way, state in zip(ways, states, strict=True))


PAGES = {SETTINGS_PAGE: settings_page, PERMISSIONS_PAGE: permissions_page}


def on_pre_build(config: Any) -> None:
    """Bring the pages up to date; untouched when they are, so that `mkdocs serve` does not run in circles."""
    for path, page in PAGES.items():
        wanted = page()
        if not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            path.write_text(wanted, encoding="utf-8")


def on_files(files: Any, config: Any) -> Any:
    """Add the catalogue's pages to the site."""
    with tempfile.TemporaryDirectory() as scratch:
        for page in write_pages(Catalogue.load(packaged_definitions()), Path(scratch)):
            files.append(File.generated(config, f"catalogue/{page.name}", content=page.read_text(encoding="utf-8")))
    return files


if __name__ == "__main__":
    on_pre_build(None)

"""A business scope (经营范围) as its clauses, each with what is done: made, developed, served or traded.

A scope is prose of registries: lists whose verbs stand before (销售:甲、乙), behind (甲、乙的生产、销售) or nowhere,
with exclusions (不含…, 除…外) and standing phrases (依法须经批准的项目…). Pure; time linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

LONGEST = 4_000  # characters of a scope that are read
CACHED = 40  # characters of a clause whose reading is remembered
ENDS = 60  # characters at the ends of a clause among which verbs are looked for


class Act(StrEnum):
    """What is done with a thing, most telling first."""

    MAKE = "make"
    RESEARCH = "research"
    SERVICE = "service"
    TRADE = "trade"
    UNSTATED = "unstated"


ACT_NAMES = {
    Act.MAKE: "生产、经营",
    Act.RESEARCH: "研发、设计",
    Act.SERVICE: "服务",
    Act.TRADE: "销售",
    Act.UNSTATED: "未写明做什么",
}

_WRITTEN = """
make 制造 生产 加工 制作 养殖 种植 饲养 繁育 繁殖 栽培 培育 育种 酿造 冶炼 锻造 铸造 组装 装配 建造 修造 封装 采选 开采
make 捕捞 屠宰 制售 产销 放养 养护 种养殖 种养 初加工 深加工 再生利用 综合利用
research 研发 研制 研究 开发 设计 试制 试验 技术开发 技术研发 研究开发
service 安装 维修 维护 服务 咨询 施工 检测 检验 推广 转让 治理 处理 回收 培训 监测 运维 承接 承包 调试 改造 集成 测试
service 交流 管理 保养 修理 运营 投资 建设 托管 策划 处置 运输 认证 评估 技术服务 技术咨询 技术转让 技术推广 技术交流
service 技术支持 应用
trade 销售 批发 零售 经销 经营 购销 代理 代购 代销 贸易 进出口 租赁 出租 采购 供应 收购 专卖 直销 配送 批零 展示 购买
trade 买卖 分销 储存 仓储 售后 出售
"""
_VERBS = {verb: Act(act) for act, *verbs in map(str.split, _WRITTEN.strip().splitlines()) for verb in verbs}
_VERB = "|".join(sorted(map(re.escape, _VERBS), key=len, reverse=True))
_LINK = "以及|及其|及|和|与|或|兼|并|且|的|其|[、:,]"
_FILL = (
    "从事|主要|专业|专门|自主|自产|委托|提供|各类|各种|国内|网上|线上|互联网|通过|利用|进行|开展|相关|有关|配套|技术|"
    "项目|业务|等|一体化|本企业|本公司"
)
_HEAD = re.compile(f"(?:(?:{_VERB})|(?:{_LINK})|(?:{_FILL}))+")
_TAIL = re.compile(f"(?:(?:{_VERB})|(?:{_LINK})|(?:{_FILL}))+$")
_FIND_VERB = re.compile(_VERB)

# Notes in brackets that say how, not what; clauses outside that are no business of their own either.
_NOTE = re.compile(
    "依法|须经|凭.{0,20}(?:证|文件|批)|许可|审批|批准|前置|后置|有效期|限制类|法律|法规|国务院|国家限定|国家有专项|禁止的?不得|"
    "自主选择|具体经营|经营期限|以上|以下|上述|分支机构|不得"
)
_PHRASE = re.compile(
    "依法|须经|凭.{0,20}(?:证|文件|批)|审批|批准|法律|法规|国务院|国家限定|国家有专项|自主选择|具体经营|经营期限|上述|"
    "以[上下](?:经营|项目|范围|各项|商品|凡|涉及)"
)
_NOT = "不含|不包括|不包含|不涉及|不从事|不生产|不经营|不得|不能|不可|不准|无权|禁止|严禁"
_OUT = re.compile(f"{_NOT}|除外|以外|停止|暂停|取消|未经|未取得|^除|除.{{1,30}}外")
_OUT_ON = re.compile(_NOT)  # goes on over a list
_LABEL = re.compile(
    "(?:一般|许可|前置|后置)?(?:经营|许可|审批)?(?:项目|范围)(?:为|是)?:|(?:主营|兼营):?|^[A-Z]?[0-9]{1,3}[-.、](?![0-9])"
)
_GENERIC = re.compile(
    "各类(?:商品|产品|货物)|(?:货物|商品)(?:及|和|与|、)?(?:技术)?的?进出口|技术进出口|本企业自产|市场主体自主"
)
_SEGMENT = re.compile("[;。!?\n]")
_TOKEN = re.compile("[、,]")


@dataclass(frozen=True)
class Clause:
    """One thing or activity of a scope. `place`: how many came before it; `text`: as written, cleaned; `acts`: what is
    done with it, its own verbs or those of its list; `out`: excluded, or a standing phrase."""

    text: str
    place: int
    acts: frozenset[Act] = frozenset()
    out: bool = False


def clean(text: str) -> str:
    """Half-width, without spaces and ornaments, cut at `LONGEST`."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    plain = re.sub(r"[\s*※★#\u200b\ufeff\x00-\x08\x0e-\x1f]", "", plain[:LONGEST])
    plain = plain.translate(_BRACKETS)
    return "" if plain.upper() in ("N/A", "无", "NULL", "-") else plain


_BRACKETS = str.maketrans("[]【】〔〕﹝﹞", "()()()()")


def clauses(scope: str) -> tuple[Clause, ...]:
    """The clauses of a scope, in their order; what is excluded is marked."""
    outer, inner = _unbracketed(clean(scope))
    found: list[Clause] = []
    for segment in _SEGMENT.split(outer):
        found += _segment(segment, len(found))
    for part in inner:  # what stands in brackets is named beside the thing, not first
        for segment in _SEGMENT.split(part):
            found += _segment(segment, len(found))
    return tuple(found)


def _unbracketed(text: str) -> tuple[str, list[str]]:
    """The text without what stands in brackets, and of that what is no mere note. Unclosed brackets are separators."""
    outside: list[list[str]] = [[]]
    inside: list[str] = []
    for mark in text:
        if mark == "(":
            outside.append([])
        elif mark == ")" and len(outside) > 1:
            part = "".join(outside.pop())
            if not _NOTE.search(part) and not _OUT.search(part):
                inside.append(re.sub("^(?:仅限|含|包括|包含|限|其中:?)", "", part))
        elif mark == ")":
            outside[-1].append(";")
        else:
            outside[-1].append(mark)
    return ";".join("".join(part) for part in outside), [part for part in inside if part]


def _segment(segment: str, place: int) -> list[Clause]:
    """The clauses of a sentence: verbs before a list hold for all of it, verbs behind it for what is before them."""
    tokens = [token for token in _TOKEN.split(_LABEL.sub("", segment)) if token]
    found: list[Clause] = []
    leading: set[Act] = set()  # verbs before the list
    standing: set[Act] = set()  # pure verbs met before any thing
    open_: list[int] = []  # clauses whose verbs are still to come
    group: list[int] = []  # clauses to which verbs that follow belong
    out = between = False
    for token in tokens:
        between = between or token.startswith("除")
        excluded = out or between or _OUT.search(token) is not None or _PHRASE.search(token) is not None
        out = out or _OUT_ON.search(token) is not None
        if between and re.search("外(?:的|$)", token):
            between = False
        text, head, tail = _verbs(token)
        if excluded or _GENERIC.search(token):
            found.append(Clause(text or token, place + len(found), out=True))
            continue
        if text == "":  # verbs alone
            verbs = head | tail
            if group:
                for number in group:
                    if not verbs <= found[number].acts:
                        found[number] = replace(found[number], acts=found[number].acts | verbs)
            else:
                standing |= verbs
            continue
        if head:
            leading, open_ = head | standing, []
        elif standing:
            leading = set(standing)
        standing = set()
        number = len(found)
        if tail:
            own = tail | (head if head else set())
            found.append(Clause(token, place + number, frozenset(own)))
            group = [*open_, number]
            for earlier in open_:
                found[earlier] = replace(found[earlier], acts=frozenset(tail))
            open_ = []
            leading = leading if head else set()
        elif leading:
            found.append(Clause(token, place + number, frozenset(leading)))
            group = []
        else:
            found.append(Clause(token, place + number))
            open_.append(number)
            group = list(open_)
    return found


def _verbs(token: str) -> tuple[str, set[Act], set[Act]]:
    text, head, tail = _ends(token) if len(token) > CACHED else _known_ends(token)
    return text, set(head), set(tail)


def _ends(token: str) -> tuple[str, frozenset[Act], frozenset[Act]]:
    """What is left of a token without the verbs at both ends ("" where it is nothing but verbs), and those verbs."""
    head = _HEAD.match(token, 0, ENDS)
    at = head.end() if head is not None else 0
    if at == len(token):
        acts = acts_of(token)
        return ("", acts, acts) if acts else (token, frozenset(), frozenset())
    tail = _TAIL.search(token, max(at, len(token) - ENDS))
    return token, acts_of(token[:at]), acts_of(token[tail.start() :]) if tail is not None else frozenset()


_known_ends = lru_cache(50_000)(_ends)  # standing clauses come again and again


def acts_of(text: str) -> frozenset[Act]:
    """Every verb within a text."""
    return frozenset(_VERBS[verb] for verb in _FIND_VERB.findall(text))


def chief(acts: frozenset[Act]) -> Act:
    """The most telling of several."""
    return next((act for act in Act if act in acts), Act.UNSTATED)


def verbs_after(text: str, at: int) -> frozenset[Act]:
    """The verbs that follow right behind a place."""
    found = _HEAD.match(text, at, at + ENDS)
    return acts_of(found[0]) if found is not None else frozenset()

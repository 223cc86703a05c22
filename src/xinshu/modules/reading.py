"""What a scope says of a module: its phrases, each with what is done. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xinshu.modules.lexicon import Entry, Hit, Lexicon
from xinshu.modules.model import WordFile
from xinshu.modules.scope import Act, Clause, chief, verbs_after

# What may follow an activity without making a thing of it.
_REST = re.compile(
    "(?:项目|工程|系统|电站|业务|服务|运营|建设|施工|设施|经营|管理|作业|基地|园区|投资|开发|设计|运行|维护|承包|总承包|专业|销售|加工|生产|"
    "收购|收储|及|和|与|的|等|以及|一体化)*"
)
_ADVICE = re.compile("咨询|推广|转让|培训|交流|代理|投资|策划|评估|技术服务|信息|软件|平台|中介|评价")


@dataclass(frozen=True)
class Said:
    """A phrase of the group of words `group`, the clause it stands in, what is done, its place in the scope."""

    group: int
    phrase: str
    text: str
    act: Act
    place: int


def said(lexicon: Lexicon, module: str, words: WordFile, spoken: Sequence[Clause]) -> list[Said]:
    """Every phrase of a module in the clauses that are not excluded."""
    found = []
    for clause in spoken:
        if clause.out:
            continue
        for hit, entry in lexicon.hits(clause.text).get(module, ()):
            if entry.kind == "generic" or _unless(words, entry, clause):
                continue
            act = _activity(hit, clause) if entry.kind == "activity" else _object(hit, clause)
            found.append(Said(entry.group, hit.phrase, clause.text, act, clause.place))
    return found


def _unless(words: WordFile, entry: Entry, clause: Clause) -> bool:
    return any(word in clause.text for word in words.words[entry.group].unless)


def _object(hit: Hit, clause: Clause) -> Act:
    """Verbs right behind the thing come before those of the whole list."""
    near = verbs_after(clause.text, hit.end)
    if near and hit.end < len(clause.text):
        rest = clause.acts if near <= clause.acts else frozenset()
        return chief(frozenset(near | rest))
    return chief(clause.acts)


def _activity(hit: Hit, clause: Clause) -> Act:
    rest = clause.text[hit.end :]
    if _ADVICE.search(rest):
        return Act.SERVICE
    if _REST.fullmatch(rest):
        return Act.MAKE
    return _object(hit, clause)

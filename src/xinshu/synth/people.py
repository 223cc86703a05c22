"""Invented persons: every given name begins with 虚 or 拟, so that no row can be taken for a real person."""

from __future__ import annotations

import numpy as np

from xinshu.synth.draws import Draws, Ints
from xinshu.synth.text import Column, digits, join, lookup

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺顾毛郝龚邵"
)
_MARKS = "虚拟"
_GIVEN = (
    "安宁远明华英杰强军平红梅兰文武志勇刚健民生国立新成海波涛洋峰岩林森木春夏秋冬晨曦朝阳晓月星辰雨雪云霞"
    "霖润泽源清洁净良德仁义礼智信诚毅恒坚忠孝敬谦和顺康乐福禄祥瑞嘉佳美丽婷娟慧敏颖聪思雅静怡欣悦"
)

_SURNAME_LIST = tuple(_SURNAMES)
_GIVEN_LIST = tuple(_GIVEN)
_MARK_LIST = tuple(_MARKS)

BORN_FROM, BORN_TO = -7305, 11687  # 1950-01-01 to 2001-12-31


def person_names(draws: Draws, person: Ints) -> Column:
    """Names of the persons with these keys, such as 王虚宁."""
    surname = lookup(_SURNAME_LIST, draws.below(len(_SURNAME_LIST), "surname", person))
    mark = lookup(_MARK_LIST, draws.below(2, "name mark", person))
    given = lookup(_GIVEN_LIST, draws.below(len(_GIVEN_LIST), "given name", person))
    return join(surname, mark, given)


def birthdays(draws: Draws, person: Ints) -> Ints:
    """Day numbers of birth: adults of working age."""
    return draws.between(BORN_FROM, BORN_TO, "born", person)


def sequences(draws: Draws, person: Ints) -> Ints:
    """Sequence numbers inside citizen numbers; those up to 884 are left to farmers, whose numbers must be unique."""
    return 885 + draws.below(115, "citizen sequence", person)


def phones(draws: Draws, person: Ints) -> Column:
    """Mobile numbers 1990000xxxx, a block used here for inventions only."""
    return join("1990000", digits(draws.below(10000, "phone", person), 4))


def person_keys(draws: Draws, role: str, *counters: Ints) -> Ints:
    """Keys of the persons in a role; equal keys are the same person."""
    return (draws.bits(f"person/{role}", *counters) >> np.uint64(2)).astype(np.int64)


def name_ids(draws: Draws, person: Ints) -> Ints:
    """Equal for persons of the same name."""
    surname = draws.below(len(_SURNAME_LIST), "surname", person)
    mark = draws.below(2, "name mark", person)
    return (surname * 2 + mark) * len(_GIVEN_LIST) + draws.below(len(_GIVEN_LIST), "given name", person)

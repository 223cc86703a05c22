"""The words of the document itself, in both languages."""

from __future__ import annotations

from typing import Literal

from xinshu.report.model import Change, ItemState, Text

Lang = Literal["zh", "en"]


def _(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


TITLE = _("公共信用信息报告", "Public Credit Information Report")
NUMBER = _("报告编号", "Report number")
CHECK_CODE = _("核验码", "Verification code")
ISSUER = _("出具单位", "Issued by")
ISSUED_AT = _("出具时间", "Issued at")
AS_OF = _("信息截至", "Information as of")
SINCE = _("比较起始日", "Compared with")
VARIANT = _("报告版本", "Variant")
LAYOUT = _("版式", "Layout")
PURPOSE = _("查询用途", "Purpose")
READER = _("查询方", "Obtained by")
SCAN = _("扫码核验", "Scan to verify")
CHINA_TIME = _("北京时间", "China Standard Time")
PAGE = _("第 {} 页,共 {} 页", "Page {} of {}")

SUBJECT = _("信用主体", "Credit subject")
NAME = _("名称", "Name")
CODE = _("统一社会信用代码", "Unified social credit code")
OLD_NUMBER = _("原注册号", "Former registration number")
KIND = _("主体类型", "Kind")
DIVISION = _("所在地区", "Division")
INDUSTRY = _("所属行业", "Industry")
STATUS = _("登记状态", "Registration status")
SIZE = _("规模", "Size")

GRADE = _("信用评价等级", "Evaluation grade")
COVERAGE = _("信息覆盖率", "Coverage")
FRESHEST = _("最近归集", "Freshest information")
OLDEST = _("最早归集", "Oldest information")
DISPUTED_FACTS = _("异议中的记录", "Disputed records")
REFUSED_ITEMS = _("未提供的事项", "Items not given")
GLANCE = _("概览", "At a glance")

RECORDS = _("共 {} 条", "{} records")
SOME = _("共 {} 条,本报告列出 {} 条", "{} of which this report lists {}")
UPDATED = _("更新于 {}", "updated {}")
CONSENT = _("依据授权 {}", "under authorisation {}")
ORIGIN = _("来源与日期", "Origin and date")
FIRST_SEEN = _("{} 归集", "collected {}")
BATCH = _("批次 {}", "batch {}")
SAME = _("各条相同:{}", "The same in all records: {}")
EMPTY_COLUMNS = _("各条记录均无内容的栏目:{}", "Columns without content in any record: {}")
ITEM = _("事项", "Item")
REASON = _("原因", "Reason")
NOT_GIVEN = _("未提供的事项及原因", "Items not given, and why")
NONE_KNOWN = _("平台没有记录的事项:{}", "Items of which the platform has no records: {}")
NO_RECORD = _("没有记录", "No records")
RECORD = _("第 {} 条", "Record {}")

RELATIONS = _("关联关系", "Relations")
RELATION = _("关系", "Relation")
ROLE = _("身份", "Role")
SHARE = _("比例", "Share")
THEIR_CODE = _("代码", "Code")
FACT_OF = _("依据事项", "Item")

MODEL = _("评价模型", "Model")
SCORE = _("得分", "Score")
VALID_TO = _("评价有效至", "Valid to")
DIMENSIONS = _("各维度得分", "Points by dimension")
VETOES = _("一票否决", "Vetoes")
RAISED = _("得分的原因", "What raised the score")
LOWERED = _("失分的原因", "What lowered the score")
CHANGES = _("怎样改变", "What would change it")
MISSING = _("没有数据的指标", "Indicators without data")
WITHHELD = _(
    "另有 {} 项指标所依据的信息未向查询方提供,不列出理由。",
    "{} more indicators rest on information that is not given to this reader.",
)
POINTS = _("分", "points")

TOTALS = _("数量汇总", "Totals")
NOTICES = _("说明与权利告知", "Notes and rights")
COUNT_OF = _("统计项", "Total of")
COUNT = _("数量", "Count")
QUALITY = _("信息质量", "Quality of the information")
CLASS = _("信息类别", "Class")
ITEMS = _("事项数", "Items")
HELD = _("有记录", "Held")
GIVEN = _("可提供", "Given")
OVERDUE = _("超过更新周期的事项:{}", "Items past their update cycle: {}")
NO_CHART = _("没有可以绘制的数值", "No figures to draw")
CHART_OF = _("{}(单位:{})", "{} (unit: {})")
NO_VALUE = _("无", "none")

DISPUTED = _("异议中", "Disputed")
STATES: dict[ItemState, Text] = {
    ItemState.GIVEN: _("已提供", "Given"),
    ItemState.MASKED: _("已脱敏", "Masked"),
    ItemState.CUT: _("部分提供", "In part"),
    ItemState.NONE: _("没有记录", "No records"),
    ItemState.REFUSED: _("未提供", "Not given"),
}
CHANGES_OF: dict[Change, Text] = {
    Change.ADDED: _("新增", "Added"),
    Change.CHANGED: _("变更", "Changed"),
    Change.ENDED: _("终止", "Ended"),
    Change.REMOVED: _("移除", "Removed"),
}

NUMERALS = "〇一二三四五六七八九"


def say(text: Text, lang: Lang, *values: object) -> str:
    """A text in one language, with its values."""
    chosen = text.zh if lang == "zh" else text.en
    return chosen.format(*values) if values else chosen


def joined(texts: list[str], lang: Lang) -> str:
    """A list within a sentence; names of items have commas of their own."""
    return (";" if lang == "zh" else "; ").join(texts)


def ordinal(number: int, lang: Lang) -> str:
    """The number of a section: 一、 … 九十九、 in Chinese."""
    if lang == "en":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else ("" if tens == 1 else NUMERALS[tens]) + "十"
    return f"{ten}{NUMERALS[ones] if ones else ''}、"

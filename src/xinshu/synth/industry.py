"""Which industries firms are in (GB/T 4754-2017) and which figures make them large or small (`core.sizes`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xinshu.core.industries import Industries
from xinshu.core.sizes import SizeClass, SizeRow, Sizes
from xinshu.synth.draws import Floats, Ints

# division, weight among companies, weight among 个体工商户, parts of trade words that fit it.
# Shares follow the order of magnitude of the economic censuses; they are not statistics.
_SHARES = """
A01 1.2 1.5 农业 种植 果蔬|A03 0.5 1.0 养殖 畜牧 农牧|A04 0.3 0.5 渔业 水产|A05 0.4 0.3 农机 农林
B10 0.1 0.0 石材 矿业|C13 0.8 0.8 食品 粮油 肉制品 豆制品|C14 0.5 0.4 食品 乳品
C15 0.3 0.2 饮料 饮品 酿酒|C17 1.2 0.4 纺织 织造 针织|C18 1.0 0.6 服装 服饰 制衣
C19 0.4 0.2 皮革 鞋业 箱包|C20 0.5 0.4 木业 板材|C21 0.4 0.3 家具|C22 0.4 0.1 纸业 纸制品
C23 0.5 0.2 印刷 彩印|C24 0.4 0.2 文体 玩具 工艺品|C26 1.0 0.1 化工 涂料 颜料
C27 0.3 0.0 制药 药业 生物医药|C29 1.3 0.4 塑料 橡塑 橡胶|C30 0.9 0.3 建材 玻璃 陶瓷 水泥
C31 0.2 0.0 钢铁 特钢|C32 0.3 0.0 铝业 铜业 有色金属|C33 2.0 0.8 金属制品 五金 钢结构
C34 2.4 0.5 机械 泵业 阀门 轴承|C35 1.5 0.2 机械设备 工程机械|C36 0.9 0.1 汽车零部件 汽车配件
C37 0.3 0.1 船舶 轨道交通 电动车|C38 1.3 0.2 电气 电缆 照明|C39 0.9 0.1 电子 半导体 光电
C40 0.4 0.0 仪器 仪表|C42 0.2 0.2 再生资源 回收|D44 0.2 0.0 电力 光伏 热力|D45 0.1 0.0 燃气
D46 0.1 0.0 供水 净化|E47 1.6 0.2 建筑工程 建设工程|E48 1.4 0.1 市政 路桥 公路工程
E49 1.6 0.6 安装 机电工程 消防工程|E50 2.2 1.2 装饰 装潢|F51 14.0 12.0 贸易 商贸 物资 经贸 科贸
F52 8.0 34.0 百货 超市 日用品 烟酒 副食 服饰 水果 文具|G54 2.0 2.5 运输 货运|G55 0.1 0.1 航运 船务
G58 0.9 0.4 物流 货代|G59 0.5 0.1 仓储 储运|G60 0.2 0.2 快递 速递 配送|H61 0.5 1.2 酒店
H62 1.6 13.0 餐饮 饮品 煮粉 咖啡|I63 0.2 0.1 通信 电信服务|I64 1.6 0.3 网络 互联网
I65 4.6 0.4 软件 信息 计算机 智能|J69 0.2 0.0 金融信息 投资|K70 2.4 0.7 物业 置业 房产|L71 1.2 1.2 租赁
L72 9.0 3.0 咨询 商务 策划 广告 人力资源|M73 1.2 0.0 研发 生物科技|M74 3.0 0.4 检测 工程设计 工程技术
M75 4.8 0.3 科技 技术开发|N77 0.6 0.1 环保 环境|N78 0.5 0.1 园林 绿化 保洁|O80 0.8 5.0 家政 美容 摄影
O81 0.7 4.0 维修 汽车修理|O82 0.3 2.0 清洁 清洗|P83 0.9 0.7 教育 培训|Q84 0.3 0.8 医疗 康复
R87 0.3 0.1 影视 广播|R88 0.9 0.5 文化 艺术|R89 0.2 0.3 体育 健身|R90 0.5 1.0 娱乐 旅游
"""

_INDICATORS = ("employees", "revenue", "assets")
_CLASSES = (SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE)


@dataclass(frozen=True)
class IndustryMix:
    """Industry divisions with classes, weights and size bounds; arrays run over divisions unless said otherwise."""

    divisions: tuple[str, ...]  # C34
    names: tuple[str, ...]  # of the divisions
    company_weight: Floats
    household_weight: Floats  # among 个体工商户
    keywords: tuple[tuple[str, ...], ...]
    class_start: Ints
    class_count: Ints
    class_codes: tuple[str, ...]  # flat, C3411
    class_names: tuple[str, ...]
    class_bounds: Floats  # flat class × (employees, revenue, assets) × (small, medium, large); NaN: not an indicator

    @property
    def sections(self) -> tuple[str, ...]:
        """Section letter of each division."""
        return tuple(code[0] for code in self.divisions)


def _bounds(row: SizeRow | None) -> Floats:
    """Lower bounds of small, medium and large by indicator; NaN where the standard does not look at it."""
    table = np.full((len(_INDICATORS), len(_CLASSES)), np.nan)
    if row is not None:
        for size, bounds in row.bounds:
            for figure, bound in zip(row.figures, bounds, strict=True):
                table[_INDICATORS.index(figure), _CLASSES.index(size)] = bound
    return table


@lru_cache(maxsize=2)
def load_industries(definitions: Path) -> IndustryMix:
    """The mix over the industries of `definitions`. Raises ReferenceDataError."""
    known = Industries.load(definitions)
    sizes = Sizes.load(definitions, known)
    shares = [entry.split() for line in _SHARES.strip().splitlines() for entry in line.split("|")]
    starts: list[int] = []
    codes: list[str] = []
    for division, *_ in shares:
        starts.append(len(codes))
        codes.extend(sorted(i.code for i in known if i.level == "class" and i.code.startswith(division)))
    return IndustryMix(
        divisions=tuple(entry[0] for entry in shares),
        names=tuple(known.name_of(entry[0]) for entry in shares),
        company_weight=np.array([float(entry[1]) for entry in shares]),
        household_weight=np.array([float(entry[2]) for entry in shares]),
        keywords=tuple(tuple(entry[3:]) for entry in shares),
        class_start=np.array(starts, dtype=np.int64),
        class_count=np.array([end - start for start, end in zip(starts, [*starts[1:], len(codes)], strict=True)]),
        class_codes=tuple(codes),
        class_names=tuple(known.name_of(code) for code in codes),
        class_bounds=np.array([_bounds(sizes.row_of(code)) for code in codes]),
    )

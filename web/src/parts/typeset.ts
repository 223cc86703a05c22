const FULL: Readonly<Record<string, string>> = {
  ",": "，",
  ":": "：",
  ";": "；",
  "?": "？",
  "!": "！",
  "(": "（",
  ")": "）",
};
const HAN = "[\\u3400-\\u9fff\\u3001-\\u303f\\uff00-\\uffef“”‘’]";
const AFTER_HAN = new RegExp(`(?<=${HAN})[,:;?!()]`, "g");
const HALF_OPEN = /\(([^（）()]*)）/g;
const HALF_CLOSED = /（([^（）()]*)\)/g;
const BEFORE_HAN = new RegExp(`[,:;?!()](?=${HAN})`, "g");

/** Chinese text with the punctuation of Chinese: the interface writes that of ASCII. Other languages stay as they are. */
export function typeset(text: string): string {
  if (!/[\u4e00-\u9fff]/.test(text)) return text;
  const full = (mark: string) => FULL[mark] ?? mark;
  return text
    .replace(AFTER_HAN, full)
    .replace(BEFORE_HAN, full)
    .replace(HALF_CLOSED, "（$1）")
    .replace(HALF_OPEN, "（$1）");
}

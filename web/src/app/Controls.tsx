import { DesktopOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { type ThemeChoice, useAppearance } from "../design/appearance";
import { useLanguage, useWords } from "../i18n/words";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: <DesktopOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> };

/** Language and appearance, on every page. */
export function Controls() {
  const { shell } = useWords();
  const { language, speak } = useLanguage();
  const { choice, choose } = useAppearance();
  const label = `${shell.themeLabel}: ${shell.theme[choice]}`;
  return (
    <>
      <Button
        type="text"
        lang={language === "zh" ? "en" : "zh-CN"}
        aria-label={shell.languageLabel}
        onClick={() => speak(language === "zh" ? "en" : "zh")}
      >
        {shell.language}
      </Button>
      <Button
        type="text"
        aria-label={label}
        title={label}
        icon={ICONS[choice]}
        onClick={() => choose(NEXT[choice])}
      />
    </>
  );
}

import { MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";

import { type ThemeChoice, useAppearance } from "../design/appearance";
import { useLanguage, useWords } from "../i18n/words";

/** Language and appearance, on every page. */
export function Controls() {
  const { shell } = useWords();
  const { language, speak } = useLanguage();
  const { choice, isDark, choose } = useAppearance();
  const choices: ThemeChoice[] = ["light", "dark", "system"];
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
      <Dropdown
        trigger={["click"]}
        menu={{
          items: choices.map((key) => ({ key, label: shell.theme[key] })),
          selectable: true,
          selectedKeys: [choice],
          onClick: ({ key }) => {
            const chosen = choices.find((one) => one === key);
            if (chosen !== undefined) choose(chosen);
          },
        }}
      >
        <Button
          type="text"
          aria-label={shell.themeLabel}
          icon={isDark ? <MoonOutlined /> : <SunOutlined />}
        />
      </Dropdown>
    </>
  );
}

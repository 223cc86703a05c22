import { ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import type { Locale } from "antd/es/locale";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";

import { remember, remembered } from "../app/memory";
import { useLanguage } from "../i18n/words";
import { NONCE } from "./nonce";
import { antTheme } from "./theme";
import { dark, light, paint } from "./tokens";

export type ThemeChoice = "light" | "dark" | "system";

interface Appearance {
  choice: ThemeChoice;
  isDark: boolean;
  choose: (choice: ThemeChoice) => void;
}

const AppearanceContext = createContext<Appearance>({
  choice: "system",
  isDark: false,
  choose: () => undefined,
});
const SYSTEM = "(prefers-color-scheme: dark)";
const STILL = "(prefers-reduced-motion: reduce)";

/** Colours, type and Ant Design's own words, in light or dark and in the language in force. */
export function Dressed({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(readChoice);
  const systemDark = useMatch(SYSTEM);
  const isStill = useMatch(STILL);
  const isDark = choice === "dark" || (choice === "system" && systemDark);
  const palette = isDark ? dark : light;
  const locale = useAntLocale();

  useEffect(() => {
    paint(palette, document.documentElement);
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
  }, [palette, isDark]);

  const appearance = useMemo<Appearance>(
    () => ({
      choice,
      isDark,
      choose: (chosen) => {
        remember("theme", chosen);
        setChoice(chosen);
      },
    }),
    [choice, isDark],
  );
  return (
    <AppearanceContext value={appearance}>
      <ConfigProvider
        theme={antTheme(palette, isDark, isStill)}
        csp={{ nonce: NONCE }}
        button={{ autoInsertSpace: false }}
        {...(locale ? { locale } : {})}
      >
        {children}
      </ConfigProvider>
    </AppearanceContext>
  );
}

/** Light or dark, and the way to change it. */
export function useAppearance(): Appearance {
  return use(AppearanceContext);
}

/** Whether a media query holds, kept current. */
export function useMatch(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => setHolds(list.matches);
    look();
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, [query]);
  return holds;
}

function readChoice(): ThemeChoice {
  const kept = remembered("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Ant Design's own words: Chinese with the page, English (its default) when chosen. */
function useAntLocale(): Locale | undefined {
  const { language } = useLanguage();
  useEffect(() => {
    dayjs.locale(language === "zh" ? "zh-cn" : "en");
  }, [language]);
  return language === "zh" ? zhCN : undefined;
}

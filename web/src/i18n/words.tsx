import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";

import { remember, remembered } from "../app/memory";
import type { Shape } from "./shape";
import { zh } from "./zh";

export type Words = Shape<typeof zh>;
export type Language = "zh" | "en";

interface Speech {
  language: Language;
  words: Words;
  speak: (language: Language) => void;
}

const SpeechContext = createContext<Speech>({ language: "zh", words: zh, speak: () => undefined });

/** Gives the words of the chosen language to everything inside; English is loaded when first chosen. */
export function Speaking({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => (remembered("language") === "en" ? "en" : "zh"));
  const [english, setEnglish] = useState<Words | null>(null);

  useEffect(() => {
    if (language === "en" && english === null) void import("./en").then((loaded) => setEnglish(loaded.en));
  }, [language, english]);

  const words = language === "en" && english !== null ? english : zh;
  useEffect(() => {
    document.documentElement.lang = words === zh ? "zh-CN" : "en";
  }, [words]);

  const speech = useMemo<Speech>(
    () => ({
      language: words === zh ? "zh" : "en",
      words,
      speak: (chosen) => {
        remember("language", chosen);
        setLanguage(chosen);
      },
    }),
    [words],
  );
  if (language === "en" && english === null) return null;
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** The words of the language in force. */
export function useWords(): Words {
  return use(SpeechContext).words;
}

/** The language in force and the way to change it. */
export function useLanguage(): Pick<Speech, "language" | "speak"> {
  return use(SpeechContext);
}

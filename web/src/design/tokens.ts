// The design language in numbers; what it means and when to use what is in web/README.md.

export interface Palette {
  ground: string; // behind everything
  surface: string; // cards, fields, menus
  sunken: string; // quiet areas inside a surface
  ink: string; // text
  ink2: string; // secondary text
  ink3: string; // labels, hints: still ≥ 4.5 : 1 on ground
  line: string; // hairlines
  edge: string; // borders of fields: ≥ 3 : 1 on surface
  accent: string; // the one accent: actions, links, where one is
  accentStrong: string; // accent under the pointer
  accentSoft: string; // ground of what is chosen
  onAccent: string; // text on accent
  good: string;
  goodSoft: string;
  wait: string;
  waitSoft: string;
  bad: string;
  badSoft: string;
  seal: string; // the vermilion of a seal: ornament only, never a state
}

export const light: Palette = {
  ground: "#f5f6f4",
  surface: "#ffffff",
  sunken: "#f0f2f0",
  ink: "#17212b",
  ink2: "#445059",
  ink3: "#5f6a73",
  line: "#dfe3e1",
  edge: "#88939a",
  accent: "#0d5a73",
  accentStrong: "#083f52",
  accentSoft: "#e4eff3",
  onAccent: "#ffffff",
  good: "#1f6b43",
  goodSoft: "#e5f2ea",
  wait: "#875400",
  waitSoft: "#fbf1de",
  bad: "#ad241c",
  badSoft: "#fbeae8",
  seal: "#b5392b",
};

export const dark: Palette = {
  ground: "#10161a",
  surface: "#182026",
  sunken: "#131a1f",
  ink: "#e9eef0",
  ink2: "#bcc7cd",
  ink3: "#97a4ab",
  line: "#2b363d",
  edge: "#6b7a83",
  accent: "#6cc0d8",
  accentStrong: "#98d5e6",
  accentSoft: "#17323c",
  onAccent: "#06222b",
  good: "#74c79a",
  goodSoft: "#16301f",
  wait: "#e3b25f",
  waitSoft: "#33270f",
  bad: "#f28b82",
  badSoft: "#3a1b19",
  seal: "#d9695b",
};

export const space = { xs: 4, s: 8, m: 16, l: 24, xl: 40, xxl: 72 } as const;

export const fonts = {
  text: `-apple-system, "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Segoe UI", sans-serif`,
  title: `"Songti SC", "Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "PingFang SC", "Microsoft YaHei UI", serif`,
  code: `ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "Roboto Mono", "DejaVu Sans Mono", monospace`,
} as const;

export const radius = 6;

/** Puts the palette into CSS variables, `--ink`, `--accent-soft` …, so that one file names the colours. */
export function paint(palette: Palette, root: HTMLElement): void {
  for (const [name, colour] of Object.entries(palette)) {
    const dashed = name.replace(/[A-Z0-9]/g, (c) => `-${c.toLowerCase()}`);
    root.style.setProperty(`--${dashed}`, String(colour));
  }
  for (const [name, family] of Object.entries(fonts)) root.style.setProperty(`--font-${name}`, family);
}

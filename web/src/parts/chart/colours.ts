// Colours of series: azurite first, then mineral pigments; at least 3 : 1 on the surface, told apart also when grey.

const LIGHT = ["#0d5a73", "#b8722c", "#5b8c5a", "#8a5a83", "#5f6a73", "#3f8fae"];
const DARK = ["#6cc0d8", "#e3b25f", "#83bf8d", "#c99bc2", "#97a4ab", "#4a93ad"];

/** Colours in the order of series; with more series than colours they begin again. */
export function series(isDark: boolean): string[] {
  return isDark ? DARK : LIGHT;
}

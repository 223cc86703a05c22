import { strToU8, zipSync, type Zippable } from "fflate/browser";

/**
 * Stands in for `fflate` in the browser's build (`vite.config.ts`): packs where it is called. The library's own `zip`
 * starts workers from `blob:` addresses for anything longer than 160 kB, and the policy of our pages admits none.
 */
export function zip(files: Zippable, done: (fault: Error | null, packed: Uint8Array) => void): void {
  done(null, zipSync(files));
}

export { strToU8, zipSync };

import { save } from "../../parts/xlsx/save";

/** Hands a text to the person as a file. */
export function keepAs(name: string, text: string): void {
  save(new Blob([text], { type: "text/plain;charset=utf-8" }), name);
}

import { save } from "./xlsx/save";

/** Gives the person a file with a JSON document, as it is. */
export function saveJson(document: unknown, name: string): void {
  save(new Blob([JSON.stringify(document, null, 2)], { type: "application/json" }), name);
}

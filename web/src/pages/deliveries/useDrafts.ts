import { useCallback, useState } from "react";

import { keepDraft, keptDraft } from "../../parts/drafts";
import type { Drafts } from "./rows";

/** Forgets what was typed into the rows of a batch: nothing of it is left to be mended. */
export function forgetRows(account: string, batch: number): void {
  keepDraft(nameOf(account, batch), null);
}

const nameOf = (account: string, batch: number) => `mend.${account}.${batch}`;

/** What was typed into the rows of a batch; kept across reloads, unless `isPersonal`: then in memory alone. */
export function useDrafts(account: string, batch: number, isPersonal: boolean) {
  const name = nameOf(account, batch);
  const [drafts, setDrafts] = useState<Drafts>(() => (isPersonal ? {} : readable(keptDraft(name))));
  const change = useCallback(
    (next: (before: Drafts) => Drafts) =>
      setDrafts((before) => {
        const after = next(before);
        if (!isPersonal) keepDraft(name, Object.keys(after).length === 0 ? null : after);
        return after;
      }),
    [name, isPersonal],
  );
  return { drafts, change };
}

function readable(kept: unknown): Drafts {
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
  const rows = Object.entries(kept as Record<string, unknown>).filter(
    (entry): entry is [string, Record<string, string>] =>
      typeof entry[1] === "object" &&
      entry[1] !== null &&
      Object.values(entry[1]).every((value) => typeof value === "string"),
  );
  return Object.fromEntries(rows);
}

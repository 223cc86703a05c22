import type { Board } from "../../api/types";
import type { Words } from "../../i18n/words";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";

type Happening = Board["events"][number];

/** What happened, in a sentence that names no firm; null for what the screen has no words for. */
export function sentence(event: Happening, words: Words, language: "zh" | "en"): string | null {
  const { screen, members } = words;
  const kinds: Record<string, string> = members.kinds;
  const who = kinds[event.member_kind ?? ""] ?? screen.someone;
  const area = event.area ?? screen.somewhere;
  switch (event.kind) {
    case "batch":
      return screen.happened.batch(
        typeset(event.provider?.[language] ?? "") || screen.someProvider,
        typeset(event.item_name?.[language] ?? "") || screen.someItem,
        count(event.rows ?? 0),
      );
    case "inquiry":
      return screen.happened.inquiry(who, area, event.purpose?.[language] ?? screen.somePurpose);
    case "consent_sign":
      return screen.happened.sign(area, who);
    case "consent_revoke":
      return screen.happened.revoke(area, who);
    case "screening":
      return screen.happened.screening(who);
    default:
      return null;
  }
}

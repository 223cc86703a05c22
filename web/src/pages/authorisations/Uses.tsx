import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { ConsentDetail } from "../../api/consents";
import { inquiriesBy } from "../../api/inquiries";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { count } from "../../parts/format";
import { Line } from "../seen/Line";
import seen from "../seen/seen.module.css";

const SHOWN = 5;

/** The inquiries that were answered by this authorisation. */
export function Uses({ detail }: { detail: ConsentDetail }) {
  const { authorisations: words } = useWords();
  const query = useQuery(inquiriesBy({ consent: detail.id }, SHOWN + 1));
  const used =
    detail.max_calls === null
      ? words.usedAny(count(detail.used))
      : words.usedOf(count(detail.used), count(detail.max_calls));
  return (
    <Section title={words.uses} note={words.usesNote} actions={<strong className="num">{used}</strong>}>
      <Loaded query={query}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty title={words.noUses}>{words.noUsesHint}</Empty>
          ) : (
            <>
              <ol className={seen["lines"]}>
                {lines.slice(0, SHOWN).map((line) => (
                  <Line key={line.leaf} line={line} isBare />
                ))}
              </ol>
              {lines.length > SHOWN && <Link href={`/seen?consent=${detail.id}`}>{words.allUses}</Link>}
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

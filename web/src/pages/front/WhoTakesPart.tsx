import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { figures, membersOnline } from "../../api/public";
import type { MemberKind } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { count } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Pager } from "../../parts/Pager";
import styles from "./FrontPage.module.css";

const PAGE = 60;

/** Members online by kind, by name. */
export function WhoTakesPart() {
  const { front, members } = useWords();
  const query = useQuery(figures);
  const [chosen, setChosen] = useState<MemberKind | null>(null);
  const kinds = query.data?.members ?? [];
  const kind = chosen ?? (kinds[0]?.kind as MemberKind | undefined);
  if (query.data === undefined) return null; // Now has said why
  return (
    <section className={styles["band"]} aria-labelledby="members">
      <h2 id="members">{front.members}</h2>
      <p className="quiet">{front.membersNote}</p>
      {kind === undefined ? (
        <Empty title={front.noMembers}>{front.noMembersHint}</Empty>
      ) : (
        <>
          <div className={styles["kinds"]} role="group" aria-label={front.members}>
            {kinds.map((one) => (
              <button
                key={one.kind}
                type="button"
                aria-pressed={one.kind === kind}
                onClick={() => setChosen(one.kind as MemberKind)}
              >
                {front.membersOf(members.kinds[one.kind as MemberKind], count(one.members))}
              </button>
            ))}
          </div>
          <Names key={kind} kind={kind} />
        </>
      )}
    </section>
  );
}

function Names({ kind }: { kind: MemberKind }) {
  const { front } = useWords();
  const [page, setPage] = useState(1);
  const query = useQuery(membersOnline(kind, page, PAGE));
  return (
    <Loaded query={query}>
      {(found) => (
        <>
          <ul className={styles["names"]}>
            {found.members.map((member, i) => (
              <li key={`${member.name}${i}`}>
                {member.name}
                {member.is_branch && <small> {front.branch}</small>}
              </li>
            ))}
          </ul>
          {found.total > PAGE && <Pager page={page} pageSize={PAGE} total={found.total} onPage={setPage} />}
        </>
      )}
    </Loaded>
  );
}

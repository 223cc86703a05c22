import { useQuery } from "@tanstack/react-query";

import { api, got } from "../../api/client";
import type { OwnSession } from "../../api/types";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";

/** Where one is signed in. */
export function Sessions() {
  const { me } = useWords();
  const query = useQuery({ queryKey: ["sessions"], queryFn: () => got(api.GET("/v1/sessions")) });
  return (
    <Section title={me.sessions} note={me.sessionsNote}>
      <Loaded query={query}>
        {({ sessions }) => (
          <Lines>
            {sessions.map((one) => (
              <SessionLine key={one.id} one={one} />
            ))}
          </Lines>
        )}
      </Loaded>
    </Section>
  );
}

function SessionLine({ one }: { one: OwnSession }) {
  const { me } = useWords();
  const end = useDeed({
    act: () => got(api.DELETE("/v1/sessions/{session}", { params: { path: { session: one.id } } })),
    done: me.sessionEnded,
    refreshes: [["sessions"]],
  });
  return (
    <li>
      <div>
        <h3>{browserOf(one.agent)}</h3>
        <p className="quiet num">
          <span className="code">{one.address}</span> · {me.strengths[one.strength]} · {me.opened}{" "}
          {moment(one.opened_at)} · {me.seen} {moment(one.seen_at)}
        </p>
        {end.isError && <FaultNotice thrown={end.error} />}
      </div>
      {one.current ? (
        <State tone="accent">{me.here}</State>
      ) : (
        <ConfirmButton sure={me.endSession} loading={end.isPending} onConfirm={() => end.mutate(undefined)}>
          {me.endSession}
        </ConfirmButton>
      )}
    </li>
  );
}

const BROWSERS: [name: string, mark: RegExp][] = [
  ["Edge", /Edg\//],
  ["Firefox", /Firefox\//],
  ["Chrome", /Chrom(e|ium)\//],
  ["Safari", /Safari\//],
];
const SYSTEMS: [name: string, mark: RegExp][] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["Linux", /Linux/],
];

/** `Chrome · Windows`, as far as the browser says; else what it says. */
export function browserOf(agent: string): string {
  const found = [BROWSERS, SYSTEMS].map((list) => list.find(([, mark]) => mark.test(agent))?.[0]);
  return found.filter((name) => name !== undefined).join(" · ") || agent || "?";
}

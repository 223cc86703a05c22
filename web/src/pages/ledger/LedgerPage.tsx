import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";

import { checkpointsBefore, logHead, logKey } from "../../api/ledgerExplorer";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { TabLinks } from "../../parts/TabLinks";
import { count, moment } from "../../parts/format";
import { Checkpoints } from "./Checkpoints";
import { Leaves } from "./Leaves";

/** The log of evidence: its newest checkpoint, its entries, all its checkpoints. */
export function LedgerPage() {
  const { ledgerLog } = useWords();
  const [path] = useLocation();
  const isCheckpoints = path === "/ledger/checkpoints";
  return (
    <Page title={ledgerLog.title} lead={ledgerLog.lead}>
      <Newest />
      <TabLinks
        label={ledgerLog.parts}
        here={path}
        tabs={[
          ["/ledger", ledgerLog.tabs.leaves],
          ["/ledger/checkpoints", ledgerLog.tabs.checkpoints],
        ]}
      />
      {isCheckpoints ? <Checkpoints /> : <Leaves />}
    </Page>
  );
}

function Newest() {
  const { ledgerLog } = useWords();
  const head = useQuery(logHead);
  const key = useQuery(logKey);
  const signed = useQuery(checkpointsBefore(null));
  const newest = signed.data?.[0];
  const suites: Readonly<Record<string, string>> = ledgerLog.suites;
  return (
    <Section title={ledgerLog.newest} note={ledgerLog.newestNote}>
      <Loaded query={head}>
        {({ size, waiting }) => {
          const open = size - (newest?.size ?? 0);
          return (
            <Facts
              facts={[
                [
                  ledgerLog.total,
                  <span className="num">
                    {`${ledgerLog.leavesCount(count(size))} · ${open > 0 ? ledgerLog.unsigned(count(open)) : ledgerLog.allSigned}`}
                    {waiting > 0 && ` · ${ledgerLog.waiting(count(waiting))}`}
                  </span>,
                ],
                [
                  ledgerLog.size,
                  <span className="num">
                    {newest === undefined
                      ? ledgerLog.noCheckpoints
                      : `${ledgerLog.leavesCount(count(newest.size))} · ${moment(newest.at)}`}
                  </span>,
                ],
                [ledgerLog.root, <span className="code">{newest?.root ?? "—"}</span>],
                [ledgerLog.origin, <span className="code">{key.data?.origin ?? "—"}</span>],
                [ledgerLog.keyId, <span className="code">{key.data?.key_id ?? "—"}</span>],
                [ledgerLog.suite, suites[key.data?.suite ?? ""] ?? "—"],
              ]}
            />
          );
        }}
      </Loaded>
    </Section>
  );
}

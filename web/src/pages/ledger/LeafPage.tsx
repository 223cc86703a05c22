import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { Link } from "wouter";

import { leafOf } from "../../api/ledger";
import { type Leaf, logKey, type Receipt, receiptFor, verifyAtNode } from "../../api/ledgerExplorer";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Loading } from "../../parts/Loading";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { count, moment, spacedCode } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { Who } from "../log/Who";
import { saveJson } from "../../parts/saveJson";
import { fromBase64, toHex } from "./merkle";
import { Proof } from "./Proof";
import { type Verified, verifyReceipt } from "./verify";
import styles from "./ledger.module.css";

/** One entry: what was evidenced, its hash, and its proof, verified where it is read. */
export function LeafPage({ index }: { index: number }) {
  const { ledgerLog } = useWords();
  const query = useQuery(leafOf(index));
  if (query.isPending) return <Loading />;
  const kinds: Readonly<Record<string, string>> = ledgerLog.kinds;
  return (
    <Page
      title={ledgerLog.one(count(index))}
      trail={<Link href="/ledger">{`‹ ${ledgerLog.back}`}</Link>}
      {...(query.data && { lead: kinds[query.data.kind] ?? query.data.kind })}
    >
      <Loaded query={query}>
        {(leaf) => (
          <>
            <Content leaf={leaf} />
            <Verification leaf={leaf} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Content({ leaf }: { leaf: Leaf }) {
  const { ledgerLog } = useWords();
  return (
    <Section title={ledgerLog.content} note={ledgerLog.contentNote}>
      <Facts
        facts={[
          [ledgerLog.when, <span className="num">{moment(leaf.at)}</span>],
          [ledgerLog.principal, <Who id={leaf.principal} />],
          [ledgerLog.member, <span className="code">{leaf.member_id ?? "—"}</span>],
          [
            ledgerLog.about,
            leaf.subject === null ? (
              ledgerLog.noSubject
            ) : (
              <span className="code">{spacedCode(leaf.subject)}</span>
            ),
          ],
          [ledgerLog.hash, <span className="code">{toHex(fromBase64(leaf.hash))}</span>],
        ]}
      />
      <pre className={`code ${styles["content"]}`} tabIndex={0}>
        {JSON.stringify(leaf.content, null, 2)}
      </pre>
    </Section>
  );
}

interface Outcome {
  receipt: Receipt;
  found: Verified | null; // null: the browser has no such algorithm
}

function Verification({ leaf }: { leaf: Leaf }) {
  const { ledgerLog } = useWords();
  const key = useQuery(logKey);
  const check = useDeed({
    act: async (platform: NonNullable<typeof key.data>): Promise<Outcome> => {
      const receipt = await receiptFor(leaf.index);
      const found =
        platform.suite === "intl" ? await verifyReceipt(receipt, leaf.hash, platform.public_key) : null;
      return { receipt, found };
    },
  });
  const keep = useDeed({
    act: async () => saveJson(await receiptFor(leaf.index), `receipt-${leaf.index}.json`),
  });
  const fault = check.error ?? keep.error;
  return (
    <Section
      title={ledgerLog.verify}
      note={ledgerLog.verifyNote}
      actions={
        <div className={styles["buttons"]}>
          <Button
            type="primary"
            loading={check.isPending}
            disabled={key.data === undefined}
            onClick={() => key.data && check.mutate(key.data)}
          >
            {check.data === undefined ? ledgerLog.verifyDo : ledgerLog.verifyAgain}
          </Button>
          <Button loading={keep.isPending} onClick={() => keep.mutate(undefined)}>
            {ledgerLog.receipt}
          </Button>
        </div>
      }
    >
      {fault !== null && <FaultNotice thrown={fault} />}
      {check.data?.found === null && <AtNode receipt={check.data.receipt} />}
      {check.data?.found && (
        <Proof index={leaf.index} found={check.data.found} keyId={key.data?.key_id ?? ""} />
      )}
    </Section>
  );
}

/** Where the browser lacks the algorithm: the platform's word, or the receipt to take elsewhere. */
function AtNode({ receipt }: { receipt: Receipt }) {
  const { ledgerLog } = useWords();
  const ask = useDeed({ act: () => verifyAtNode(receipt) });
  return (
    <>
      <Alert
        type="info"
        showIcon
        title={ledgerLog.gm}
        action={
          <Button loading={ask.isPending} onClick={() => ask.mutate(undefined)}>
            {ledgerLog.askNode}
          </Button>
        }
      />
      {ask.isError && <FaultNotice thrown={ask.error} />}
      {ask.isSuccess && <Alert type="success" showIcon title={ledgerLog.nodeSays} />}
    </>
  );
}

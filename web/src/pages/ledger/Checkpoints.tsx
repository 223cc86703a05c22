import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";

import {
  checkpointsBefore,
  consistencyBetween,
  logKey,
  type SignedCheckpoint,
} from "../../api/ledgerExplorer";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { count, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { keepAs } from "./keep";
import { fromBase64, isConsistent, sha256 } from "./merkle";
import styles from "./ledger.module.css";

const STEP = 50;

/** All signed checkpoints, and whether one grew out of another. */
export function Checkpoints() {
  const { ledgerLog } = useWords();
  const { value, change } = useAddress();
  const before = Number.parseInt(value("before"), 10);
  const query = useQuery(checkpointsBefore(before >= 0 ? before : null));
  const columns: Column<SignedCheckpoint>[] = [
    { title: ledgerLog.time, cell: (one) => <span className="num">{moment(one.at)}</span>, isHead: true },
    { title: ledgerLog.leavesOf, cell: (one) => count(one.size), isNumber: true },
    { title: ledgerLog.root, cell: (one) => <span className="code">{one.root}</span> },
    {
      title: ledgerLog.note,
      cell: (one) => (
        <Button
          type="link"
          style={{ padding: 0, height: "auto" }}
          onClick={() => keepAs(`checkpoint-${one.size}.txt`, one.note)}
        >
          {ledgerLog.keep}
        </Button>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {(found) =>
        found.length === 0 ? (
          <Empty title={ledgerLog.noCheckpoints}>{ledgerLog.noCheckpointsHint}</Empty>
        ) : (
          <>
            <Comparison found={found} />
            <Section title={ledgerLog.checkpoints} note={ledgerLog.checkpointsNote}>
              <Rows label={ledgerLog.checkpoints} rows={found} columns={columns} keyOf={(one) => one.size} />
              <nav className={styles["pager"]} aria-label={ledgerLog.older}>
                {before >= 0 && (
                  <Button onClick={() => change({ before: "" })}>{ledgerLog.newestPage}</Button>
                )}
                <Button
                  disabled={found.length < STEP}
                  onClick={() => change({ before: String(found.at(-1)?.size ?? "") })}
                >
                  {ledgerLog.older}
                </Button>
              </nav>
            </Section>
          </>
        )
      }
    </Loaded>
  );
}

interface Pair {
  first: SignedCheckpoint;
  second: SignedCheckpoint;
}

function Comparison({ found }: { found: SignedCheckpoint[] }) {
  const { ledgerLog } = useWords();
  const { value, change } = useAddress();
  const key = useQuery(logKey);
  const some = found.filter((one) => one.size > 0); // every log grew out of the empty one
  const chosen = (name: string, otherwise: SignedCheckpoint | undefined) =>
    some.find((one) => String(one.size) === value(name)) ?? otherwise;
  const second = chosen("second", some[0]);
  const first = chosen("first", some[1] ?? some[0]);
  const check = useDeed({
    act: async ({ first: one, second: two }: Pair) => {
      const proof = one.size === two.size ? [] : await consistencyBetween(one.size, two.size);
      const holds = await isConsistent(
        sha256,
        one.size,
        two.size,
        fromBase64(one.root),
        fromBase64(two.root),
        proof.map(fromBase64),
      );
      return { holds, proof: proof.length, one, two };
    },
  });
  if (key.data?.suite === "gm" || first === undefined || second === undefined) return null;
  const pair = { first, second };
  const ordered = first.size > second.size ? { first: second, second: first } : pair;
  const options = some.map((one) => ({
    value: String(one.size),
    label: `${ledgerLog.leavesCount(count(one.size))} · ${moment(one.at)}`,
  }));
  return (
    <Section title={ledgerLog.compare} note={ledgerLog.compareNote}>
      <div className={styles["compare"]}>
        {(["first", "second"] as const).map((name) => (
          <Filter key={name} label={ledgerLog[name]} id={name}>
            <Select
              id={name}
              value={String(pair[name].size)}
              options={options}
              onChange={(size: string) => change({ [name]: size, before: value("before") })}
            />
          </Filter>
        ))}
      </div>
      <Button type="primary" loading={check.isPending} onClick={() => check.mutate(ordered)}>
        {ledgerLog.compareDo}
      </Button>
      {check.isError && <FaultNotice thrown={check.error} />}
      {check.data && (
        <div
          className={`${styles["verdict"]} ${check.data.holds ? styles["holds"] : styles["fails"]}`}
          style={{ margin: "16px 0 0" }}
          role={check.data.holds ? "status" : "alert"}
        >
          <strong>
            {check.data.holds
              ? ledgerLog.consistent(count(check.data.one.size), count(check.data.two.size))
              : ledgerLog.inconsistent}
          </strong>
          <p>{check.data.holds ? ledgerLog.proof(check.data.proof) : ledgerLog.failHint}</p>
        </div>
      )}
    </Section>
  );
}

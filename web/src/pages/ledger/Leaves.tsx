import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { type Leaf, leavesBy, PAGE } from "../../api/ledgerExplorer";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { moment, spacedCode } from "../../parts/format";
import { Who } from "../log/Who";
import { fromBase64, toHex } from "./merkle";
import styles from "./ledger.module.css";

const VIEWS = ["all", "access", "acts"] as const;
const FILTERS = ["kind", "subject", "member"] as const;

/** Entries newest first, filtered, older ones by a step. */
export function Leaves() {
  const { ledgerLog } = useWords();
  const { value, change } = useAddress();
  const before = Number.parseInt(value("before"), 10);
  const view = VIEWS.find((one) => one === value("view")) ?? "all";
  const asked = Object.fromEntries(FILTERS.map((name) => [name, value(name)])) as Record<
    (typeof FILTERS)[number],
    string
  >;
  const query = useQuery({
    ...leavesBy({
      view,
      ...(asked.kind !== "" && { kind: asked.kind }),
      ...(asked.subject !== "" && { subject: asked.subject }),
      ...(asked.member !== "" && { member: asked.member }),
      ...(before >= 0 && { before }),
    }),
    placeholderData: keepPreviousData,
  });
  const narrow = (changes: Record<string, string>) => change({ ...changes, before: "" });
  return (
    <>
      <Filters>
        <Filter label={ledgerLog.view} id="view">
          <Select
            id="view"
            value={view}
            onChange={(one: string) => narrow({ view: one === "all" ? "" : one })}
            options={VIEWS.map((one) => ({ value: one, label: ledgerLog.views[one] }))}
          />
        </Filter>
        <Filter label={ledgerLog.kind} id="kind">
          <Select
            id="kind"
            allowClear
            value={asked.kind || null}
            onChange={(kind: string | null) => narrow({ kind: kind ?? "" })}
            options={Object.entries(ledgerLog.kinds).map(([kind, label]) => ({ value: kind, label }))}
          />
        </Filter>
        {(["subject", "member"] as const).map((name) => (
          <Filter key={name} label={ledgerLog[name]} id={name}>
            <Input
              id={name}
              allowClear
              maxLength={40}
              key={asked[name]}
              defaultValue={asked[name]}
              onBlur={({ target }) => narrow({ [name]: plain(target.value) })}
              onPressEnter={({ currentTarget }) => narrow({ [name]: plain(currentTarget.value) })}
            />
          </Filter>
        ))}
        <Jump />
      </Filters>
      <Section title={ledgerLog.leaves}>
        <Loaded query={query}>
          {(leaves) =>
            leaves.length === 0 ? (
              <Empty title={ledgerLog.empty}>{ledgerLog.emptyHint}</Empty>
            ) : (
              <>
                <LeafRows leaves={leaves} onMember={(member) => narrow({ member })} />
                <nav className={styles["pager"]} aria-label={ledgerLog.older}>
                  <span className="quiet num">{ledgerLog.shown(leaves.length)}</span>
                  {before >= 0 && (
                    <Button onClick={() => change({ before: "" })}>{ledgerLog.newestPage}</Button>
                  )}
                  <Button
                    disabled={leaves.length < PAGE}
                    onClick={() => change({ before: String(leaves.at(-1)?.index ?? "") })}
                  >
                    {ledgerLog.older}
                  </Button>
                </nav>
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function Jump() {
  const { ledgerLog } = useWords();
  const [number, setNumber] = useState("");
  const [, go] = useLocation();
  return (
    <Filter label={ledgerLog.jump} id="jump">
      <form
        className={styles["jump"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (/^\d{1,15}$/.test(number)) go(`/ledger/${number}`);
        }}
      >
        <Input
          id="jump"
          inputMode="numeric"
          placeholder={ledgerLog.jumpHint}
          value={number}
          maxLength={15}
          onChange={({ target }) => setNumber(target.value.trim())}
        />
        <Button htmlType="submit">{ledgerLog.open}</Button>
      </form>
    </Filter>
  );
}

function LeafRows({ leaves, onMember }: { leaves: Leaf[]; onMember: (member: string) => void }) {
  const { ledgerLog } = useWords();
  const kinds: Readonly<Record<string, string>> = ledgerLog.kinds;
  const columns: Column<Leaf>[] = [
    {
      title: ledgerLog.leaf,
      isHead: true,
      cell: (leaf) => (
        <Link href={`/ledger/${leaf.index}`} className="num">
          {leaf.index}
        </Link>
      ),
    },
    { title: ledgerLog.when, cell: (leaf) => <span className="num">{moment(leaf.at)}</span> },
    { title: ledgerLog.kind, cell: (leaf) => kinds[leaf.kind] ?? leaf.kind },
    { title: ledgerLog.who, cell: (leaf) => <Who id={leaf.principal} /> },
    {
      title: ledgerLog.member,
      cell: (leaf) =>
        leaf.member_id === null ? (
          "—"
        ) : (
          <Who id={`member:${leaf.member_id}`} onChoose={(id) => onMember(id.replace("member:", ""))} />
        ),
    },
    {
      title: ledgerLog.about,
      cell: (leaf) => <span className="code">{leaf.subject === null ? "—" : spacedCode(leaf.subject)}</span>,
    },
    {
      title: ledgerLog.hash,
      cell: (leaf) => (
        <span className="code quiet" title={toHex(fromBase64(leaf.hash))}>
          {toHex(fromBase64(leaf.hash)).slice(0, 10)}
        </span>
      ),
    },
  ];
  return <Rows label={ledgerLog.leaves} rows={leaves} columns={columns} keyOf={(leaf) => leaf.index} />;
}

const plain = (text: string) => text.replace(/\s+/g, "");

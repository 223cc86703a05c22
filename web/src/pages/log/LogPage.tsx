import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";

import { api, got } from "../../api/client";
import type { LogLine } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { moment } from "../../parts/format";
import { Who } from "./Who";

/** The security log: of all members for the operator's officers, of its own for a member's administrator. */
export function LogPage() {
  const { log } = useWords();
  const { value, page, change, toPage } = useAddress();
  const asked = {
    kind: value("kind"),
    principal: value("principal"),
    since: value("since"),
    until: value("until"),
  };
  const query = useQuery({
    queryKey: ["access-events", asked, page],
    queryFn: () =>
      got(api.GET("/v1/access-events", { params: { query: { ...given(asked), page, page_size: 50 } } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={log.title} lead={log.lead}>
      <Filters>
        <Filter label={log.kind} id="kind">
          <Select
            id="kind"
            allowClear
            value={asked.kind || null}
            onChange={(kind: string | null) => change({ kind: kind ?? "" })}
            options={Object.entries(log.kinds).map(([key, label]) => ({ value: key, label }))}
          />
        </Filter>
        <Filter label={log.principal} id="principal">
          <Input
            id="principal"
            allowClear
            placeholder={log.principalHint}
            key={asked.principal}
            defaultValue={asked.principal}
            onBlur={({ target }) => change({ principal: target.value.trim() })}
            onPressEnter={({ currentTarget }) => change({ principal: currentTarget.value.trim() })}
          />
        </Filter>
        <DayFilter name="since" label={log.since} value={asked.since} change={change} />
        <DayFilter name="until" label={log.until} value={asked.until} change={change} />
      </Filters>
      <Section title={log.lines}>
        <Loaded query={query}>
          {(found) =>
            found.events.length === 0 ? (
              <Empty title={log.empty}>{log.emptyHint}</Empty>
            ) : (
              <>
                <Lines lines={found.events} onPrincipal={(principal) => change({ principal })} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

interface DayProps {
  name: string;
  label: string;
  value: string;
  change: (changes: Record<string, string>) => void;
}

function DayFilter({ name, label, value, change }: DayProps) {
  return (
    <Filter label={label} id={name}>
      <Input
        id={name}
        type="date"
        value={value}
        onChange={({ target }) => change({ [name]: target.value })}
      />
    </Filter>
  );
}

function Lines({ lines, onPrincipal }: { lines: LogLine[]; onPrincipal: (principal: string) => void }) {
  const { log } = useWords();
  const kinds: Readonly<Record<string, string>> = log.kinds;
  const codes: Readonly<Record<string, string>> = log.codes;
  const columns: Column<LogLine>[] = [
    { title: log.when, cell: (line) => moment(line.at), isHead: true },
    {
      title: log.kind,
      cell: (line) => (
        <State tone={line.kind === "refused" ? "bad" : "calm"}>{kinds[line.kind] ?? line.kind}</State>
      ),
    },
    { title: log.code, cell: (line) => <span title={line.code}>{codes[line.code] ?? line.code}</span> },
    {
      title: log.principal,
      cell: (line) => <Who id={line.principal ?? "anonymous"} onChoose={onPrincipal} />,
    },
    {
      title: log.target,
      cell: (line) => <Who id={line.target ?? (line.member_id && `member:${line.member_id}`)} />,
    },
    { title: log.address, cell: (line) => <span className="code">{line.address ?? "—"}</span> },
    { title: log.details, cell: (line) => <Details details={line.details} /> },
  ];
  return <Rows label={log.title} rows={lines} columns={columns} keyOf={(line) => line.id} />;
}

function Details({ details }: { details: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(details);
  if (entries.length === 0) return "—";
  return (
    <span className="code">
      {entries
        .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
        .join(" ")}
    </span>
  );
}

/** Only the filters that are set; days as moments of China's time. */
function given(asked: { kind: string; principal: string; since: string; until: string }) {
  return {
    ...(asked.kind !== "" && { kind: asked.kind }),
    ...(asked.principal !== "" && { principal: asked.principal }),
    ...(asked.since !== "" && { since: `${asked.since}T00:00:00+08:00` }),
    ...(asked.until !== "" && { until: `${asked.until}T00:00:00+08:00` }),
  };
}

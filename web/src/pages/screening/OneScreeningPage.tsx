import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert, Button, Space } from "antd";
import { Link, useLocation } from "wouter";

import {
  type Found,
  FOUND_PAGE,
  foundOf,
  readFound,
  type Screening,
  screeningOf,
} from "../../api/screenings";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { ExportButton } from "../../parts/ExportButton";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { count, day, moment, spacedCode } from "../../parts/format";
import { useCriteriaWords } from "./words";

/** One run of a screening: what was asked, and the list. */
export function OneScreeningPage({ id }: { id: string }) {
  const { screening } = useWords();
  const query = useQuery(screeningOf(id));
  const [, go] = useLocation();
  const person = usePerson();
  const run = query.data;
  return (
    <Page
      title={run === undefined ? screening.title : screening.of(count(run.count))}
      lead={run === undefined ? undefined : <span className="num">{moment(run.at)}</span>}
      trail={<Link href="/screening">{screening.back}</Link>}
      actions={
        <Space wrap>
          {person.may("create", "subscription") && (
            <Button onClick={() => go(`/subscriptions?new=screening&screening=${id}`)}>
              {screening.watch}
            </Button>
          )}
          {person.may("create", "screening") && (
            <Button onClick={() => go(`/screening?from=${id}`)}>{screening.again}</Button>
          )}
        </Space>
      }
    >
      <Loaded query={query}>
        {(found) => (
          <>
            <Asked run={found} />
            <List run={found} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Asked({ run }: { run: Screening }) {
  const { screening } = useWords();
  const say = useCriteriaWords();
  return (
    <Section title={screening.criteria}>
      <Facts
        facts={[
          ...say(run.criteria),
          [screening.keptUntil, day(run.kept_until)],
          [screening.evidence, count(run.leaf)],
        ]}
      />
    </Section>
  );
}

function List({ run }: { run: Screening }) {
  const { screening, search } = useWords();
  const { page, toPage } = useAddress();
  const query = useQuery({
    ...foundOf(run.id, page),
    enabled: !run.removed,
    placeholderData: keepPreviousData,
  });
  const sizeOf = (one: Found) => search.sizes[one.size_class as keyof typeof search.sizes] ?? one.size_class;
  if (run.removed) {
    return (
      <Section title={screening.found}>
        <Empty title={screening.removed}>{screening.removedHint}</Empty>
      </Section>
    );
  }
  const columns: Column<Found>[] = [
    {
      title: screening.firm,
      cell: (one) => <Link href={`/workbench/${one.code}`}>{one.name}</Link>,
      isHead: true,
    },
    { title: screening.code, cell: (one) => <span className="code">{spacedCode(one.code)}</span> },
    { title: screening.division, cell: (one) => <span className="num">{one.division ?? "—"}</span> },
    {
      title: screening.industry,
      cell: (one) =>
        screening.sections[(one.industry ?? "").slice(0, 1) as keyof typeof screening.sections] ?? "—",
    },
    { title: screening.size, cell: sizeOf },
  ];
  return (
    <Section
      title={screening.found}
      actions={
        <ExportButton
          name={screening.found}
          columns={[
            { title: screening.code, value: (one: Found) => one.code },
            { title: screening.firm, value: (one) => one.name, width: 36 },
            { title: screening.division, value: (one) => one.division },
            { title: screening.industry, value: (one) => one.industry },
            { title: screening.size, value: sizeOf },
          ]}
          readPage={async (number, size) => {
            const found = await readFound(run.id, (number - 1) * size, size);
            return { rows: found.subjects, total: found.total };
          }}
          keyOf={(one) => one.code}
          pageSize={500}
          total={run.count}
        />
      }
    >
      {run.truncated && <Alert type="warning" showIcon title={screening.truncated(count(run.count))} />}
      <Loaded query={query}>
        {(found) =>
          found.total === 0 ? (
            <Empty title={screening.none}>{screening.noneHint}</Empty>
          ) : (
            <>
              <Rows
                label={screening.found}
                rows={found.subjects}
                columns={columns}
                keyOf={(one) => one.code}
              />
              <Pager page={page} pageSize={FOUND_PAGE} total={found.total} onPage={toPage} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

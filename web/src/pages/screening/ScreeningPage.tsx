import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { Link } from "wouter";

import { screeningOf, screeningsNewestFirst, type Screening } from "../../api/screenings";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { count, day, moment } from "../../parts/format";
import { CriteriaForm } from "./CriteriaForm";
import { BLANK, filledOf } from "./criteria";
import { useCriteriaWords } from "./words";

/** Screening: criteria, and the runs so far. */
export function ScreeningPage() {
  const { screening } = useWords();
  const person = usePerson();
  const { value } = useAddress();
  return (
    <Page title={screening.title} lead={screening.lead}>
      {person.may("create", "screening") &&
        (value("from") === "" ? <CriteriaForm initial={BLANK} /> : <Changed from={value("from")} />)}
      <Runs />
    </Page>
  );
}

function Changed({ from }: { from: string }) {
  const query = useQuery(screeningOf(from));
  return (
    <Loaded query={query}>{(run) => <CriteriaForm key={run.id} initial={filledOf(run.criteria)} />}</Loaded>
  );
}

function Runs() {
  const { screening } = useWords();
  const query = useInfiniteQuery(screeningsNewestFirst);
  const runs = query.data?.pages.flat() ?? [];
  return (
    <Section title={screening.list}>
      {query.isPending && <Skeleton active />}
      {query.isError && <FaultNotice thrown={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && runs.length === 0 && <Empty title={screening.empty}>{screening.emptyHint}</Empty>}
      {runs.length > 0 && <RunRows runs={runs} />}
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {screening.older}
        </Button>
      )}
    </Section>
  );
}

function RunRows({ runs }: { runs: Screening[] }) {
  const { screening } = useWords();
  const say = useCriteriaWords();
  const columns: Column<Screening>[] = [
    {
      title: screening.at,
      cell: (one) => (
        <Link href={`/screening/${one.id}`} className="num">
          {moment(one.at)}
        </Link>
      ),
      isHead: true,
    },
    {
      title: screening.criteria,
      cell: (one) =>
        say(one.criteria)
          .map(([, words]) => words)
          .join("；") || screening.everything,
    },
    { title: screening.count, cell: (one) => screening.of(count(one.count)), isNumber: true },
    {
      title: screening.by,
      cell: (one) => (one.principal.startsWith("subscription:") ? screening.byPush : screening.byPerson),
    },
    {
      title: screening.keptUntil,
      cell: (one) => (one.removed ? screening.removed : day(one.kept_until)),
    },
  ];
  return <Rows label={screening.list} rows={runs} columns={columns} keyOf={(one) => one.id} />;
}

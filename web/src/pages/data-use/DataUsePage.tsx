import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { type DataUse, dataUseOf } from "../../api/collect";
import { useWords } from "../../i18n/words";
import { ShareChart, TimeChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { count } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { monthsFrom } from "../quality/months";
import { PeriodFilters, periodOf } from "../quality/PeriodFilters";
import { useItemNames } from "../quality/QualityPage";
import { addUp, largest } from "./lines";
import styles from "./dataUse.module.css";

/** How one's own data were used; firms and readers are counted, nobody is named. */
export function DataUsePage() {
  const { dataUse } = useWords();
  const { value } = useAddress();
  const query = useQuery({
    ...dataUseOf(value("item"), periodOf(value("months"))),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={dataUse.title} lead={dataUse.lead}>
      <PeriodFilters words={dataUse} />
      <Loaded query={query}>
        {(use) =>
          use.lines.length === 0 ? (
            <Section title={dataUse.over}>
              <Empty title={dataUse.empty}>{dataUse.emptyHint}</Empty>
            </Section>
          ) : (
            <Used use={use} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Used({ use }: { use: DataUse }) {
  const { dataUse } = useWords();
  const months = monthsFrom(use.since, use.until);
  const byMonth = addUp(use.lines, (line) => line.month);
  const purposes: Readonly<Record<string, string>> = dataUse.purposes;
  const readers: Readonly<Record<string, string>> = dataUse.readers;
  const at = (month: string) => byMonth.find((sum) => sum.key === month);
  return (
    <>
      <Section title={dataUse.over}>
        <TimeChart
          title={dataUse.course}
          note={dataUse.courseNote}
          unit={dataUse.times}
          shape="bar"
          isStacked
          labels={months}
          series={[
            { name: dataUse.given, values: months.map((month) => at(month)?.given ?? 0) },
            { name: dataUse.refused, values: months.map((month) => at(month)?.refused ?? 0) },
          ]}
        />
      </Section>
      <Section title={dataUse.where}>
        <div className={styles["pair"]}>
          <Shares title={dataUse.byPurpose} use={use} of={(line) => purposes[line.purpose] ?? line.purpose} />
          <Shares title={dataUse.byReader} use={use} of={(line) => readers[line.reader] ?? line.reader} />
        </div>
      </Section>
      <ByItem use={use} />
    </>
  );
}

interface SharesProps {
  title: string;
  use: DataUse;
  of: (line: DataUse["lines"][number]) => string;
}

function Shares({ title, use, of }: SharesProps) {
  const { dataUse } = useWords();
  const parts = largest(
    addUp(use.lines, of).map(({ key, given }) => ({ name: key, value: given })),
    6,
    dataUse.purposes.other,
  );
  return <ShareChart title={title} unit={dataUse.times} parts={parts} />;
}

function ByItem({ use }: { use: DataUse }) {
  const { dataUse } = useWords();
  const nameOf = useItemNames();
  const lines = addUp(use.lines, (line) => line.item);
  const columns: Column<(typeof lines)[number]>[] = [
    { title: dataUse.item, isHead: true, cell: (line) => nameOf(line.key) },
    { title: dataUse.total, isNumber: true, cell: (line) => count(line.given) },
    { title: dataUse.refused, isNumber: true, cell: (line) => count(line.refused) },
    { title: dataUse.subjects, isNumber: true, cell: (line) => count(line.subjects) },
  ];
  return (
    <Section title={dataUse.byItem} note={dataUse.countedNote}>
      <Rows label={dataUse.byItem} rows={lines} columns={columns} keyOf={(line) => line.key} />
    </Section>
  );
}

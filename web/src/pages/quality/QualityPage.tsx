import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type MonthQuality, ownItems, type Trends, trendsOf } from "../../api/collect";
import { useLanguage, useWords } from "../../i18n/words";
import { TimeChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { count } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { typeset } from "../../parts/typeset";
import { useAddress } from "../../parts/address";
import { inPercent, monthsFrom, percent, summed } from "./months";
import { PeriodFilters, periodOf } from "./PeriodFilters";
import styles from "./quality.module.css";

/** Quality of one's own data, month by month. */
export function QualityPage() {
  const { quality } = useWords();
  const { value } = useAddress();
  const query = useQuery({
    ...trendsOf(value("item"), periodOf(value("months"))),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={quality.title} lead={quality.lead}>
      <PeriodFilters words={quality} />
      <Loaded query={query}>
        {(trends) =>
          trends.months.length === 0 ? (
            <Section title={quality.course}>
              <Empty title={quality.empty}>{quality.emptyHint}</Empty>
            </Section>
          ) : (
            <>
              <Course trends={trends} />
              <ByItem trends={trends} />
              <Reasons trends={trends} />
              <Section title={quality.howRated}>
                <Facts facts={quality.rules.map(([name, rule]) => [name, rule])} />
              </Section>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Course({ trends }: { trends: Trends }) {
  const { quality } = useWords();
  const labels = monthsFrom(trends.since, trends.until);
  const months = labels.map((month) => summed(trends.months.filter((line) => line.month === month)));
  const isSent = (at: number) => (months[at]?.batches ?? 0) > 0;
  return (
    <>
      <Section title={quality.course}>
        <div className={styles["charts"]}>
          <TimeChart
            title={quality.rates}
            note={quality.ratesNote}
            unit={quality.percent}
            format={(figure) => figure.toFixed(1)}
            labels={labels}
            series={(["accuracy", "completeness", "timeliness"] as const).map((name) => ({
              name: quality[name],
              values: months.map((month) => inPercent(month[name])),
            }))}
          />
          <TimeChart
            title={quality.rowsTitle}
            note={quality.rowsNote}
            unit={quality.rows}
            shape="bar"
            labels={labels}
            series={[
              {
                name: quality.accepted,
                values: months.map((month, at) => (isSent(at) ? month.accepted : null)),
              },
              {
                name: quality.aside,
                values: months.map((month, at) => (isSent(at) ? month.quarantined : null)),
              },
              {
                name: quality.mended,
                values: months.map((month) => (month.mended > 0 ? month.mended : null)),
              },
            ]}
          />
        </div>
      </Section>
    </>
  );
}

function ByItem({ trends }: { trends: Trends }) {
  const { quality } = useWords();
  const nameOf = useItemNames();
  const lines = [...new Set(trends.months.map((line) => line.item))].map((item) => ({
    item,
    ...summed(trends.months.filter((line: MonthQuality) => line.item === item)),
  }));
  const columns: Column<(typeof lines)[number]>[] = [
    {
      title: quality.item,
      isHead: true,
      cell: (line) => <Link href={`/quality?item=${line.item}`}>{nameOf(line.item)}</Link>,
    },
    { title: quality.batches, isNumber: true, cell: (line) => count(line.batches) },
    { title: quality.read, isNumber: true, cell: (line) => count(line.read) },
    {
      title: quality.aside,
      isNumber: true,
      cell: (line) =>
        line.quarantined === 0 ? (
          "0"
        ) : (
          <Link href={`/deliveries?item=${line.item}&show=mend`}>{count(line.quarantined)}</Link>
        ),
    },
    { title: quality.mended, isNumber: true, cell: (line) => count(line.mended) },
    { title: quality.share, isNumber: true, cell: (line) => percent(line.accuracy) },
    { title: quality.completeness, isNumber: true, cell: (line) => percent(line.completeness) },
    { title: quality.timeliness, isNumber: true, cell: (line) => percent(line.timeliness) },
  ];
  return (
    <Section title={quality.byItem}>
      <Rows label={quality.byItem} rows={lines} columns={columns} keyOf={(line) => line.item} />
    </Section>
  );
}

function Reasons({ trends }: { trends: Trends }) {
  const { quality, deliveries, batchDesk } = useWords();
  const nameOf = useItemNames();
  const codes: Readonly<Record<string, string>> = deliveries.codes;
  const columns: Column<Trends["reasons"][number]>[] = [
    { title: deliveries.reason, isHead: true, cell: (line) => typeset(line.words) },
    { title: quality.item, cell: (line) => nameOf(line.item) },
    {
      title: batchDesk.reason,
      cell: (line) => (
        <span title={codes[line.code]} className="code">
          {line.code}
        </span>
      ),
    },
    { title: deliveries.rows, isNumber: true, cell: (line) => count(line.rows) },
  ];
  return (
    <Section title={quality.why} note={quality.whyNote}>
      {trends.reasons.length === 0 ? (
        <Empty title={quality.noReasons}>{quality.noReasonsHint}</Empty>
      ) : (
        <Rows
          label={quality.why}
          rows={trends.reasons.slice(0, 20)}
          columns={columns}
          keyOf={(line) => `${line.item} ${line.field} ${line.code}`}
        />
      )}
    </Section>
  );
}

/** Number and name of an item of one's own. */
export function useItemNames(): (item: string) => string {
  const { language } = useLanguage();
  const items = useQuery(ownItems);
  return (item) => {
    const found = items.data?.items.find((one) => one.item === item);
    return found === undefined ? item : `${item} ${found.name[language]}`;
  };
}

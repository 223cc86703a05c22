import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { statistics as query } from "../../api/public";
import type { Statistics } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { BarChart, ShareChart, TimeChart } from "../../parts/chart/Chart";
import { TileMap } from "../../parts/chart/TileMap";
import { Empty } from "../../parts/Empty";
import { type ExportColumn, ExportButton } from "../../parts/ExportButton";
import { count, moment } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { inquiryCourses, rowsByItem, rowsByMonth } from "./shares";
import styles from "./statistics.module.css";

/** What everybody may know: subjects, collection, inquiries, in sums that tell of nobody. */
export function StatisticsPage() {
  const { statistics } = useWords();
  const found = useQuery(query);
  return (
    <Page
      title={statistics.title}
      lead={
        <>
          {statistics.lead}
          {found.data && <span className="num"> {statistics.asOf(moment(found.data.at))}</span>}
        </>
      }
    >
      <Loaded query={found}>
        {(told) => (
          <>
            <Subjects told={told} />
            <Collection told={told} />
            <Inquiries told={told} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface Told {
  told: Statistics;
}

function Subjects({ told }: Told) {
  const { statistics: words } = useWords();
  const { subjects, least } = told;
  const unit = words.households;
  const blank = words.few(least);
  const groups = { unit, blank };
  return (
    <Section
      title={words.subjects}
      note={
        <>
          <span className="num">{words.subjectsNote(count(subjects.total))}</span> {words.fewNote(least)}
        </>
      }
      actions={<Export told={told} what="subjects" />}
    >
      <div className={styles["pair"]}>
        <TileMap
          title={words.byArea}
          note={words.byAreaNote}
          {...groups}
          areas={subjects.areas.map((area) => ({ ...area, value: area.subjects }))}
        />
        <div className={styles["stack"]}>
          <ShareChart
            title={words.bySize}
            note={words.bySizeNote}
            {...groups}
            parts={parts(subjects.sizes.filter((one) => one.subjects !== 0))}
          />
          <TimeChart
            title={words.byYear}
            shape="bar"
            height={220}
            {...groups}
            labels={subjects.years.map((one) => one.name)}
            series={[{ name: words.subjects, values: subjects.years.map((one) => one.subjects) }]}
          />
        </div>
      </div>
      <div className={styles["below"]}>
        <BarChart title={words.byIndustry} {...groups} parts={parts(subjects.industries)} />
      </div>
    </Section>
  );
}

function Collection({ told }: Told) {
  const { statistics: words } = useWords();
  const { language } = useLanguage();
  const items = rowsByItem(told, language);
  return (
    <Section
      title={words.collection}
      note={words.collectionNote}
      actions={items.length > 0 && <Export told={told} what="collection" />}
    >
      {items.length === 0 ? (
        <Empty title={words.nothingCollected}>{words.nothingCollectedHint}</Empty>
      ) : (
        <div className={styles["stack"]}>
          <TimeChart
            title={words.rowsByMonth}
            shape="bar"
            unit={words.rows}
            height={220}
            labels={told.months}
            series={[{ name: words.collection, values: rowsByMonth(told) }]}
          />
          <BarChart title={words.rowsByItem} unit={words.rows} parts={items} />
        </div>
      )}
    </Section>
  );
}

function Inquiries({ told }: Told) {
  const { statistics: words } = useWords();
  const { language } = useLanguage();
  const courses = inquiryCourses(told, language);
  return (
    <Section
      title={words.inquiries}
      note={words.inquiriesNote}
      actions={courses.length > 0 && <Export told={told} what="inquiries" />}
    >
      {courses.length === 0 ? (
        <Empty title={words.nothingAsked}>{words.nothingAskedHint(told.least)}</Empty>
      ) : (
        <TimeChart
          title={words.inquiriesByMonth}
          shape="bar"
          isStacked
          unit={words.times}
          blank={words.few(told.least)}
          labels={told.months}
          series={courses}
        />
      )}
    </Section>
  );
}

interface Line {
  key: string;
  cells: (string | number | null)[];
}

/** The figures of a section as a file; what is withheld is withheld there too. */
function Export({ told, what }: Told & { what: "subjects" | "collection" | "inquiries" }): ReactNode {
  const { statistics: words } = useWords();
  const { language } = useLanguage();
  const { heads, lines } = sheet(told, what, words, language);
  const columns: ExportColumn<Line>[] = heads.map((title, i) => ({
    title,
    value: (line) => line.cells[i] ?? words.few(told.least),
    kind: i < (what === "inquiries" ? 1 : 2) ? "text" : "count",
  }));
  return (
    <ExportButton
      name={`${words.title}-${words[what]}`}
      columns={columns}
      keyOf={(line) => line.key}
      total={lines.length}
      readPage={(page) => Promise.resolve({ rows: page === 1 ? lines : [], total: lines.length })}
    />
  );
}

function sheet(
  told: Statistics,
  what: "subjects" | "collection" | "inquiries",
  words: ReturnType<typeof useWords>["statistics"],
  language: "zh" | "en",
): { heads: string[]; lines: Line[] } {
  if (what === "collection") {
    const heads = [words.item, words.provider, words.batches, ...told.months];
    const lines = told.collection.map((one) => ({
      key: one.item,
      cells: [`${one.item} ${one.name[language]}`, one.provider[language], one.batches, ...one.rows],
    }));
    return { heads, lines };
  }
  if (what === "inquiries") {
    const lines = told.inquiries.map((one) => ({
      key: one.purpose,
      cells: [one.name[language], ...one.inquiries],
    }));
    return { heads: [words.inquiriesByMonth, ...told.months], lines };
  }
  const { areas, sizes, industries, years, elsewhere } = told.subjects;
  const groups: [string, { code: string; name: string; subjects: number | null }[]][] = [
    [words.byArea, [...areas, { code: "elsewhere", name: words.elsewhere, subjects: elsewhere }]],
    [words.bySize, sizes],
    [words.byIndustry, industries],
    [words.byYear, years],
  ];
  const lines = groups.flatMap(([group, ones]) =>
    ones.map((one) => ({ key: `${group}${one.code}`, cells: [group, one.name, one.subjects] })),
  );
  return { heads: ["", words.subjects, words.households], lines };
}

function parts(
  groups: { name: string; subjects: number | null }[],
): { name: string; value: number | null }[] {
  return groups.map(({ name, subjects }) => ({ name, value: subjects }));
}

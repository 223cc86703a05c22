import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { definition } from "../../api/definitions";
import {
  type Indicator,
  indicators as allIndicators,
  type Model,
  type Scored,
} from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { ShareChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { usePurposeNames } from "../seen/purposes";
import { binsOf } from "./bins";
import { GRADE_TONES } from "./tones";
import styles from "./models.module.css";

type Codes = Readonly<Record<string, string>>;

/** What a version says: whom it evaluates, from what, with which points, cut-offs, vetoes and uses. */
export function Content({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const query = useQuery(allIndicators);
  return (
    <>
      <About model={model} />
      <Grades model={model} />
      <Section title={words.dimensions} note={words.dimensionsNote}>
        <Loaded query={query}>{(known) => <Dimensions model={model} known={known} />}</Loaded>
      </Section>
      <Vetoes model={model} known={query.data ?? []} />
      <Uses model={model} />
    </>
  );
}

function About({ model }: { model: Model }) {
  const { scorecards: words, search } = useWords();
  const card = model.document;
  return (
    <Section title={words.about}>
      <Facts
        facts={[
          [words.kinds, card.kinds.map((kind) => search.kinds[kind]).join(words.comma)],
          [words.validMonths, words.months(card.valid_months)],
          [words.source, words.sources[card.source_status]],
          [words.basis, card.basis.map(typeset).join(words.semicolon)],
          [words.digest, <span className="code">{model.digest}</span>],
        ]}
      />
    </Section>
  );
}

function Grades({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const marks = ["gradeA", "gradeB", "gradeC", "gradeD"];
  const { grades } = model.document;
  return (
    <Section title={words.grades} note={words.gradesNote}>
      <ol className={styles["scale"]} aria-label={words.grades}>
        {grades.map((one, i) => {
          const above = i === 0 ? 1000 : (grades[i - 1]?.score ?? 1000);
          return (
            <li
              key={one.grade}
              className={styles[marks[i] ?? ""]}
              style={{ flex: `${above - one.score} 1 0` }}
            >
              <b>{one.grade}</b>
              <span className="num">{words.range(one.score, i === 0 ? 1000 : above - 1)}</span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function Dimensions({ model, known }: { model: Model; known: Indicator[] }) {
  const { scorecards: words } = useWords();
  const { language } = useLanguage();
  const { dimensions } = model.document;
  const weight = (one: (typeof dimensions)[number]) =>
    one.indicators.reduce((sum, scored) => sum + scored.weight, 0);
  const codes = useCodes(model, known);
  return (
    <>
      <ShareChart
        title={words.weights}
        unit={words.points}
        height={180}
        parts={dimensions.map((one) => ({ name: typeset(one.name[language]), value: weight(one) }))}
      />
      {dimensions.map((one) => (
        <section key={one.id} className={styles["dimension"]} style={{ marginTop: 28 }}>
          <h3>
            {typeset(one.name[language])}{" "}
            <span className="quiet num">{words.dimensionSum(one.indicators.length, weight(one))}</span>
          </h3>
          <ScoredRows label={typeset(one.name[language])} rows={one.indicators} known={known} codes={codes} />
        </section>
      ))}
    </>
  );
}

interface RowsProps {
  label: string;
  rows: Scored[];
  known: Indicator[];
  codes: ReadonlyMap<string, Codes>;
}

function ScoredRows({ label, rows, known, codes }: RowsProps) {
  const { scorecards: words } = useWords();
  const columns: Column<Scored>[] = [
    {
      title: words.indicator,
      cell: (one) => <IndicatorName id={one.indicator} known={known} />,
    },
    { title: words.most, cell: (one) => one.weight, isNumber: true },
    {
      title: words.bins,
      cell: (one) => {
        const unit = known.find((indicator) => indicator.id === one.indicator)?.unit ?? "";
        return (
          <ul className={styles["bins"]}>
            {binsOf(one, unit, words, codes.get(one.indicator)).map((line) => (
              <li key={line.when}>
                <span>{line.when}</span>
                <span className="num">{words.pointsOf(line.points)}</span>
              </li>
            ))}
          </ul>
        );
      },
    },
  ];
  return <Rows label={label} rows={rows} columns={columns} keyOf={(one) => one.indicator} />;
}

/** What the codes of indicators are called, from the items that they read. */
function useCodes(model: Model, known: Indicator[]): ReadonlyMap<string, Codes> {
  const used = new Set(
    model.document.dimensions.flatMap((one) => one.indicators.map((scored) => scored.indicator)),
  );
  const coded = known.filter((one) => one.kind === "code" && used.has(one.id));
  const items = useQueries({ queries: coded.map((one) => definition(one.items[0] ?? "")) });
  return new Map(
    coded.map((one, i) => {
      const name = "field" in one.definition ? one.definition.field : "";
      const field = items[i]?.data?.fields.find((other) => other.name === name);
      return [one.id, field?.codes ?? {}];
    }),
  );
}

function IndicatorName({ id, known }: { id: string; known: Indicator[] }) {
  const { language } = useLanguage();
  const one = known.find((indicator) => indicator.id === id);
  if (one === undefined) return <span className="code">{id}</span>;
  return <Link href={`/indicators/${id}`}>{typeset(one.definition.name[language])}</Link>;
}

function Vetoes({ model, known }: { model: Model; known: Indicator[] }) {
  const { scorecards: words } = useWords();
  const columns: Column<Model["document"]["vetoes"][number]>[] = [
    { title: words.vetoReason, cell: (one) => typeset(one.reason), isHead: true },
    { title: words.indicator, cell: (one) => <IndicatorName id={one.indicator} known={known} /> },
    {
      title: words.condition,
      cell: (one) => <span className="num">{words.ops[one.op](String(one.value))}</span>,
    },
    {
      title: words.cap,
      cell: (one) => <State tone={GRADE_TONES[one.grade] ?? "calm"}>{words.capAt(one.grade)}</State>,
    },
  ];
  return (
    <Section title={words.vetoes} note={words.vetoesNote}>
      {model.document.vetoes.length === 0 ? (
        <Empty title={words.noVetoes}>{words.noVetoesHint}</Empty>
      ) : (
        <Rows
          label={words.vetoes}
          rows={model.document.vetoes}
          columns={columns}
          keyOf={(one) => `${one.indicator} ${one.op} ${one.value}`}
        />
      )}
    </Section>
  );
}

function Uses({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const purposeName = usePurposeNames();
  const own: Readonly<Record<string, string>> = words.ownPurposes;
  const { allowed, forbidden, person } = model.document.uses;
  return (
    <Section title={words.uses} note={words.usesNote}>
      <div className={styles["uses"]}>
        <div>
          <State tone="good">{words.allowed}</State>
          <ul>
            {allowed.map((one) => (
              <li key={one}>{own[one] ?? purposeName(one)}</li>
            ))}
          </ul>
        </div>
        <div>
          <State tone="bad">{words.forbidden}</State>
          <ul>
            {forbidden.map((one) => (
              <li key={one}>{typeset(one)}</li>
            ))}
          </ul>
        </div>
        <div>
          <State tone="accent">{words.person}</State>
          <p style={{ marginTop: 6 }}>{typeset(person)}</p>
        </div>
      </div>
    </Section>
  );
}

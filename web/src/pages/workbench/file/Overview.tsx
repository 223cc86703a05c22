import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { definitionOf, type InquiryAnswer } from "../../../api/inquiries";
import { useLanguage, useWords } from "../../../i18n/words";
import { Facts } from "../../../parts/Facts";
import { Section } from "../../../parts/Page";
import { State, type Tone } from "../../../parts/State";
import { count, day, money, quantity, spacedCode } from "../../../parts/format";
import { typeset } from "../../../parts/typeset";
import { newestFirst, shownValue } from "../../file/shown";
import { byItem, textOf } from "./facts";
import { type Figure, figuresOf } from "./figures";
import { type Flag, flagsOf } from "./flags";
import styles from "./file.module.css";

interface Props {
  answer: InquiryAnswer;
  toFacts: (item: string) => string;
}

/** What one looks at first: what to note, the main figures, who it is. */
export function Overview({ answer, toFacts }: Props) {
  return (
    <>
      <Flags answer={answer} toFacts={toFacts} />
      <MainFigures answer={answer} toFacts={toFacts} />
      <Registration answer={answer} />
    </>
  );
}

const ORDER: Record<Flag["state"], number> = { found: 0, past: 1, none: 2, unknown: 3 };

function Flags({ answer, toFacts }: Props) {
  const { workbench } = useWords();
  const flags = flagsOf(answer, day(answer.answered_at)).sort((a, b) => ORDER[a.state] - ORDER[b.state]);
  const toneOf = ({ state, isGrave }: Flag): Tone =>
    state === "found" ? (isGrave ? "bad" : "wait") : state === "none" ? "good" : "calm";
  const word = ({ state, now, past }: Flag) =>
    state === "found"
      ? workbench.flagStates.found(count(now))
      : state === "past"
        ? workbench.flagStates.past(count(past))
        : workbench.flagStates[state];
  const isClear = flags.every(({ state }) => state !== "found");
  return (
    <Section title={isClear ? workbench.allClear : workbench.flags} note={workbench.flagsNote}>
      <ul className={styles["flags"]}>
        {flags.map((flag) => (
          <li key={flag.name}>
            {flag.state === "found" || flag.state === "past" ? (
              <Link href={toFacts(flag.item)}>{workbench.flagWords[flag.name]}</Link>
            ) : (
              <span>{workbench.flagWords[flag.name]}</span>
            )}
            <State tone={toneOf(flag)}>{word(flag)}</State>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function MainFigures({ answer, toFacts }: Props) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const figures = figuresOf(answer);
  const tiles: {
    name: keyof typeof workbench.figureWords;
    item: string;
    value: string | null;
    note: string;
  }[] = [
    {
      name: "grade",
      item: "15",
      value: figures.grade === null ? null : workbench.gradeOf(figures.grade.code),
      note: figures.grade === null ? "" : workbench.gradeYear(figures.grade.year),
    },
    tile("sales", "17", figures.sales, (value) => money(value, "CNY", language), workbench.until),
    tile("invoiced", "18", figures.invoiced, (value) => money(value, "CNY", language), workbench.until),
    tile("insured", "19", figures.insured, (value) => quantity(value, "person", language), workbench.at),
    tile("housing", "21", figures.housing, (value) => quantity(value, "person", language), workbench.at),
    tile(
      "power",
      "25",
      figures.power,
      (value) => quantity(Math.round(value), "kWh", language),
      workbench.until,
    ),
  ];
  function tile(
    name: keyof typeof workbench.figureWords,
    item: string,
    figure: Figure | null,
    say: (value: number) => string,
    when: (month: string) => string,
  ) {
    const change = figure?.change ?? null;
    const parts = figure === null ? [] : [when(figure.until)];
    if (change !== null && Math.abs(change) < 0.0005) parts.push(workbench.same);
    else if (change !== null)
      parts.push(workbench.change(`${change >= 0 ? "+" : "−"}${Math.abs(100 * change).toFixed(1)}%`));
    return { name, item, value: figure === null ? null : say(figure.value), note: parts.join(" · ") };
  }
  return (
    <Section title={workbench.figures}>
      <dl className={styles["figures"]}>
        {tiles.map(({ name, item, value, note }) => (
          <div key={name}>
            <dt>{workbench.figureWords[name]}</dt>
            {value === null ? (
              <dd className="quiet">{workbench.notGiven}</dd>
            ) : (
              <>
                <dd className={styles["figure"]}>
                  <Link href={toFacts(item)}>{value}</Link>
                </dd>
                <dd className="quiet num">{note}</dd>
              </>
            )}
          </div>
        ))}
      </dl>
    </Section>
  );
}

const SHOWN = [
  "enterprise_type",
  "legal_person",
  "registered_capital",
  "established_date",
  "registration_status",
  "term_to",
  "authority",
  "address",
  "business_scope",
];

function Registration({ answer }: { answer: InquiryAnswer }) {
  const { workbench, file, search } = useWords();
  const { language } = useLanguage();
  const definition = useQuery(definitionOf("1"));
  const found = byItem(answer).get("1")?.records ?? [];
  const about = definition.data;
  const fact = about === undefined ? undefined : newestFirst(about, found)[0];
  const said = { language, yes: file.yes, no: file.no };
  const facts: [string, React.ReactNode][] = [
    [
      workbench.code,
      <span className="code">{spacedCode(answer.subject.code ?? answer.subject.old_number ?? "—")}</span>,
    ],
    [
      workbench.size,
      search.sizes[(answer.subject.size_class ?? "undetermined") as keyof typeof search.sizes] ?? "—",
    ],
  ];
  if (about !== undefined && fact !== undefined) {
    for (const name of SHOWN) {
      const field = about.fields.find((one) => one.name === name);
      if (field !== undefined && textOf(fact, name) !== "") {
        const value = fact.data[name] ?? null;
        facts.push([typeset(field[language]), shownValue(field, value, said)]);
      }
    }
  }
  return (
    <Section title={workbench.registration}>
      <Facts facts={facts} />
    </Section>
  );
}

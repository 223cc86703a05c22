import { useQueries, useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { Link } from "wouter";

import { definition } from "../../api/definitions";
import { type Indicator, indicators as allIndicators, models as allModels } from "../../api/evaluationDesk";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";
import { addressOf } from "../models/address";
import { MODEL_TONES } from "../models/tones";
import { DirectionMark } from "./DirectionMark";
import { type Use, usesOf } from "./search";
import { linesOf, twinOf } from "./sentences";
import styles from "./indicators.module.css";

/** One indicator: what it means, how it is computed, what others are given, which models use it. */
export function IndicatorPage({ id }: { id: string }) {
  const { indicators: words } = useWords();
  const { language } = useLanguage();
  const all = useQuery(allIndicators);
  const one = all.data?.find((indicator) => indicator.id === id);
  const back = <Link href="/indicators">{words.back}</Link>;
  if (all.data !== undefined && one === undefined) {
    return (
      <Page title={words.notFound(id)} trail={back} narrow>
        <Empty title={words.notFoundHint} action={back} />
      </Page>
    );
  }
  return (
    <Page
      title={one === undefined ? words.title : typeset(one.definition.name[language])}
      lead={one === undefined ? undefined : typeset(one.meaning)}
      trail={back}
    >
      <Loaded query={all}>
        {(list) =>
          one !== undefined && (
            <>
              <About one={one} />
              <How one={one} list={list} />
              <Uses id={id} />
              <Related one={one} list={list} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function About({ one }: { one: Indicator }) {
  const { indicators: words } = useWords();
  const { language } = useLanguage();
  const items = useQueries({ queries: one.items.map((item) => definition(item)) });
  const units: Readonly<Record<string, string>> = words.units;
  const kinds: Readonly<Record<string, string>> = words.kinds;
  return (
    <Section title={words.about}>
      <Facts
        facts={[
          [words.topic, typeset(one.topic)],
          [words.unit, units[one.unit] ?? one.unit],
          [words.direction, <DirectionMark direction={one.direction} />],
          [words.kind, kinds[one.kind] ?? one.kind],
          [
            words.items,
            one.items.map((item, i) => (
              <Fragment key={item}>
                {i > 0 && words.comma}
                <Link href={`/catalogue/${item}`}>{items[i]?.data?.name[language] ?? item}</Link>
              </Fragment>
            )),
          ],
          [words.id, <span className="code">{one.id}</span>],
        ]}
      />
    </Section>
  );
}

function How({ one, list }: { one: Indicator; list: Indicator[] }) {
  const { indicators: words } = useWords();
  const { language } = useLanguage();
  const item = "item" in one.definition ? one.items[0] : undefined;
  const query = useQuery({ ...definition(item ?? ""), enabled: item !== undefined });
  const names = {
    language,
    fields: query.data?.fields ?? [],
    indicator: (id: string) => list.find((other) => other.id === id)?.definition.name[language] ?? id,
  };
  return (
    <Section title={words.how} note={words.howNote}>
      <dl className={styles["how"]}>
        {linesOf(one.definition, words, names).map(([name, value]) => (
          <div key={`${name} ${value}`}>
            <dt>{name}</dt>
            <dd>{typeset(value)}</dd>
          </div>
        ))}
        <div>
          <dt>{words.twin}</dt>
          <dd>
            {typeset(twinOf(one.definition, words, names))}
            <p className="quiet">{words.twinNote}</p>
          </dd>
        </div>
      </dl>
    </Section>
  );
}

function Uses({ id }: { id: string }) {
  const { indicators: words, scorecards } = useWords();
  const { language } = useLanguage();
  const query = useQuery(allModels);
  const columns: Column<Use>[] = [
    {
      title: words.model,
      isHead: true,
      cell: ({ model }) => (
        <Link href={addressOf(model.id, model.version)}>
          {typeset(model.document.name[language])} <span className="num">{model.version}</span>
        </Link>
      ),
    },
    {
      title: words.dimension,
      cell: ({ model, dimension }) => {
        const found = model.document.dimensions.find((one) => one.id === dimension);
        return found === undefined ? "—" : typeset(found.name[language]);
      },
    },
    {
      title: words.weight,
      isNumber: true,
      cell: ({ weight, dimension }) => (dimension === null ? words.vetoOnly : words.weightOf(weight)),
    },
    { title: words.veto, cell: ({ vetoes }) => (vetoes ? words.isVeto : words.noVeto) },
    {
      title: scorecards.state,
      cell: ({ model }) => (
        <State tone={MODEL_TONES[model.state] ?? "calm"}>
          {(scorecards.states as Readonly<Record<string, string>>)[model.state] ?? model.state}
        </State>
      ),
    },
  ];
  return (
    <Section title={words.uses} note={words.usesNote}>
      <Loaded query={query}>
        {(models) => {
          const uses = usesOf(models).get(id) ?? [];
          return uses.length === 0 ? (
            <Empty title={words.unused}>{words.unusedHint}</Empty>
          ) : (
            <Rows
              label={words.uses}
              rows={uses}
              columns={columns}
              keyOf={({ model }) => `${model.id} ${model.version}`}
            />
          );
        }}
      </Loaded>
    </Section>
  );
}

function Related({ one, list }: { one: Indicator; list: Indicator[] }) {
  const { indicators: words } = useWords();
  const { language } = useLanguage();
  const others = list.filter((other) => other.topic === one.topic && other.id !== one.id);
  if (others.length === 0) return null;
  return (
    <Section title={words.related}>
      <ul className={styles["related"]}>
        {others.map((other) => (
          <li key={other.id}>
            <Link href={`/indicators/${other.id}`}>{typeset(other.definition.name[language])}</Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

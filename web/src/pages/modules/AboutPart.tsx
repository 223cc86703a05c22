import { useQuery } from "@tanstack/react-query";

import { indicators as allIndicators } from "../../api/evaluationDesk";
import type { Criteria, Module } from "../../api/modules";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { clausesOf, rulesOf } from "./criteria";
import styles from "./modules.module.css";

/** What the module is and who is found to belong, in words. */
export function AboutPart({ module }: { module: Module }) {
  const { modulePages: words, search, scorecards } = useWords();
  const { language } = useLanguage();
  const kinds: Readonly<Record<string, string>> = search.kinds;
  const { definition: declared } = module;
  const figure = (n: number | null) => (n === null ? words.few : count(n));
  return (
    <>
      <Section title={words.what}>
        <p className={styles["summary"]}>{typeset(language === "zh" ? module.summary : module.summary_en)}</p>
        <Facts
          facts={[
            [words.degrees.member, <span className="num">{figure(module.counts.member)}</span>],
            [words.degrees.possible, <span className="num">{figure(module.counts.possible)}</span>],
            [words.version, <span className="num">{module.version}</span>],
            [
              scorecards.source,
              module.province
                ? words.ofProvince
                : scorecards.sources[module.source_status as keyof typeof scorecards.sources],
            ],
            [scorecards.basis, module.basis.map(typeset).join(words.semicolon)],
          ]}
        />
      </Section>
      <Section title={words.criteria} note={words.criteriaNote}>
        <ul className={styles["rules"]}>
          {rulesOf(declared, words, (kind) => kinds[kind] ?? kind).map((rule) => (
            <li key={rule}>{typeset(rule)}</li>
          ))}
        </ul>
        <Fields module={module} />
      </Section>
      <Lists module={module} />
    </>
  );
}

type Field = Module["definition"]["classification"]["parts"][number];

function Fields({ module }: { module: Module }) {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const columns: Column<Field>[] = [
    { title: words.field, cell: (one) => typeset(one.name[language]), isHead: true },
    { title: words.codesFull, cell: (one) => <Codes codes={one.codes.full} /> },
    { title: words.codesPartial, cell: (one) => <Codes codes={one.codes.partial} /> },
  ];
  return (
    <Rows
      label={words.fields}
      rows={module.definition.classification.parts}
      columns={columns}
      keyOf={(one) => one.id}
    />
  );
}

function Codes({ codes }: { codes: string[] }) {
  return codes.length === 0 ? "—" : <span className="code">{codes.join(" ")}</span>;
}

function Lists({ module }: { module: Module }) {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const say = useClauses(module);
  const lines = [
    ...module.definition.lists.map((one) => ({
      id: one.id,
      name: one.name[language],
      criteria: one.criteria,
    })),
    { id: "", name: words.productFilter, criteria: module.definition.filter },
  ];
  const columns: Column<(typeof lines)[number]>[] = [
    { title: words.list, cell: (one) => typeset(one.name), isHead: true },
    { title: words.asks, cell: (one) => say(one.criteria) },
  ];
  return (
    <Section title={words.lists} note={words.listsNote}>
      <Rows label={words.lists} rows={lines} columns={columns} keyOf={(one) => one.id} />
    </Section>
  );
}

/** Criteria as one sentence. */
function useClauses(module: Module): (criteria: Criteria) => string {
  const { modulePages: words, search } = useWords();
  const { language } = useLanguage();
  const query = useQuery(allIndicators);
  const kinds: Readonly<Record<string, string>> = search.kinds;
  const sizes: Readonly<Record<string, string>> = search.sizes;
  const names = {
    part: (id: string) =>
      module.definition.classification.parts.find((one) => one.id === id)?.name[language] ?? id,
    kind: (kind: string) => kinds[kind] ?? kind,
    size: (size: string) => sizes[size] ?? size,
    indicator: (id: string) => query.data?.find((one) => one.id === id)?.definition.name[language] ?? id,
  };
  return (criteria) => typeset(clausesOf(criteria, words, names).join(words.semicolon)) || words.nothingAsked;
}

import type { Definition } from "../../api/definitions";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";

type Check = Definition["checks"][number] | Definition["batch_checks"][number];

/** Checks across fields and rows, and the limits of a batch. */
export function Rules({ one }: { one: Definition }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const checks: Check[] = [...one.checks, ...one.batch_checks];
  const columns: Column<Check>[] = [
    { title: catalogue.rule, cell: (check) => typeset(check.message[language]) },
    {
      title: catalogue.level,
      cell: (check) => (
        <State tone={check.level === "error" ? "bad" : "wait"}>{catalogue[check.level]}</State>
      ),
    },
    { title: catalogue.name, cell: (check) => <span className="code">{check.id}</span> },
    { title: catalogue.basis, cell: (check) => typeset(check.basis ?? "—") },
  ];
  return (
    <>
      <Section title={catalogue.rules} note={catalogue.rulesNote}>
        {checks.length === 0 ? (
          <Empty title={catalogue.noRules}>{catalogue.noRulesHint}</Empty>
        ) : (
          <Rows label={catalogue.rules} rows={checks} columns={columns} keyOf={(check) => check.id} />
        )}
      </Section>
      <Section title={catalogue.limits} note={catalogue.limitsNote}>
        <Limits one={one} />
      </Section>
    </>
  );
}

function Limits({ one }: { one: Definition }) {
  const { catalogue } = useWords();
  const { language } = useLanguage();
  const { limits } = one;
  const share = (value: number | null) => (
    <span className="num">{value === null ? "—" : `${Math.round(value * 100)}%`}</span>
  );
  const fill = Object.entries(limits.min_fill).map(([name, least]): [string, React.ReactNode] => [
    catalogue.limitNames.min_fill(one.fields.find((field) => field.name === name)?.[language] ?? name),
    share(least),
  ]);
  return (
    <Facts
      facts={[
        [catalogue.limitNames.min_rows, <span className="num">{limits.min_rows}</span>],
        [catalogue.limitNames.max_quarantined, share(limits.max_quarantined)],
        [catalogue.limitNames.max_deletions, share(limits.max_deletions)],
        [catalogue.limitNames.min_rows_vs_previous, share(limits.min_rows_vs_previous)],
        ...fill,
      ]}
    />
  );
}

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { type Difference, differencesOf, type Model, models as allModels } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";

const TONES: Readonly<Record<Difference["kind"], Tone>> = {
  added: "good",
  removed: "bad",
  changed: "accent",
};

/** What this version says otherwise than another one. */
export function Differences({ model }: { model: Model }) {
  const { scorecards: words } = useWords();
  const query = useQuery(allModels);
  return (
    <Section title={words.tabs.differences} note={words.differencesNote}>
      <Loaded query={query}>
        {(all) => {
          const others = all.filter((one) => one.id === model.id && one.version !== model.version);
          return others.length === 0 ? (
            <Empty title={words.onlyVersion}>{words.onlyVersionHint}</Empty>
          ) : (
            <Comparison model={model} others={others} />
          );
        }}
      </Loaded>
    </Section>
  );
}

function Comparison({ model, others }: { model: Model; others: Model[] }) {
  const { scorecards: words } = useWords();
  const { value, change } = useAddress();
  const usual = others.find((one) => one.state === "in_force") ?? others[0];
  const other = others.find((one) => one.version === value("with"))?.version ?? usual?.version ?? "";
  const query = useQuery(differencesOf(model.id, model.version, other));
  const columns: Column<Difference>[] = [
    { title: words.part, cell: (one) => words.differenceParts[one.part] },
    { title: words.what, cell: (one) => typeset(one.name), isHead: true },
    {
      title: words.kindOf,
      cell: (one) => <State tone={TONES[one.kind]}>{words.differenceKinds[one.kind]}</State>,
    },
    { title: words.said, cell: (one) => typeset(one.text) },
  ];
  return (
    <>
      <Filters>
        <Filter label={words.comparedWith} id="with">
          <Select
            id="with"
            value={other}
            popupMatchSelectWidth={false}
            options={others.map((one) => ({
              value: one.version,
              label: `${one.version} ${words.states[one.state as keyof typeof words.states] ?? one.state}`,
            }))}
            onChange={(version: string) => change({ with: version })}
          />
        </Filter>
      </Filters>
      <Loaded query={query}>
        {({ differences }) =>
          differences.length === 0 ? (
            <Empty title={words.same}>{words.sameHint}</Empty>
          ) : (
            <Rows
              label={words.tabs.differences}
              rows={differences}
              columns={columns}
              keyOf={(one) => `${one.part} ${one.kind} ${one.name} ${one.text}`}
            />
          )
        }
      </Loaded>
    </>
  );
}

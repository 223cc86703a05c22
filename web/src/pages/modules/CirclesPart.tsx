import { useQuery } from "@tanstack/react-query";
import { Alert, Select } from "antd";
import { useMemo } from "react";

import { type Circle, circleOf, type Leader, leadersOf, type Module } from "../../api/modules";
import { useWords } from "../../i18n/words";
import { GraphChart } from "../../parts/chart/GraphChart";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useGroupNames } from "../grades/names";
import { ringsOf } from "./rings";

/** Circles around chain leaders: who is related to whom by what the catalogue's records state. */
export function CirclesPart({ module }: { module: Module }) {
  const { modulePages: words } = useWords();
  const query = useQuery(leadersOf(module.id));
  return (
    <Loaded query={query}>
      {(leaders) =>
        leaders.length === 0 ? (
          <Empty title={words.noLeaders}>
            {words.noLeadersHint(module.definition.circles?.leaders.related ?? 1)}
          </Empty>
        ) : (
          <Chosen module={module} leaders={leaders} />
        )
      }
    </Loaded>
  );
}

function Chosen({ module, leaders }: { module: Module; leaders: Leader[] }) {
  const { modulePages: words } = useWords();
  const { value, change } = useAddress();
  const leader = leaders.find((one) => one.code === value("leader")) ?? leaders[0];
  const query = useQuery(circleOf(module.id, leader?.code ?? ""));
  return (
    <>
      <Filters>
        <Filter label={words.leader} id="leader">
          <Select
            id="leader"
            showSearch={{ optionFilterProp: "label" }}
            value={leader?.code ?? null}
            popupMatchSelectWidth={false}
            options={leaders.map((one) => ({
              value: one.code,
              label: words.leaderOf(one.name, one.related),
            }))}
            onChange={(code: string) => change({ leader: code })}
          />
        </Filter>
      </Filters>
      <Loaded query={query}>{(circle) => <OneCircle circle={circle} />}</Loaded>
    </>
  );
}

function OneCircle({ circle }: { circle: Circle }) {
  const { modulePages: words } = useWords();
  const nameOf = useGroupNames();
  const { nodes, edges } = useMemo(() => ringsOf(circle), [circle]);
  const columns: Column<Circle["members"][number]>[] = [
    { title: words.firm, cell: (one) => one.name, isHead: true },
    { title: words.code, cell: (one) => <span className="code">{spacedCode(one.code)}</span> },
    { title: words.step, cell: (one) => words.steps(one.step) },
    { title: words.division, cell: (one) => nameOf("division", one.division?.slice(0, 4) ?? null) },
  ];
  return (
    <>
      <Section title={words.circleOf(circle.leader.name)} note={words.circleNote}>
        {circle.leader.signs.length > 0 && <p>{words.signs(circle.leader.signs.join(words.comma))}</p>}
        {circle.withheld.length > 0 && (
          <Alert
            type="info"
            showIcon
            title={words.withheld(circle.withheld.map(typeset).join(words.comma))}
            style={{ marginBottom: 16 }}
          />
        )}
        {circle.truncated && <Alert type="warning" showIcon title={words.truncated(circle.members.length)} />}
        <GraphChart
          title={words.graph}
          note={words.graphNote}
          about={words.graphAbout(circle.members.length, circle.links.length)}
          nodes={nodes}
          edges={edges}
          heads={[words.firm, words.relation, words.otherParty]}
        />
      </Section>
      <Section title={words.circleMembers}>
        <Rows label={words.circleMembers} rows={circle.members} columns={columns} keyOf={(one) => one.code} />
      </Section>
    </>
  );
}

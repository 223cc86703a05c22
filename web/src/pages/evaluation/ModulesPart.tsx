import { useQuery } from "@tanstack/react-query";

import { type Membership, type ModuleEvidence, ownModulesOf } from "../../api/ownModules";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { typeset } from "../../parts/typeset";

const BELONGS = new Set(["member", "possible"]);

/** To which feature modules the firm belongs, and what speaks for it. */
export function ModulesPart() {
  const { evaluation: words } = useWords();
  const person = usePerson();
  const query = useQuery(ownModulesOf(person.subject ?? ""));
  return (
    <Loaded query={query}>
      {({ modules }) => {
        const found = modules.filter(({ degree }) => BELONGS.has(degree));
        return found.length === 0 ? (
          <Section title={words.modules} note={words.modulesNote}>
            <Empty title={words.noModules}>{words.noModulesHint}</Empty>
          </Section>
        ) : (
          found.map((one) => <OneModule key={one.module} one={one} />)
        );
      }}
    </Loaded>
  );
}

function OneModule({ one }: { one: Membership }) {
  const { evaluation: words } = useWords();
  const columns: Column<ModuleEvidence>[] = [
    { title: words.said, isHead: true, cell: (piece) => typeset(piece.said ?? "—") },
    { title: words.saidBy, cell: (piece) => typeset(piece.item_name ?? piece.origin_name) },
    { title: words.field, cell: (piece) => typeset(piece.part ?? "—") },
    { title: words.speaksFor, cell: (piece) => typeset(piece.why) },
  ];
  return (
    <Section
      title={typeset(one.name)}
      note={words.modulesNote}
      actions={<State tone={one.degree === "member" ? "good" : "wait"}>{typeset(one.degree_name)}</State>}
    >
      <Rows
        label={typeset(one.name)}
        rows={one.evidence}
        columns={columns}
        keyOf={(piece) => one.evidence.indexOf(piece)}
      />
    </Section>
  );
}

import { useQuery } from "@tanstack/react-query";

import { definitionOf, type ItemAnswer, type ItemDefinition } from "../../api/inquiries";
import type { CatalogueItem } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { typeset } from "../../parts/typeset";
import { absenceOf } from "./absence";
import { Course } from "./Course";
import { FactRows } from "./FactRows";
import { FactView } from "./FactView";
import { None } from "./Overview";
import styles from "./file.module.css";
import { newestFirst } from "./shown";
import type { FileClass } from "./summary";

/** One class: each of its items with its facts, or why there are none. `on`: the day as of which they are shown. */
export function ClassView({ one, on }: { one: FileClass; on: string }) {
  const { language } = useLanguage();
  return (
    <>
      <h2 className={styles["className"]}>{one.name[language]}</h2>
      {one.items.map(({ about, known }) => (
        <ItemView key={about.item} about={about} known={known} on={on} />
      ))}
    </>
  );
}

function ItemView({ about, known, on }: { about: CatalogueItem; known: ItemAnswer | undefined; on: string }) {
  const { file } = useWords();
  const { language } = useLanguage();
  const query = useQuery(definitionOf(about.item));
  const access: Readonly<Record<string, string>> = file.access;
  const facts = known?.records ?? [];
  return (
    <Section
      title={typeset(about.name[language])}
      note={file.about(
        about.provider,
        cycleOf(about.update_cycle, file),
        access[about.access] ?? about.access,
      )}
      actions={facts.length === 0 ? <None slug={about.slug} /> : undefined}
    >
      {facts.length === 0 ? (
        <Missing about={about} />
      ) : (
        <Loaded query={query}>
          {(definition) => <Known definition={definition} facts={facts} on={on} />}
        </Loaded>
      )}
    </Section>
  );
}

function Known({
  definition,
  facts,
  on,
}: {
  definition: ItemDefinition;
  facts: ItemAnswer["records"];
  on: string;
}) {
  const sorted = newestFirst(definition, facts);
  const [only] = sorted;
  if (sorted.length === 1 && only !== undefined)
    return <FactView definition={definition} fact={only} on={on} />;
  return (
    <>
      <Course definition={definition} facts={sorted} />
      <FactRows definition={definition} facts={sorted} on={on} />
    </>
  );
}

/** Nothing is known of an item: whose task it is to provide it, and how to have it added. */
function Missing({ about }: { about: CatalogueItem }) {
  const { file } = useWords();
  const absence = absenceOf(about.slug);
  if (absence === "clean") return <p className="quiet">{file.cleanHint(about.provider)}</p>;
  const how: Readonly<Record<string, (provider: string) => string>> = {
    collected: file.howCollected,
    interface: file.howInterface,
    declared: file.howDeclared,
  };
  const way = how[about.sharing_mode[0] ?? "collected"] ?? file.howCollected;
  return (
    <div className={styles["missing"]}>
      <p>
        {absence === "missing"
          ? file.missingHint(about.provider, cycleOf(about.update_cycle, file))
          : file.ifAnyHint(about.provider)}
      </p>
      <p>
        <strong>{file.howAdded}</strong> {way(about.provider)}
      </p>
    </div>
  );
}

function cycleOf(cycle: string, { cycles }: { cycles: Readonly<Record<string, string>> }): string {
  return cycles[cycle] ?? cycle;
}

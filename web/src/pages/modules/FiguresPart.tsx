import { useQuery } from "@tanstack/react-query";

import { type Fall, type Module, statisticsOf } from "../../api/modules";
import { useLanguage, useWords } from "../../i18n/words";
import { BarChart, type Part, TimeChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { typeset } from "../../parts/typeset";
import { useGroupNames } from "../grades/names";
import { GRADES } from "../models/tones";
import styles from "./modules.module.css";

const FIGURES = { parts: "part", divisions: "division", sizes: "size", grades: "grade" } as const;

/** Members by field, city, size and grade, as far as the module's page asks for them. */
export function FiguresPart({ module }: { module: Module }) {
  const { modulePages: words } = useWords();
  const query = useQuery(statisticsOf(module.id));
  const asked = Object.entries(FIGURES).filter(([figure]) => module.definition.page.figures.includes(figure));
  return (
    <Section title={words.tabs.figures} note={words.figuresNote}>
      <Loaded query={query}>
        {(falls) =>
          falls.length === 0 ? (
            <Empty title={words.noMembers}>{words.noMembersHint}</Empty>
          ) : (
            <div className={styles["figures"]}>
              {asked.map(([figure, by]) => (
                <One key={figure} by={by} falls={falls} module={module} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

function One({ by, falls, module }: { by: string; falls: Fall[]; module: Module }) {
  const { modulePages: words } = useWords();
  const { language } = useLanguage();
  const nameOf = useGroupNames();
  const title = words.by[by as keyof typeof words.by];
  const lines = falls.filter((one) => one.by === by && one.degree === "member");
  const fieldOf = (id: string | null) =>
    typeset(
      module.definition.classification.parts.find((one) => one.id === id || one.name.zh === id)?.name[
        language
      ] ??
        id ??
        words.unknown,
    );
  if (by === "grade") {
    const graded = GRADES.map((grade) => lines.find((one) => one.part === grade)?.subjects ?? 0);
    return (
      <TimeChart
        title={title}
        shape="bar"
        unit={words.households}
        height={220}
        labels={[...GRADES]}
        series={[{ name: words.degrees.member, values: graded }]}
      />
    );
  }
  const parts: Part[] = lines
    .map((one) => ({ name: by === "part" ? fieldOf(one.part) : nameOf(by, one.part), value: one.subjects }))
    .sort((a, b) => b.value - a.value);
  if (parts.length === 0) return null;
  return <BarChart title={title} unit={words.households} parts={parts} />;
}

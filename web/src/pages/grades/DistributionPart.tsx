import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type Part, partsOf } from "../../api/evaluationDesk";
import { useWords } from "../../i18n/words";
import { ShareChart } from "../../parts/chart/Chart";
import { Empty } from "../../parts/Empty";
import { type ExportColumn, ExportButton } from "../../parts/ExportButton";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { count } from "../../parts/format";
import { GRADES } from "../models/tones";
import { GradeBar } from "./GradeBar";
import { useGroupNames } from "./names";
import { type Group, groupsBy, wholeOf } from "./sums";

const GROUPS = ["division", "size", "section", "kind"] as const;

/** How the grades fall over cities, sizes, sections of industry and kinds of subject. */
export function DistributionPart({ model }: { model: string }) {
  const { grading: words } = useWords();
  const query = useQuery(partsOf(model));
  return (
    <Loaded query={query}>
      {(parts) =>
        parts.length === 0 ? (
          <Empty title={words.nobody} action={<Link href="/grades/runs">{words.tabs.runs}</Link>}>
            {words.nobodyHint}
          </Empty>
        ) : (
          <Parts parts={parts} />
        )
      }
    </Loaded>
  );
}

function Parts({ parts }: { parts: Part[] }) {
  const { grading: words } = useWords();
  const whole = wholeOf(parts);
  return (
    <>
      <Section title={words.whole} note={words.wholeNote(count(whole.subjects), whole.mean.toFixed(0))}>
        <ShareChart
          title={words.byGrade}
          unit={words.households}
          parts={GRADES.map((grade) => ({ name: grade, value: whole.grades[grade] ?? 0 }))}
        />
      </Section>
      {GROUPS.map((by) => (
        <GroupSection key={by} by={by} groups={groupsBy(parts, by)} />
      ))}
    </>
  );
}

function GroupSection({ by, groups }: { by: (typeof GROUPS)[number]; groups: Group[] }) {
  const { grading: words } = useWords();
  const nameOf = useGroupNames();
  const title = words.groups[by];
  const columns: Column<Group>[] = [
    { title: words.groupHeads[by], cell: (one) => nameOf(by, one.part), isHead: true },
    { title: words.subjects, cell: (one) => count(one.subjects), isNumber: true },
    { title: words.mean, cell: (one) => one.mean.toFixed(0), isNumber: true },
    { title: words.grades, cell: (one) => <GradeBar grades={one.grades} /> },
  ];
  const sheet: ExportColumn<Group>[] = [
    { title: words.groupHeads[by], value: (one) => nameOf(by, one.part), width: 28 },
    { title: words.subjects, value: (one) => one.subjects, kind: "count" },
    { title: words.mean, value: (one) => Math.round(one.mean), kind: "count" },
    ...GRADES.map((grade): ExportColumn<Group> => ({
      title: grade,
      value: (one) => one.grades[grade] ?? 0,
      kind: "count",
    })),
  ];
  return (
    <Section
      title={title}
      actions={
        <ExportButton
          name={title}
          columns={sheet}
          keyOf={(one) => one.part ?? ""}
          total={groups.length}
          readPage={(page) => Promise.resolve({ rows: page === 1 ? groups : [], total: groups.length })}
        />
      }
    >
      <Rows label={title} rows={groups} columns={columns} keyOf={(one) => one.part ?? ""} />
    </Section>
  );
}

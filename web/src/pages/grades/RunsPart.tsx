import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";

import { askRun, type Run, runs as allRuns } from "../../api/evaluationDesk";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { Who } from "../log/Who";
import styles from "./grades.module.css";

/** Runs of the evaluation, and asking for one. */
export function RunsPart() {
  const { grading: words } = useWords();
  const person = usePerson();
  const query = useQuery(allRuns);
  return (
    <>
      {person.may("run", "evaluation") && <Ask />}
      <Section title={words.runs} note={words.runsNote}>
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={words.noRuns}>{words.noRunsHint}</Empty>
            ) : (
              <RunRows found={found} />
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function Ask() {
  const { grading: words, shell } = useWords();
  const refreshes = [["evaluations"], ["jobs"]];
  const touched = useDeed({ act: () => askRun("touched"), done: words.askedTouched, refreshes });
  const full = useDeed({ act: () => askRun("full"), done: words.askedFull, refreshes });
  const fault = touched.error ?? full.error;
  return (
    <Section title={words.ask} note={words.askNote}>
      <div className={styles["ask"]}>
        <div>
          <p>{words.touchedWords}</p>
          <Button loading={touched.isPending} onClick={() => touched.mutate(undefined)}>
            {words.touched}
          </Button>
        </div>
        <div>
          <p>{words.fullWords}</p>
          <Popconfirm
            title={<div style={{ maxWidth: 300 }}>{words.fullSure}</div>}
            okText={words.full}
            cancelText={shell.cancel}
            onConfirm={() => full.mutate(undefined)}
          >
            <Button loading={full.isPending}>{words.full}</Button>
          </Popconfirm>
        </div>
      </div>
      {fault !== null && <FaultNotice thrown={fault} />}
    </Section>
  );
}

function RunRows({ found }: { found: Run[] }) {
  const { grading: words } = useWords();
  const kinds: Readonly<Record<string, string>> = words.kinds;
  const columns: Column<Run>[] = [
    { title: words.run, isHead: true, cell: (one) => `${kinds[one.kind] ?? one.kind} ${one.id}` },
    { title: words.asOf, cell: (one) => <span className="num">{one.as_of}</span> },
    { title: words.begun, cell: (one) => <span className="num">{moment(one.started_at)}</span> },
    {
      title: words.ended,
      cell: (one) =>
        one.finished_at === null ? (
          <State tone="wait">{words.unfinished}</State>
        ) : (
          <span className="num">{moment(one.finished_at)}</span>
        ),
    },
    { title: words.subjects, cell: (one) => count(one.subjects), isNumber: true },
    { title: words.changed, cell: (one) => count(one.changed), isNumber: true },
    { title: words.askedBy, cell: (one) => <Who id={one.principal} /> },
  ];
  return <Rows label={words.runs} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

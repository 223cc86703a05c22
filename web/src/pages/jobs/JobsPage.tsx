import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "wouter";

import { cancelJob, type Job, jobsBy, type JobState, retryJob } from "../../api/jobs";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import styles from "./jobs.module.css";

const TONES: Readonly<Record<JobState, Tone>> = { waiting: "calm", running: "accent", failed: "bad" };
const STATES: JobState[] = ["failed", "running", "waiting"];

/** Background work: what waits, runs or has failed. */
export function JobsPage() {
  const { jobs } = useWords();
  const { value, page, toPage } = useAddress();
  const state = STATES.find((one) => one === value("state")) ?? null;
  const query = useQuery({ ...jobsBy(state, page), placeholderData: keepPreviousData });
  const counts = query.data?.counts ?? {};
  const numbered = (name: string, n: number | undefined) => (n === undefined ? name : `${name} ${count(n)}`);
  const tabs: [string, string][] = [
    ["/jobs", jobs.all],
    ...STATES.map((one): [string, string] => [`/jobs?state=${one}`, numbered(jobs.states[one], counts[one])]),
  ];
  return (
    <Page title={jobs.title} lead={jobs.lead}>
      <TabLinks label={jobs.filter} here={state === null ? "/jobs" : `/jobs?state=${state}`} tabs={tabs} />
      <Section title={state === null ? jobs.list : jobs.states[state]}>
        <Loaded query={query}>
          {(found) =>
            found.jobs.length === 0 ? (
              <Empty title={state === "failed" ? jobs.emptyFailed : jobs.empty}>
                {state === "failed" ? jobs.emptyFailedHint : jobs.emptyHint}
              </Empty>
            ) : (
              <>
                <JobRows found={found.jobs} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function JobRows({ found }: { found: Job[] }) {
  const { jobs } = useWords();
  const person = usePerson();
  const mayAct = person.may("retry", "job");
  const tasks: Readonly<Record<string, string>> = jobs.tasks;
  const columns: Column<Job>[] = [
    {
      title: jobs.task,
      isHead: true,
      cell: (job) => (
        <>
          {tasks[job.task] ?? job.task} <span className="code quiet">{job.id}</span>
        </>
      ),
    },
    { title: jobs.about, cell: (job) => <About job={job} /> },
    { title: jobs.state, cell: (job) => <State tone={TONES[job.state]}>{jobs.states[job.state]}</State> },
    {
      title: jobs.attempts,
      cell: (job) => count(job.attempts + (job.state === "waiting" ? 0 : 1)),
      isNumber: true,
    },
    { title: jobs.asked, cell: (job) => <span className="num">{moment(job.created_at)}</span> },
    { title: jobs.fault, cell: (job) => <Outcome job={job} /> },
  ];
  if (mayAct) columns.push({ title: jobs.acts, cell: (job) => <Acts job={job} /> });
  return (
    <>
      <Rows label={jobs.title} rows={found} columns={columns} keyOf={(job) => job.id} />
      {!mayAct && <p className="quiet">{jobs.readOnly}</p>}
    </>
  );
}

function About({ job }: { job: Job }) {
  const { jobs } = useWords();
  const { batch, source } = job.payload;
  if (job.task === "collect.process")
    return <Link href={`/batches/${String(batch)}`}>{jobs.batch(String(batch))}</Link>;
  if (source !== undefined) return jobs.source(String(source));
  return batch === undefined ? "—" : <span className="code">{String(batch).slice(0, 8)}</span>;
}

function Outcome({ job }: { job: Job }) {
  const { jobs } = useWords();
  const { fault } = job;
  const words =
    fault === null ? "" : fault.message === null ? jobs.unseen(fault.type) : typeset(fault.message);
  if (words === "" && !job.put_off && !job.abandoned) return "—";
  return (
    <div className={styles["outcome"]}>
      {job.abandoned && <p>{jobs.abandoned}</p>}
      {words !== "" && <p>{words}</p>}
      {fault !== null && <p className="quiet num">{moment(fault.at)}</p>}
      {job.put_off && <p className="quiet num">{jobs.putOff(moment(job.due_at))}</p>}
    </div>
  );
}

function Acts({ job }: { job: Job }) {
  const { jobs } = useWords();
  const refreshes = [["jobs"], ["tasks"], ["health"]];
  const retry = useDeed({ act: () => retryJob(job.id), done: jobs.retried, refreshes });
  const cancel = useDeed({ act: () => cancelJob(job.id), done: jobs.cancelled, refreshes });
  if (job.state === "running") return null;
  const fault = retry.error ?? cancel.error;
  return (
    <div className={styles["acts"]}>
      {fault !== null && <FaultNotice thrown={fault} />}
      {job.state === "failed" && (
        <Button loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
          {jobs.retry}
        </Button>
      )}
      <ConfirmButton
        sure={jobs.cancelSure}
        loading={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined)}
      >
        {jobs.cancel}
      </ConfirmButton>
    </div>
  );
}

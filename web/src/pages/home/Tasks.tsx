import { useQueries } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { Link } from "wouter";

import { api, got } from "../../api/client";
import type { MemberState } from "../../api/types";
import { type Person, usePerson } from "../../app/session";
import { useWords, type Words } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { count } from "../../parts/format";
import styles from "./home.module.css";

const WAITING = [
  "applied",
  "material_check",
  "qualification_review",
  "agreement_signed",
  "sandbox_test",
  "security_check",
  "suspended",
] as const satisfies readonly MemberState[];

/** Versions of models that wait for a step, and who takes it. */
const MODEL_STEPS = [
  ["draft", "validate"],
  ["validated", "approve"],
  ["approved", "start"],
] as const;

export interface Task {
  key: string;
  name: string;
  to: string;
  countAll: () => Promise<number>;
}

/** What waits for the operator's people, each with its number and a way to it. */
export function Tasks() {
  const words = useWords();
  const person = usePerson();
  const { waiting, nothing, nothingHint } = words.home;
  return (
    <TaskList under={["tasks"]} tasks={tasksOf(person, words)} words={[waiting, nothing, nothingHint]} />
  );
}

interface ListProps {
  tasks: readonly Task[];
  under: readonly string[]; // the key of its queries: what makes it stale
  words: readonly [title: string, nothing: string, hint: string];
}

/** Tasks of which there are any; a number that cannot be had is said and not taken for none. */
export function TaskList({ tasks, under, words: [title, nothing, hint] }: ListProps) {
  const counts = useQueries({
    queries: tasks.map((task) => ({ queryKey: [...under, task.key], queryFn: task.countAll })),
  });
  const failed = counts.find((one) => one.isError);
  if (failed !== undefined)
    return <FaultNotice thrown={failed.error} onRetry={() => void failed.refetch()} />;
  if (counts.some((one) => one.isPending)) return <Skeleton active />;
  const open = tasks
    .map((task, place) => ({ ...task, total: counts[place]?.data ?? 0 }))
    .filter((task) => task.total > 0);
  return (
    <Section title={title}>
      {open.length === 0 ? (
        <Empty title={nothing}>{hint}</Empty>
      ) : (
        <ul className={styles["tasks"]}>
          {open.map((task) => (
            <li key={task.key}>
              <Link href={task.to}>
                <span>{task.name}</span>
                <strong className="num">{count(task.total)}</strong>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function tasksOf(person: Person, { home, members }: Words): Task[] {
  const tasks: Task[] = [];
  if (person.may("decide", "batch")) {
    tasks.push({
      key: "held",
      name: home.held,
      to: "/batches?state=held",
      countAll: async () =>
        (await got(api.GET("/v1/batches", { params: { query: { state: "held", page_size: 1 } } }))).total,
    });
  }
  if (person.may("retry", "job")) {
    tasks.push({
      key: "failed-jobs",
      name: home.failedJobs,
      to: "/jobs?state=failed",
      countAll: async () =>
        (await got(api.GET("/v1/jobs", { params: { query: { state: "failed", page_size: 1 } } }))).total,
    });
  }
  if (person.may("confirm", "account")) {
    tasks.push({
      key: "account-proposals",
      name: home.accountProposals,
      to: "/accounts",
      countAll: async () =>
        (await got(api.GET("/v1/account-proposals", { params: { query: { state: "open", page_size: 1 } } })))
          .total,
    });
  }
  for (const [state, action] of MODEL_STEPS) {
    if (!person.may(action, "evaluation-model")) continue;
    tasks.push({
      key: `models-${state}`,
      name: home.models[state],
      to: `/evaluation-models?state=${state}`,
      countAll: async () =>
        (await got(api.GET("/v1/evaluation-models"))).filter((one) => one.state === state).length,
    });
  }
  if (person.may("review", "evaluation-objection")) {
    tasks.push({
      key: "objections",
      name: home.objections,
      to: "/objection-desk",
      countAll: async () =>
        (await got(api.GET("/v1/evaluation-objections", { params: { query: { open: true, page_size: 1 } } })))
          .total,
    });
  }
  if (person.may("verify-paper", "consent")) {
    for (const waits_for of ["verification", "witness"] as const) {
      tasks.push({
        key: waits_for,
        name: home.waitsFor[waits_for],
        to: waits_for === "witness" ? "/paper-authorisations?kind=witness" : "/paper-authorisations",
        countAll: async () =>
          (await got(api.GET("/v1/consents", { params: { query: { waits_for, page_size: 1 } } }))).total,
      });
    }
  }
  if (person.may("approve", "firm-account")) {
    tasks.push({
      key: "firm-accounts",
      name: home.firmAccounts,
      to: "/firm-accounts",
      countAll: async () =>
        (await got(api.GET("/v1/firm-accounts", { params: { query: { state: "pending", page_size: 1 } } })))
          .total,
    });
  }
  if (person.may("advance", "member")) {
    for (const state of WAITING) {
      tasks.push({
        key: state,
        name: home.membersAt(members.states[state]),
        to: `/onboarding?state=${state}`,
        countAll: async () =>
          (await got(api.GET("/v1/members", { params: { query: { state, page_size: 1 } } }))).total,
      });
    }
  }
  return tasks;
}

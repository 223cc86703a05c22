import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";

import { api, got } from "../../api/client";
import type { ConsentFilter } from "../../api/consents";
import { inquiriesBy } from "../../api/inquiries";
import { usageOf } from "../../api/usage";
import { type Person, usePerson } from "../../app/session";
import { useWords, type Words } from "../../i18n/words";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { count, moment } from "../../parts/format";
import { FindField, useFind } from "../search/SearchPage";
import { type Task, TaskList } from "./Tasks";

/** Staff of a bank, a guarantor or a credit agency: find a firm, what waits, what was asked lately. */
export function InstitutionHome() {
  const { institution } = useWords();
  const person = usePerson();
  const [, go] = useLocation();
  const find = useFind((q) => go(`/search?q=${encodeURIComponent(q)}`));
  return (
    <>
      {person.may("search", "subject") && (
        <Section title={institution.find} note={institution.findNote}>
          <search>
            <FindField onFind={find} />
          </search>
        </Section>
      )}
      <Waiting />
      {person.may("read", "inquiry") && person.may("read", "information") && <Recent />}
      {person.may("read", "inquiry") && <Used />}
    </>
  );
}

function Waiting() {
  const words = useWords();
  const person = usePerson();
  const { tasks, nothing, nothingHint } = words.institution;
  return (
    <TaskList
      under={["consents", "tasks"]}
      tasks={tasksOf(person, words)}
      words={[tasks, nothing, nothingHint]}
    />
  );
}

function tasksOf(person: Person, { institution }: Words): Task[] {
  const tasks: Task[] = [];
  const consents = (filter: ConsentFilter) => async () =>
    (
      await got(
        api.GET("/v1/consents", {
          params: { query: { ...filter, state: filter.state?.join(",") ?? null, page_size: 1 } },
        }),
      )
    ).total;
  if (person.may("request", "consent")) {
    tasks.push(
      {
        key: "ending",
        name: institution.ending,
        to: "/tracking?tab=ending",
        countAll: consents({ state: ["active"], ending_within_days: 7 }),
      },
      {
        key: "waiting",
        name: institution.waiting,
        to: "/tracking",
        countAll: consents({ state: ["pending"] }),
      },
      {
        key: "usable",
        name: institution.usable,
        to: "/tracking?tab=inForce",
        countAll: consents({ state: ["active"] }),
      },
    );
  }
  if (person.may("read", "inquiry-batch")) {
    tasks.push({
      key: "batches",
      name: institution.batches,
      to: "/batches-of-inquiries",
      countAll: async () =>
        (await got(api.GET("/v1/inquiries/batch", { params: { query: { state: "running" } } }))).length,
    });
  }
  if (person.may("read", "subscription")) {
    tasks.push({
      key: "failing",
      name: institution.failing,
      to: "/subscriptions",
      countAll: async () =>
        (
          await got(api.GET("/v1/subscriptions", { params: { query: { state: "active", page_size: 200 } } }))
        ).filter((one) => one.failures > 0).length,
    });
  }
  if (person.may("receive", "subscription")) {
    tasks.push({
      key: "unverified",
      name: institution.unverified,
      to: "/subscriptions?tab=webhooks",
      countAll: async () =>
        (await got(api.GET("/v1/webhooks"))).filter((one) => one.state === "pending").length,
    });
  }
  return tasks;
}

function Recent() {
  const { institution } = useWords();
  const query = useQuery(inquiriesBy({}, 12));
  return (
    <Section title={institution.recent} actions={<Link href="/inquiries">{institution.all}</Link>}>
      <Loaded query={query}>
        {(lines) => {
          const firms = [...new Map(lines.map((one) => [one.subject_code, one])).values()].slice(0, 5);
          return firms.length === 0 ? (
            <p className="quiet">{institution.noRecent}</p>
          ) : (
            <Lines>
              {firms.map((one) => (
                <li key={one.subject_code}>
                  <Link href={`/workbench/${one.subject_code}?purpose=${one.purpose}`}>
                    {one.subject_name ?? one.subject_code}
                  </Link>
                  <span className="quiet num">{moment(one.at)}</span>
                </li>
              ))}
            </Lines>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Used() {
  const { institution } = useWords();
  const query = useQuery(usageOf());
  if (query.data === undefined) return null;
  const inquiries = query.data.days.reduce((sum, one) => sum + one.inquiries, 0);
  return (
    <Section title={institution.usage} actions={<Link href="/usage">{institution.toUsage}</Link>}>
      <p className="num">{institution.usageOf(count(inquiries), count(query.data.subjects))}</p>
    </Section>
  );
}

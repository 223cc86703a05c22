import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type ItemStanding, ownItems } from "../../api/collect";
import { usePerson } from "../../app/session";
import { useLanguage, useWords, type Words } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { count, today } from "../../parts/format";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { State, type Tone } from "../../parts/State";
import styles from "./home.module.css";

interface Task {
  key: string;
  name: string;
  figure: string;
  tone: Tone;
  to: string;
}

/** What waits for the people of a department: rows to mend, batches held, items that are due. */
export function DepartmentTasks() {
  const { items: words } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const query = useQuery(ownItems);
  return (
    <Section
      title={words.tasks.title}
      actions={person.may("create", "batch") && <Link href="/upload">{words.tasks.send}</Link>}
    >
      <Loaded query={query}>
        {(found) => {
          const tasks = found.items.flatMap((one) => tasksOf(one, one.name[language], words.tasks));
          if (tasks.length === 0)
            return (
              <Empty title={words.tasks.none} action={<Link href="/items">{words.tasks.all}</Link>}>
                {words.tasks.noneHint}
              </Empty>
            );
          return (
            <ul className={styles["tasks"]}>
              {tasks.map((task) => (
                <li key={task.key}>
                  <Link href={task.to}>
                    <span>{task.name}</span>
                    <State tone={task.tone}>{task.figure}</State>
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}

function tasksOf(one: ItemStanding, name: string, words: Words["items"]["tasks"]): Task[] {
  const tasks: Task[] = [];
  const task = (key: string, said: string, figure: string, tone: Tone, to: string) =>
    tasks.push({ key: `${key} ${one.item}`, name: said, figure, tone, to });
  if (one.rows_to_mend > 0) {
    const to =
      one.batches_to_mend === 1 && one.batch_to_mend !== null
        ? `/deliveries/${one.batch_to_mend}`
        : `/deliveries?item=${one.item}&show=mend`;
    task("mend", words.mend(name), words.rows(count(one.rows_to_mend)), "bad", to);
  }
  if (one.held > 0)
    task(
      "held",
      words.held(name),
      words.batches(count(one.held)),
      "wait",
      `/deliveries?item=${one.item}&state=held`,
    );
  if (one.punctuality === "late" && one.due !== null)
    task("late", words.late(name), words.days(count(daysSince(one.due))), "bad", `/upload?item=${one.item}`);
  if (one.punctuality === "due_soon" && one.due !== null)
    task("soon", words.soon(name), words.until(one.due), "wait", `/upload?item=${one.item}`);
  return tasks;
}

function daysSince(day: string): number {
  return Math.round((Date.parse(today()) - Date.parse(day)) / 86_400_000);
}

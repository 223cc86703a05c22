import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";

import { type Course, type CourseEntry, courseOf } from "../../api/ownEvaluation";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Filter, Filters } from "../../parts/Filters";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { TimeChart } from "../../parts/chart/Chart";
import { count, today } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { axisFrom, scoresOf } from "./course";
import styles from "./evaluation.module.css";
import { TONES } from "./scale";

/** How the evaluation went over time, and why it changed. */
export function CoursePart() {
  const { evaluation: words } = useWords();
  const person = usePerson();
  const { value, change } = useAddress();
  const query = useQuery(courseOf(person.subject ?? "", value("since"), value("until")));
  return (
    <Section
      title={words.course}
      note={`${words.courseNote}${query.data === undefined ? "" : words.courseKept(count(query.data.kept_months))}`}
    >
      <Filters>
        {(["since", "until"] as const).map((name) => (
          <Filter key={name} label={words[name]} id={name}>
            <Input
              id={name}
              type="date"
              value={value(name)}
              onChange={({ target }) => change({ [name]: target.value })}
            />
          </Filter>
        ))}
      </Filters>
      <Loaded query={query}>{(course) => <Known course={course} until={value("until") || today()} />}</Loaded>
    </Section>
  );
}

function Known({ course: { entries }, until }: { course: Course; until: string }) {
  const { evaluation: words } = useWords();
  const { language } = useLanguage();
  if (entries.length === 0) return <Empty title={words.noCourse}>{words.noCourseHint}</Empty>;
  const { days, scores } = scoresOf(entries, until);
  const least = axisFrom(scores);
  const columns: Column<CourseEntry>[] = [
    { title: words.day, isHead: true, cell: (one) => <span className="num">{one.day}</span> },
    {
      title: words.gradeLabel,
      cell: (one) =>
        one.grade === null ? "—" : <State tone={TONES[one.grade]}>{words.grades[one.grade]}</State>,
    },
    { title: words.score, isNumber: true, cell: (one) => (one.score === null ? "—" : count(one.score)) },
    { title: words.cause, cell: (one) => words.causes[one.cause] },
    {
      title: words.whatChanged,
      cell: (one) =>
        one.changes.length + one.vetoes.length === 0
          ? "—"
          : [...one.changes, ...(one.changes.length === 0 ? one.vetoes : [])].map((text) => (
              <div key={text}>{typeset(text)}</div>
            )),
    },
    { title: words.modelName, cell: (one) => `${typeset(one.model_name)} ${one.version}` },
  ];
  return (
    <>
      {days.length > 1 && (
        <TimeChart
          title={words.courseChart}
          {...(least > 0 ? { note: words.courseAxis, least } : {})}
          labels={days}
          series={[{ name: words.courseChart, values: scores }]}
          unit={language === "zh" ? "分" : ""}
          height={220}
        />
      )}
      <h3 className={styles["below"]}>{words.courseRows}</h3>
      <Rows
        label={words.courseRows}
        rows={entries}
        columns={columns}
        keyOf={(one) => `${one.day}${one.model}`}
      />
    </>
  );
}

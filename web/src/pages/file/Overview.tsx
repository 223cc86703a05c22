import { Link, useSearch } from "wouter";

import type { InquiryAnswer } from "../../api/inquiries";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { count, day, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { absenceOf } from "./absence";
import styles from "./file.module.css";
import { type FileClass, figuresOf } from "./summary";

/** The file at a glance: how much is known, what is missing, class by class. */
export function Overview({ answer, classes }: { answer: InquiryAnswer; classes: FileClass[] }) {
  const { file } = useWords();
  const { language } = useLanguage();
  const query = useSearch();
  const figures = figuresOf(classes);
  const { subject } = answer;
  const columns: Column<FileClass>[] = [
    {
      title: file.className,
      cell: (one) => (
        <Link href={`/file/${one.no}${query === "" ? "" : `?${query}`}`}>{one.name[language]}</Link>
      ),
      isHead: true,
    },
    { title: file.items, cell: (one) => <Items one={one} /> },
    {
      title: file.updated,
      cell: (one) => <span className={styles["day"]}>{one.updated === null ? "—" : day(one.updated)}</span>,
      isNumber: true,
    },
  ];
  return (
    <>
      <Section title={subject.name}>
        <Facts
          facts={[
            [
              file.code,
              <span className="code">{spacedCode(subject.code ?? subject.old_number ?? "—")}</span>,
            ],
            [file.known, file.knownOf(count(figures.known), count(figures.rows))],
            [file.newest, figures.newest === null ? "—" : day(figures.newest)],
            [file.clean, file.cleanOf(count(figures.clean))],
            [file.missing, file.missingOf(count(figures.missing))],
          ]}
        />
      </Section>
      <Section title={file.items}>
        {figures.rows === 0 ? (
          <Empty title={file.nothingYet}>{file.nothingYetHint}</Empty>
        ) : (
          <Rows label={file.items} rows={classes} columns={columns} keyOf={(one) => one.no} />
        )}
      </Section>
    </>
  );
}

function Items({ one }: { one: FileClass }) {
  const { file } = useWords();
  const { language } = useLanguage();
  return (
    <ul className={styles["items"]}>
      {one.items.map(({ about, known }) => (
        <li key={about.item}>
          <span>{typeset(about.name[language])}</span>
          {(known?.rows ?? 0) > 0 ? (
            <span className="num">{file.rows(count(known?.rows ?? 0))}</span>
          ) : (
            <None slug={about.slug} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** That nothing is known of an item, and whether that is good. */
export function None({ slug }: { slug: string }) {
  const { file } = useWords();
  const absence = absenceOf(slug);
  if (absence === "clean") return <State tone="good">{file.noneClean}</State>;
  return (
    <State tone={absence === "missing" ? "wait" : "calm"}>
      {absence === "missing" ? file.noneMissing : file.noneIfAny}
    </State>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "wouter";

import { ownFileOf } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { today } from "../../parts/format";
import { ClassView } from "./ClassView";
import { Overview } from "./Overview";
import styles from "./file.module.css";
import { classesOf, type FileClass } from "./summary";

const BASE = "/file";

/** Everything the platform knows about one's own firm, class by class, now or as of a day. */
export function FilePage() {
  const { file } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const { value, change } = useAddress();
  const { no } = useParams<{ no?: string }>();
  const asOf = value("as_of");
  const items = useQuery(catalogue);
  const known = useQuery(ownFileOf(person.subject ?? "", asOf));
  const chosen = (classes: FileClass[]) => classes.find((one) => String(one.no) === no);
  return (
    <Page
      title={file.title}
      lead={file.lead}
      actions={<AsOf day={asOf} onDay={(as_of) => change({ as_of })} />}
    >
      {asOf !== "" && <p className={styles["asOfNotice"]}>{file.asOfNotice(asOf)}</p>}
      <Loaded query={items}>
        {(list) => (
          <Loaded query={known}>
            {(answer) => {
              const classes = classesOf(list.items, answer);
              const one = chosen(classes);
              return (
                <div className={styles["file"]}>
                  <Rail classes={classes} here={one?.no ?? null} language={language} />
                  <div className={styles["content"]}>
                    {one === undefined ? (
                      <Overview answer={answer} classes={classes} />
                    ) : (
                      <ClassView key={one.no} one={one} on={asOf === "" ? today() : asOf} />
                    )}
                  </div>
                </div>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function AsOf({ day, onDay }: { day: string; onDay: (day: string) => void }) {
  const { file } = useWords();
  return (
    <div className={styles["asOf"]}>
      <label htmlFor="as_of">{file.asOf}</label>
      <input
        id="as_of"
        type="date"
        max={today()}
        title={file.asOfHint}
        value={day === "" ? today() : day}
        onChange={({ target }) => onDay(target.value === today() ? "" : target.value)}
      />
      {day !== "" && (
        <Link href={BASE} className={styles["back"] ?? ""}>
          {file.today}
        </Link>
      )}
    </div>
  );
}

interface RailProps {
  classes: FileClass[];
  here: number | null;
  language: "zh" | "en";
}

/** The classes, each with how much is known of it: where one is, and the way to the others. */
function Rail({ classes, here, language }: RailProps) {
  const { file } = useWords();
  const query = useSearch();
  const kept = query === "" ? "" : `?${query}`;
  return (
    <nav className={styles["rail"]} aria-label={file.classesLabel}>
      <Link href={`${BASE}${kept}`} {...(here === null ? { "aria-current": "page" as const } : {})}>
        {file.overview}
      </Link>
      {classes.map((one) => (
        <Link
          key={one.no}
          href={`${BASE}/${one.no}${kept}`}
          {...(here === one.no ? { "aria-current": "page" as const } : {})}
        >
          <span>{one.name[language]}</span>
          <span className={`${styles["count"]} num`}>{one.rows === 0 ? "—" : one.rows}</span>
        </Link>
      ))}
    </nav>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { consentsBy } from "../../api/consents";
import { inquiriesBy } from "../../api/inquiries";
import { permissionTable } from "../../api/permissions";
import { subjectOf } from "../../api/subjects";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { count, spacedCode } from "../../parts/format";
import { Requests } from "../authorisations/Requests";
import { lastDay } from "../authorisations/standing";
import { useTimeLeft } from "../authorisations/useTimeLeft";
import { Line } from "../seen/Line";
import seen from "../seen/seen.module.css";
import styles from "./home.module.css";

const FEW = 3;

/** Persons of a firm: what waits for them, what ends soon, who has looked. */
export function FirmHome() {
  const person = usePerson();
  return (
    <>
      {person.may("read", "consent") && (
        <>
          <Waiting />
          <Ending />
        </>
      )}
      {person.may("read", "inquiry") && <Readers />}
      <Own />
    </>
  );
}

/** Requests for authorisation, those that lapse first in front; each leads to where it is signed. */
function Waiting() {
  const { authorisations: words } = useWords();
  const query = useQuery(consentsBy({ state: ["pending"], sort: "ending", page_size: FEW }));
  return (
    <Section
      title={words.home.waiting}
      actions={
        (query.data?.total ?? 0) > FEW && (
          <Link href="/authorisations">{words.home.waitingAll(count(query.data?.total ?? 0))}</Link>
        )
      }
    >
      <Loaded query={query}>
        {(found) =>
          found.consents.length === 0 ? (
            <Empty title={words.home.nothing}>{words.home.nothingHint}</Empty>
          ) : (
            <Requests consents={found.consents} />
          )
        }
      </Loaded>
    </Section>
  );
}

/** Authorisations that end within a month; nothing where there are none. */
function Ending() {
  const { authorisations: words } = useWords();
  const timeLeft = useTimeLeft();
  const query = useQuery(consentsBy({ ending_within_days: 30, sort: "ending", page_size: FEW }));
  if (query.data === undefined || query.data.total === 0) return null;
  return (
    <Section
      title={words.home.ending}
      note={words.endingNote}
      actions={
        query.data.total > FEW && (
          <Link href="/authorisations?show=in-force&ending=1">
            {words.home.waitingAll(count(query.data.total))}
          </Link>
        )
      }
    >
      <Lines>
        {query.data.consents.map((one) => (
          <li key={one.id}>
            <Link href={`/authorisations/${one.id}`}>
              {words.heading(one.grantee_name, words.purposes[one.purpose] ?? one.purpose_name)}
            </Link>
            <span className="num">
              {lastDay(one.valid_to)} · {timeLeft(one.valid_to)}
            </span>
          </li>
        ))}
      </Lines>
    </Section>
  );
}

/** The latest looks of others. */
function Readers() {
  const { authorisations: words } = useWords();
  const query = useQuery(inquiriesBy({ others: true }, FEW));
  return (
    <Section title={words.home.readers} actions={<Link href="/seen">{words.home.readersAll}</Link>}>
      <Loaded query={query}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty title={words.home.nobody}>{words.home.nobodyHint}</Empty>
          ) : (
            <ol className={seen["lines"]}>
              {lines.map((line) => (
                <Line key={line.leaf} line={line} isDated />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  );
}

/** For whom the person acts, and the other places. */
function Own() {
  const { authorisations: words, home } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const table = useQuery(permissionTable);
  const firm = useQuery({ ...subjectOf(person.subject ?? ""), enabled: person.may("read", "subject") });
  const roles = person.roles.map((role) => table.data?.roles[role]?.[language] ?? role);
  return (
    <Section title={firm.data?.name ?? home.firm}>
      <Facts
        facts={[
          [home.subject, <span className="code">{spacedCode(person.subject ?? "—")}</span>],
          [home.as, roles.join("、")],
        ]}
      />
      <ul className={`${styles["tasks"]} ${styles["below"]}`}>
        {person.may("read", "information") && (
          <li>
            <Link href="/file">
              <span>{words.home.file}</span>
              <span className="quiet">{words.home.fileNote}</span>
            </Link>
          </li>
        )}
        {person.may("read", "delegation") && (
          <li>
            <Link href="/delegates">
              {person.may("grant", "delegation") ? home.delegates : home.seeDelegates}
            </Link>
          </li>
        )}
        <li>
          <Link href="/me">{home.account}</Link>
        </li>
      </ul>
    </Section>
  );
}

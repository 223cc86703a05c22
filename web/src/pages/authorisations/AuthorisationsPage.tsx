import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "wouter";

import { type Consent, type ConsentFilter, consentsBy } from "../../api/consents";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { count } from "../../parts/format";
import { ByGrantee } from "./ByGrantee";
import { EndedRows, InForceRows } from "./ConsentRows";
import { Requests } from "./Requests";
import styles from "./authorisations.module.css";

const BASE = "/authorisations";
type Part = "" | "in-force" | "ended" | "by-institution";
const FILTERS: Readonly<Record<Exclude<Part, "by-institution">, ConsentFilter>> = {
  "": { state: ["pending"], sort: "ending" },
  "in-force": { state: ["active", "paused"], sort: "ending" },
  ended: { state: ["revoked", "exhausted", "rejected", "expired"] },
};

/** The inbox of requests, what is in force, what has ended, and who holds what. */
export function AuthorisationsPage() {
  const { authorisations: words } = useWords();
  const { value } = useAddress();
  const waiting = useQuery(consentsBy({ ...FILTERS[""], page_size: 1 }));
  const part = value("show") as Part;
  const at = (show: Part) => (show === "" ? BASE : `${BASE}?show=${show}`);
  const many = waiting.data?.total ?? 0;
  return (
    <Page title={words.title} lead={words.lead}>
      <TabLinks
        label={words.tabsLabel}
        here={at(part)}
        tabs={[
          [at(""), many > 0 ? `${words.tabs.waiting} ${count(many)}` : words.tabs.waiting],
          [at("in-force"), words.tabs.inForce],
          [at("ended"), words.tabs.ended],
          [at("by-institution"), words.tabs.byGrantee],
        ]}
      />
      {part === "by-institution" ? <ByGrantee /> : <OnePart key={part} part={part in FILTERS ? part : ""} />}
    </Page>
  );
}

function OnePart({ part }: { part: Exclude<Part, "by-institution"> }) {
  const { authorisations: words } = useWords();
  const { value, page, toPage } = useAddress();
  const filter: ConsentFilter = { ...FILTERS[part], page, page_size: 20 };
  if (value("grantee") !== "") filter.grantee = value("grantee");
  if (part === "in-force" && value("ending") !== "") filter.ending_within_days = 30;
  const query = useQuery({ ...consentsBy(filter), placeholderData: keepPreviousData });
  const about = {
    "": {
      title: words.parts.waiting,
      note: words.waitingNote,
      empty: words.noneWaiting,
      hint: words.noneWaitingHint,
    },
    "in-force": {
      title: words.parts.inForce,
      note: undefined,
      empty: words.noneInForce,
      hint: words.noneInForceHint,
    },
    ended: { title: words.parts.ended, note: undefined, empty: words.noneEnded, hint: words.noneEndedHint },
  }[part];
  return (
    <>
      {part === "in-force" && <Ending />}
      <Section title={about.title} note={about.note}>
        <Loaded query={query}>
          {(found) =>
            found.consents.length === 0 ? (
              <Empty title={about.empty}>{about.hint}</Empty>
            ) : (
              <>
                <Consents part={part} consents={found.consents} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

function Consents({ part, consents }: { part: Exclude<Part, "by-institution">; consents: Consent[] }) {
  if (part === "") return <Requests consents={consents} />;
  return part === "in-force" ? <InForceRows consents={consents} /> : <EndedRows consents={consents} />;
}

/** Notice of what ends soon, before it ends. */
function Ending() {
  const { authorisations: words } = useWords();
  const { value } = useAddress();
  const search = useSearch();
  const query = useQuery(consentsBy({ ending_within_days: 30, page_size: 1 }));
  const many = query.data?.total ?? 0;
  if (many === 0) return null;
  const isOnly = value("ending") !== "";
  const params = new URLSearchParams(search);
  params.delete("page");
  if (isOnly) params.delete("ending");
  else params.set("ending", "1");
  return (
    <div className={styles["notice"]} role="status">
      <div>
        <strong>{words.ending(count(many))}</strong>
        <p>{words.endingNote}</p>
      </div>
      <Link href={`${BASE}?${params.toString()}`}>{isOnly ? words.showAll : words.showEnding}</Link>
    </div>
  );
}

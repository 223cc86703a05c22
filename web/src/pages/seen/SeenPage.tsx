import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type Grantee, ownGrantees } from "../../api/consents";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { count, moment } from "../../parts/format";
import { Timeline } from "./Timeline";

/** Who has looked at the own firm: by institution, and each look with its receipt. */
export function SeenPage() {
  const { seen } = useWords();
  const query = useQuery(ownGrantees);
  return (
    <Page title={seen.title} lead={seen.lead}>
      <Section title={seen.readers} note={seen.readersNote}>
        <Loaded query={query}>
          {(found) =>
            found.length === 0 ? (
              <Empty title={seen.noReaders}>{seen.noReadersHint}</Empty>
            ) : (
              <Readers readers={found} />
            )
          }
        </Loaded>
      </Section>
      <Timeline readers={query.data ?? []} />
    </Page>
  );
}

function Readers({ readers }: { readers: Grantee[] }) {
  const { seen } = useWords();
  const { value } = useAddress();
  const chosen = value("member");
  const columns: Column<Grantee>[] = [
    { title: seen.reader, cell: (one) => one.grantee_name, isHead: true },
    {
      title: seen.last,
      cell: (one) =>
        one.last_read_at === null ? <span className="quiet">{seen.never}</span> : moment(one.last_read_at),
    },
    {
      title: seen.times,
      cell: (one) => (one.inquiries === null ? "—" : count(one.inquiries)),
      isNumber: true,
    },
    {
      title: seen.inForce,
      cell: (one) =>
        one.in_force + one.paused > 0 ? (
          <Link href={`/authorisations?show=in-force&grantee=${one.grantee}`}>
            {count(one.in_force + one.paused)}
          </Link>
        ) : (
          "0"
        ),
      isNumber: true,
    },
    {
      title: "",
      isNumber: true,
      cell: (one) =>
        (one.inquiries ?? 0) > 0 &&
        one.grantee !== chosen && (
          <Link href={`/seen?member=${one.grantee}`} replace aria-label={seen.onlyThis(one.grantee_name)}>
            {seen.timeline}
          </Link>
        ),
    },
  ];
  return <Rows label={seen.readers} rows={readers} columns={columns} keyOf={(one) => one.grantee} />;
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import type { Consent } from "../../api/consents";
import { type ConsentQuery, consentPage } from "../../api/papers";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { day, moment } from "../../parts/format";
import { usePurposeNames } from "../seen/purposes";

const KINDS = ["verification", "witness", "attach"] as const;
type Kind = (typeof KINDS)[number];
const ASKED: Readonly<Record<Kind, ConsentQuery>> = {
  verification: { waits_for: "verification" },
  witness: { waits_for: "witness" },
  attach: { state: "pending" },
};

/** Papers to verify, signatures to witness, and for institutions the requests that a scan may be attached to. */
export function PapersPage() {
  const { papers } = useWords();
  const person = usePerson();
  const { value, page, toPage } = useAddress();
  const kinds = KINDS.filter((one) => one !== "attach" || person.may("request", "consent"));
  const kind = kinds.find((one) => one === value("kind")) ?? "verification";
  const query = useQuery({
    ...consentPage({ ...ASKED[kind], page, page_size: 20 }),
    placeholderData: keepPreviousData,
  });
  const address = (one: Kind) => (one === "verification" ? PLACE : `${PLACE}?kind=${one}`);
  return (
    <Page title={papers.title} lead={papers.lead}>
      <TabLinks
        label={papers.parts}
        here={address(kind)}
        tabs={kinds.map((one): [string, string] => [address(one), papers.tabs[one]])}
      />
      <Section title={papers.tabs[kind]}>
        <Loaded query={query}>
          {(found) =>
            found.consents.length === 0 ? (
              <Empty title={papers.empty[kind]}>{papers.emptyHint[kind]}</Empty>
            ) : (
              <>
                <Waiting found={found.consents} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

const PLACE = "/paper-authorisations";

function Waiting({ found }: { found: Consent[] }) {
  const { papers } = useWords();
  const purposeName = usePurposeNames();
  const columns: Column<Consent>[] = [
    {
      title: papers.subject,
      isHead: true,
      cell: (one) => <Link href={`${PLACE}/${one.id}`}>{one.subject_name}</Link>,
    },
    { title: papers.grantee, cell: (one) => one.grantee_name },
    { title: papers.purpose, cell: (one) => purposeName(one.purpose) },
    { title: papers.requested, cell: (one) => <span className="num">{moment(one.requested_at)}</span> },
    { title: papers.answerBy, cell: (one) => <span className="num">{day(one.answer_by)}</span> },
  ];
  return <Rows label={papers.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { type Objection, objectionPage, type ObjectionQuery } from "../../api/objectionDesk";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { useAddress } from "../../parts/address";
import { moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { Clock } from "./Clock";
import { OBJECTION_TONES } from "./tones";

export const PLACE = "/objection-desk";
const KINDS = ["open", "overdue", "all"] as const;
type Kind = (typeof KINDS)[number];
const ASKED: Readonly<Record<Kind, ObjectionQuery>> = {
  open: { open: true },
  overdue: { overdue: true },
  all: {},
};

/** Objections to evaluations, by their clocks; each is reviewed by a person who had no hand in the model. */
export function ObjectionsPage() {
  const { objectionDesk: words } = useWords();
  const { value, page, toPage } = useAddress();
  const kind = KINDS.find((one) => one === value("kind")) ?? "open";
  const query = useQuery(objectionPage({ ...ASKED[kind], page, page_size: 20 }));
  const address = (one: Kind) => (one === "open" ? PLACE : `${PLACE}?kind=${one}`);
  return (
    <Page title={words.title} lead={words.lead}>
      <TabLinks
        label={words.kinds}
        here={address(kind)}
        tabs={KINDS.map((one): [string, string] => [address(one), words.tabs[one]])}
      />
      <Section title={words.tabs[kind]}>
        <Loaded query={query}>
          {(found) =>
            found.total === 0 ? (
              <Empty title={words.empty[kind]}>{words.emptyHint}</Empty>
            ) : (
              <>
                <List found={found.objections} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function List({ found }: { found: Objection[] }) {
  const { objectionDesk: words, evaluation } = useWords();
  const columns: Column<Objection>[] = [
    {
      title: words.subject,
      isHead: true,
      cell: (one) => <Link href={`${PLACE}/${one.id}`}>{one.subject_name}</Link>,
    },
    {
      title: words.about,
      cell: (one) =>
        one.about === "whole" ? words.whole : typeset(one.indicator_name ?? one.indicator ?? words.record),
    },
    {
      title: words.state,
      cell: (one) => <State tone={OBJECTION_TONES[one.state]}>{evaluation.states[one.state]}</State>,
    },
    { title: words.clock, cell: (one) => <Clock one={one} /> },
    { title: words.entered, cell: (one) => <span className="num">{moment(one.entered_at)}</span> },
    { title: words.reviewer, cell: (one) => one.reviewer_name ?? "—" },
  ];
  return <Rows label={words.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

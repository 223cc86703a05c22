import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { api, got } from "../../api/client";
import { consentPurposes } from "../../api/consents";
import type { InquiryLine } from "../../api/inquiries";
import { catalogue } from "../../api/platform";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { count, moment, spacedCode } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { ConsentLink, Receipt } from "../workbench/file/Evidence";
import { Outcome } from "./InquiriesPage";
import { askerOf, isGiven } from "./outcome";

/** The line of one leaf: the first below the leaf after it, if it is that very one. */
const inquiryOf = (leaf: number) =>
  queryOptions({
    queryKey: ["inquiries", "one", leaf],
    queryFn: async () => {
      const query = { before: leaf + 1, page_size: 1 };
      const [line] = await got(api.GET("/v1/inquiries", { params: { query } }));
      return line?.leaf === leaf ? line : null;
    },
    staleTime: Infinity,
  });

/** One inquiry: who, about whom, what for, and what came of each item. */
export function OneInquiryPage({ leaf }: { leaf: number }) {
  const { inquiries } = useWords();
  const query = useQuery(inquiryOf(leaf));
  return (
    <Page
      title={query.data?.subject_name ?? query.data?.subject_code ?? inquiries.title}
      lead={inquiries.one(count(leaf))}
      trail={<Link href="/inquiries">{inquiries.back}</Link>}
    >
      <Loaded query={query}>
        {(line) =>
          line === null ? (
            <Section title={inquiries.missing}>
              <Empty title={inquiries.missing}>{inquiries.missingHint}</Empty>
            </Section>
          ) : (
            <Detail line={line} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Detail({ line }: { line: InquiryLine }) {
  const { inquiries, workbench } = useWords();
  const person = usePerson();
  const templates = useQuery({ ...consentPurposes, enabled: person.may("read", "consent") });
  const purpose = templates.data?.purposes.find((one) => one.purpose === line.purpose)?.name ?? line.purpose;
  const given = Object.entries(line.items).filter(([, code]) => isGiven(code));
  const refused = Object.entries(line.items).filter(([, code]) => !isGiven(code));
  return (
    <>
      <Section title={workbench.parts.evidence} actions={<Outcome line={line} />}>
        <Facts
          facts={[
            [inquiries.subject, <span className="code">{spacedCode(line.subject_code)}</span>],
            [inquiries.at, <span className="num">{moment(line.at)}</span>],
            [inquiries.purpose, purpose],
            [inquiries.by, inquiries[askerOf(line.principal)]],
            [inquiries.reference, line.reference ?? "—"],
            [workbench.inquiry, <span className="code">{line.id}</span>],
            [
              workbench.reliedOn,
              line.consents.length === 0
                ? workbench.noConsents
                : line.consents.map((one) => (
                    <div key={one}>
                      <ConsentLink id={one} />
                    </div>
                  )),
            ],
          ]}
        />
        <Receipt leaf={line.leaf} />
      </Section>
      {given.length > 0 && (
        <Section title={inquiries.itemsGiven}>
          <Items items={given} />
        </Section>
      )}
      {refused.length > 0 && (
        <Section title={inquiries.itemsRefused}>
          <Items items={refused} />
        </Section>
      )}
    </>
  );
}

function Items({ items }: { items: [item: string, code: string][] }) {
  const { inquiries } = useWords();
  const { language } = useLanguage();
  const all = useQuery(catalogue);
  const nameOf = (item: string) =>
    typeset(all.data?.items.find((one) => one.item === item)?.name[language] ?? item);
  const ordered = [...items].sort(([a], [b]) => Number(a) - Number(b));
  return (
    <Lines>
      {ordered.map(([item, code]) => (
        <li key={item}>
          <p>
            <span className="quiet num">{item}</span> {nameOf(item)}
          </p>
          <State tone={isGiven(code) ? "good" : "wait"}>
            {inquiries.codes[code as keyof typeof inquiries.codes] ?? code}
          </State>
        </li>
      ))}
    </Lines>
  );
}

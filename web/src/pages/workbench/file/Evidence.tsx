import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "wouter";

import { consentPurposes } from "../../../api/consents";
import type { InquiryAnswer } from "../../../api/inquiries";
import { receiptOf } from "../../../api/ledger";
import { usePerson } from "../../../app/session";
import { useWords } from "../../../i18n/words";
import { Facts } from "../../../parts/Facts";
import { FaultNotice } from "../../../parts/Notice";
import { Section } from "../../../parts/Page";
import { count, moment } from "../../../parts/format";
import { useDeed } from "../../../parts/useDeed";
import { save } from "../../../parts/xlsx/save";

/** What proves that this was asked and answered. */
export function Evidence({ answer }: { answer: InquiryAnswer }) {
  const { workbench } = useWords();
  const templates = useQuery(consentPurposes);
  const purpose =
    templates.data?.purposes.find((one) => one.purpose === answer.purpose)?.name ?? answer.purpose;
  const consents = [...new Set(answer.items.flatMap(({ decision }) => decision.consent ?? []))];
  return (
    <Section title={workbench.parts.evidence} note={workbench.evidenceNote}>
      <Facts
        facts={[
          [workbench.inquiry, <span className="code">{answer.inquiry}</span>],
          [workbench.leaf, <Link href={`/inquiries/${answer.leaf}`}>{count(answer.leaf)}</Link>],
          [workbench.answeredAt, <span className="num">{moment(answer.answered_at)}</span>],
          [workbench.purpose, purpose],
          [
            workbench.reliedOn,
            consents.length === 0
              ? workbench.noConsents
              : consents.map((one) => (
                  <div key={one}>
                    <ConsentLink id={one} />
                  </div>
                )),
          ],
        ]}
      />
      {answer.repeated && <p className="quiet">{workbench.repeated}</p>}
      <Receipt leaf={answer.leaf} />
    </Section>
  );
}

/** The receipt of a leaf, for whoever may have it. */
export function Receipt({ leaf }: { leaf: number }) {
  const { workbench } = useWords();
  const person = usePerson();
  const fetch = useDeed({
    act: () => receiptOf(leaf),
    then: (receipt) =>
      save(
        new Blob([JSON.stringify(receipt, null, 1)], { type: "application/json" }),
        `receipt-${leaf}.json`,
      ),
  });
  if (!person.may("read", "ledger")) {
    return (
      <p className="quiet" style={{ marginTop: 16 }}>
        {workbench.receiptNotFor}
      </p>
    );
  }
  return (
    <div style={{ marginTop: 20 }}>
      {fetch.isError && <FaultNotice thrown={fetch.error} />}
      <Button
        icon={<DownloadOutlined aria-hidden />}
        loading={fetch.isPending}
        onClick={() => fetch.mutate(undefined)}
      >
        {workbench.receipt}
      </Button>
      <p className="quiet" style={{ marginTop: 6 }}>
        {workbench.receiptHint}
      </p>
    </div>
  );
}

/** The way to an authorisation, for whoever may see it. */
export function ConsentLink({ id }: { id: string }) {
  const person = usePerson();
  return person.may("read", "consent") ? (
    <Link href={`/tracking/${id}`} className="code">
      {id}
    </Link>
  ) : (
    <span className="code">{id}</span>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Progress } from "antd";
import { Link } from "wouter";

import { batchOf, cancelBatch, type InquiryBatch, isUnderWay } from "../../api/batchInquiries";
import { consentPurposes } from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { count, day, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { BatchResult } from "./BatchResult";
import { TONES } from "./tones";

/** One batch: how far it is, and what came of it. */
export function OneBatchPage({ id }: { id: string }) {
  const { batchInquiries } = useWords();
  const query = useQuery(batchOf(id));
  return (
    <Page
      title={batchInquiries.title}
      lead={
        query.data === undefined ? undefined : <span className="num">{moment(query.data.submitted_at)}</span>
      }
      trail={<Link href="/batches-of-inquiries">{batchInquiries.back}</Link>}
    >
      <Loaded query={query}>
        {(batch) => (
          <>
            <Course batch={batch} />
            <Outcome batch={batch} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Course({ batch }: { batch: InquiryBatch }) {
  const { batchInquiries } = useWords();
  const person = usePerson();
  const templates = useQuery({ ...consentPurposes, enabled: person.may("read", "consent") });
  const cancel = useDeed({
    act: () => cancelBatch(batch.id),
    done: batchInquiries.cancelled,
    refreshes: [["inquiry-batches"]],
  });
  const purpose =
    templates.data?.purposes.find((one) => one.purpose === batch.purpose)?.name ?? batch.purpose;
  return (
    <Section
      title={batchInquiries.progress}
      actions={<State tone={TONES[batch.state]}>{batchInquiries.states[batch.state]}</State>}
    >
      <Progress
        percent={Math.floor((100 * batch.done) / batch.total)}
        status={batch.state === "running" || batch.state === "waiting" ? "active" : "normal"}
        aria-label={batchInquiries.progress}
      />
      <div style={{ margin: "12px 0 16px" }} role="status" className="num">
        {batchInquiries.progressOf(count(batch.done), count(batch.total))}
      </div>
      {batch.stopped_by !== null && <p>{batchInquiries.stopped(batch.stopped_by)}</p>}
      <Facts
        facts={[
          [batchInquiries.answered, batchInquiries.of(count(batch.answered))],
          [batchInquiries.failed, batchInquiries.of(count(batch.failed))],
          [batchInquiries.purpose, purpose],
          [batchInquiries.reference, batch.reference ?? "—"],
          [batchInquiries.keptUntil, batch.kept_until === null ? "—" : day(batch.kept_until)],
        ]}
      />
      {cancel.isError && <FaultNotice thrown={cancel.error} />}
      {isUnderWay(batch) && person.may("cancel", "inquiry-batch") && (
        <div style={{ marginTop: 20 }}>
          <ConfirmButton
            sure={batchInquiries.cancelSure}
            loading={cancel.isPending}
            onConfirm={() => cancel.mutate(undefined)}
          >
            {batchInquiries.cancel}
          </ConfirmButton>
        </div>
      )}
    </Section>
  );
}

function Outcome({ batch }: { batch: InquiryBatch }) {
  const { batchInquiries } = useWords();
  const person = usePerson();
  if (isUnderWay(batch)) {
    return (
      <Section title={batchInquiries.result}>
        <Empty title={batchInquiries.notYet}>{batchInquiries.notYetHint}</Empty>
      </Section>
    );
  }
  if (batch.removed_at !== null || !person.may("download", "inquiry-batch")) {
    return (
      <Section title={batchInquiries.result}>
        <Empty title={batch.removed_at === null ? batchInquiries.notForYou : batchInquiries.removed} />
      </Section>
    );
  }
  return <BatchResult batch={batch} />;
}

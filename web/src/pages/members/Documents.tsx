import { useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";

import { api, got } from "../../api/client";
import { askedOf, documentsOf } from "../../api/members";
import type { Member, MemberDocument, Outcome } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { bytes, moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { UploadForm } from "./UploadForm";

/** What a member has handed in; `mayAdd`, `mayReview`: what the person may do here. */
export function Documents({
  member,
  mayAdd,
  mayReview,
}: {
  member: Member;
  mayAdd: boolean;
  mayReview: boolean;
}) {
  const { members } = useWords();
  const query = useQuery(documentsOf(member.id));
  const asked = useQuery(askedOf(member.kind));
  const kinds = asked.data?.documents ?? {};
  return (
    <>
      <Section title={members.documents} note={members.documentsNote}>
        <Loaded query={query}>
          {(documents) =>
            documents.length === 0 ? (
              <Empty title={members.noDocuments}>{members.noDocumentsHint}</Empty>
            ) : (
              <DocumentRows member={member} documents={documents} kinds={kinds} mayReview={mayReview} />
            )
          }
        </Loaded>
      </Section>
      {mayAdd && (
        <Section title={members.upload}>
          <UploadForm memberId={member.id} kinds={kinds} />
        </Section>
      )}
    </>
  );
}

interface RowsProps {
  member: Member;
  documents: MemberDocument[];
  kinds: Record<string, string>;
  mayReview: boolean;
}

function DocumentRows({ member, documents, kinds, mayReview }: RowsProps) {
  const { members } = useWords();
  const columns: Column<MemberDocument>[] = [
    { title: members.documentKind, cell: (one) => kinds[one.kind] ?? one.kind, isHead: true },
    {
      title: members.fileName,
      cell: (one) => (
        <a href={`/v1/members/${member.id}/documents/${one.id}`} download={one.name}>
          {one.name}
        </a>
      ),
    },
    { title: members.size, cell: (one) => bytes(one.bytes), isNumber: true },
    { title: members.dated, cell: (one) => one.dated ?? "—" },
    { title: members.validTo, cell: (one) => one.valid_to ?? "—" },
    {
      title: members.outcome,
      cell: (one) => <Outcome member={member} document={one} mayReview={mayReview} />,
    },
    { title: members.uploadedAt, cell: (one) => moment(one.uploaded_at) },
  ];
  return <Rows label={members.documents} rows={documents} columns={columns} keyOf={(one) => one.id} />;
}

function Outcome({
  member,
  document,
  mayReview,
}: {
  member: Member;
  document: MemberDocument;
  mayReview: boolean;
}) {
  const { members } = useWords();
  const review = useDeed({
    act: (outcome: Outcome) =>
      got(
        api.POST("/v1/members/{member_id}/documents/{number}/outcome", {
          params: { path: { member_id: member.id, number: document.id } },
          body: { outcome },
        }),
      ),
    done: members.outcomeSet,
    refreshes: [["member", member.id]],
  });
  if (document.outcome !== null) {
    return (
      <State tone={document.outcome === "passed" ? "good" : "bad"}>
        {members.outcomes[document.outcome]}
      </State>
    );
  }
  if (!mayReview) return members.noOutcome;
  return (
    <>
      <Space>
        <Button size="small" onClick={() => review.mutate("passed")} loading={review.isPending}>
          {members.passed}
        </Button>
        <Button size="small" danger onClick={() => review.mutate("failed")} disabled={review.isPending}>
          {members.failed}
        </Button>
      </Space>
      {review.isError && <FaultNotice thrown={review.error} />}
    </>
  );
}

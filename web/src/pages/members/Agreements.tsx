import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { agreementsOf, textOf } from "../../api/members";
import type { Member, Signature } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "./Agreements.module.css";

interface Props {
  member: Member;
  mayAccept: boolean;
  mayCountersign: boolean;
}

/** The agreements that concern a member: read, sign, countersign. */
export function Agreements(props: Props) {
  const { members } = useWords();
  const query = useQuery(agreementsOf(props.member.id));
  return (
    <Section title={members.agreements} note={members.agreementsNote}>
      <Loaded query={query}>
        {(signatures) =>
          signatures.length === 0 ? (
            <Empty title={members.noAgreements} />
          ) : (
            <ul className={styles["list"]}>
              {signatures.map((one) => (
                <AgreementLine key={`${one.agreement} ${one.version}`} one={one} {...props} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

function AgreementLine({ one, member, mayAccept, mayCountersign }: Props & { one: Signature }) {
  const { members } = useWords();
  const [isOpen, setOpen] = useState(false);
  const accepted = one.acceptance;
  const isInForce = accepted !== null && accepted.countersigned_at !== null;
  const countersign = useDeed({
    act: () =>
      got(
        api.POST("/v1/members/{member_id}/agreements/{agreement}/{version}/countersignature", {
          params: { path: { member_id: member.id, agreement: one.agreement, version: one.version } },
        }),
      ),
    done: members.countersigned,
    refreshes: [["member", member.id]],
  });
  return (
    <li>
      <div className={styles["words"]}>
        <h3>{one.title}</h3>
        <p className="quiet num">
          {members.version(one.version)}
          {accepted !== null && ` · ${members.acceptedBy(moment(accepted.accepted_at))}`}
          {accepted?.countersigned_at && ` · ${members.countersignedBy(moment(accepted.countersigned_at))}`}
        </p>
      </div>
      <State tone={isInForce ? "good" : "wait"}>
        {accepted === null ? members.unsigned : isInForce ? members.signed : members.halfSigned}
      </State>
      <Button onClick={() => setOpen(true)}>{members.read}</Button>
      {mayCountersign && accepted !== null && !isInForce && (
        <Button type="primary" loading={countersign.isPending} onClick={() => countersign.mutate(undefined)}>
          {members.countersign}
        </Button>
      )}
      {countersign.isError && <FaultNotice thrown={countersign.error} />}
      {isOpen && (
        <Reading
          one={one}
          member={member}
          mayAccept={mayAccept && accepted === null}
          onClose={() => setOpen(false)}
        />
      )}
    </li>
  );
}

interface ReadingProps {
  one: Signature;
  member: Member;
  mayAccept: boolean;
  onClose: () => void;
}

/** The text, and below it the signature: what is signed is the digest of exactly this text. */
function Reading({ one, member, mayAccept, onClose }: ReadingProps) {
  const { members, shell } = useWords();
  const query = useQuery(textOf(one.agreement, one.version));
  const accept = useDeed({
    act: (text_sha256: string) =>
      got(
        api.POST("/v1/members/{member_id}/agreements/{agreement}/{version}/acceptance", {
          params: { path: { member_id: member.id, agreement: one.agreement, version: one.version } },
          body: { text_sha256 },
        }),
      ),
    done: members.accepted,
    refreshes: [["member", member.id]],
    then: onClose,
  });
  return (
    <Modal open title={`${one.title} · ${one.version}`} width={760} onCancel={onClose} footer={null}>
      <Loaded query={query}>
        {(text) => (
          <>
            <div className={styles["text"]} tabIndex={0} role="document">
              {text.text}
            </div>
            <p className={styles["digest"]}>
              {members.textDigest} <span className="code">{text.text_sha256}</span>
            </p>
            {accept.isError && <FaultNotice thrown={accept.error} />}
            <div className={styles["foot"]}>
              <Button onClick={onClose}>{shell.close}</Button>
              {mayAccept && (
                <Button
                  type="primary"
                  loading={accept.isPending}
                  onClick={() => accept.mutate(text.text_sha256)}
                >
                  {members.accept}
                </Button>
              )}
            </div>
          </>
        )}
      </Loaded>
    </Modal>
  );
}

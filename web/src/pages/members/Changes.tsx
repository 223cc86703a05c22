import { useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";

import { api, got } from "../../api/client";
import { changesOf } from "../../api/members";
import type { Change } from "../../api/types";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "./Agreements.module.css";

/** Changes of particulars that somebody proposed; nothing is shown while there is none. */
export function Changes({ id, mayDecide }: { id: string; mayDecide: boolean }) {
  const { members } = useWords();
  const query = useQuery(changesOf(id));
  if (!query.isSuccess || query.data.changes.length === 0) return null;
  return (
    <Section title={members.changes}>
      <ul className={styles["list"]}>
        {query.data.changes.map((change) => (
          <ChangeLine key={change.id} id={id} change={change} mayDecide={mayDecide} />
        ))}
      </ul>
    </Section>
  );
}

function ChangeLine({ id, change, mayDecide }: { id: string; change: Change; mayDecide: boolean }) {
  const { members } = useWords();
  const decide = useDeed({
    act: (accept: boolean) =>
      got(
        api.POST("/v1/members/{member_id}/changes/{number}", {
          params: { path: { member_id: id, number: change.id } },
          body: { accept },
        }),
      ),
    done: members.changeDone,
    refreshes: [["member", id]],
  });
  return (
    <li>
      <div className={styles["words"]}>
        <ul>
          {Object.entries(change.changes).map(([name, value]) => (
            <li key={name} className="code">{`${name}: ${JSON.stringify(value)}`}</li>
          ))}
        </ul>
        <p className="quiet">
          {moment(change.proposed_at)} {change.note}
        </p>
      </div>
      <State tone={change.accepted === null ? "wait" : change.accepted ? "good" : "bad"}>
        {change.accepted === null
          ? members.changeWaits
          : change.accepted
            ? members.changeAccepted
            : members.changeRejected}
      </State>
      {mayDecide && change.accepted === null && (
        <Space>
          <Button type="primary" loading={decide.isPending} onClick={() => decide.mutate(true)}>
            {members.acceptChange}
          </Button>
          <Button danger disabled={decide.isPending} onClick={() => decide.mutate(false)}>
            {members.rejectChange}
          </Button>
        </Space>
      )}
      {decide.isError && <FaultNotice thrown={decide.error} />}
    </li>
  );
}

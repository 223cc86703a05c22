import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";

import { type Batch, decideBatch } from "../../api/batchDesk";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { asFound, dutyOf } from "./states";
import styles from "./batches.module.css";

type Limit = Record<string, unknown>;

/** Why a batch is held, and the decision on it by somebody who did not send it. */
export function Decision({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const person = usePerson();
  const duty = dutyOf(person.may("decide", "batch"), person.id, batch.submitted_by);
  const columns: Column<Limit>[] = [
    { title: batchDesk.limit, cell: (one) => typeset(String(one["message"])), isHead: true },
    {
      title: batchDesk.allowed,
      cell: (one) => asFound(String(one["limit"]), Number(one["allowed"])),
      isNumber: true,
    },
    {
      title: batchDesk.found,
      cell: (one) => <strong>{asFound(String(one["limit"]), Number(one["found"]))}</strong>,
      isNumber: true,
    },
  ];
  return (
    <>
      <Section title={batchDesk.heldTitle} note={batchDesk.heldNote}>
        <Rows
          label={batchDesk.heldTitle}
          rows={batch.held_for ?? []}
          columns={columns}
          keyOf={(one) => String(one["limit"])}
        />
      </Section>
      <Section title={batchDesk.decide} note={batchDesk.decideNote}>
        {duty === "decide" ? (
          <DecisionForm batch={batch} />
        ) : (
          <Alert type="info" showIcon title={duty === "own" ? batchDesk.ownBatch : batchDesk.notYours} />
        )}
      </Section>
    </>
  );
}

function DecisionForm({ batch }: { batch: Batch }) {
  const { batchDesk } = useWords();
  const [note, setNote] = useState("");
  const deed = useDeed({
    act: (accept: boolean) => decideBatch(batch.id, accept, note.trim()),
    done: (after) => (after.state === "rejected" ? batchDesk.doneRejected : batchDesk.doneAccepted),
    refreshes: [["batches"], ["tasks"]],
  });
  return (
    <Form layout="vertical" className={styles["form"] ?? ""}>
      {deed.isError && <FaultNotice thrown={deed.error} />}
      <Form.Item label={batchDesk.note} htmlFor="note">
        <Input.TextArea
          id="note"
          rows={2}
          maxLength={1000}
          value={note}
          placeholder={batchDesk.noteHint}
          onChange={({ target }) => setNote(target.value)}
        />
      </Form.Item>
      <div className={styles["buttons"]}>
        <Button
          type="primary"
          loading={deed.isPending && deed.variables}
          disabled={deed.isPending}
          onClick={() => deed.mutate(true)}
        >
          {batchDesk.accept}
        </Button>
        <ConfirmButton
          sure={batchDesk.rejectSure}
          loading={deed.isPending && !deed.variables}
          disabled={deed.isPending}
          onConfirm={() => deed.mutate(false)}
        >
          {batchDesk.reject}
        </ConfirmButton>
      </div>
    </Form>
  );
}

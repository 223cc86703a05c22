import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Space } from "antd";

import { api, got } from "../../api/client";
import { contactsOf } from "../../api/members";
import type { ChangesIn, Contact, ContactIn, Member } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";
import { ContactFields } from "./ContactFields";
import { RegionField } from "./RegionField";
import styles from "./fields.module.css";

interface Filled {
  name: string;
  licence: { kind?: string; number?: string; valid_to?: string };
  regions: string[];
  contacts: ContactIn[];
  note: string;
}

/** Changes of a member's particulars; only what differs is sent. */
export function EditForm({ member, onDone }: { member: Member; onDone: () => void }) {
  const query = useQuery(contactsOf(member.id));
  return (
    <Loaded query={query}>
      {(contacts) => <Fields member={member} contacts={contacts} onDone={onDone} />}
    </Loaded>
  );
}

interface Props {
  member: Member;
  contacts: Contact[];
  onDone: () => void;
}

function Fields({ member, contacts, onDone }: Props) {
  const { members, shell } = useWords();
  const initial: Filled = {
    name: member.name,
    licence: {
      kind: member.licence?.kind ?? "",
      number: member.licence?.number ?? "",
      valid_to: member.licence?.valid_to ?? "",
    },
    regions: member.regions,
    contacts,
    note: "",
  };
  const save = useDeed({
    act: (filled: Filled) =>
      got(
        api.PATCH("/v1/members/{member_id}", {
          params: { path: { member_id: member.id } },
          body: differing(initial, filled),
        }),
      ),
    done: ({ pending }) => (pending === null ? members.edited : members.pendingEdit),
    refreshes: [["member", member.id]],
    then: onDone,
  });
  return (
    <Form layout="vertical" requiredMark={false} initialValues={initial} onFinish={save.mutate}>
      {save.isError && <FaultNotice thrown={save.error} />}
      <div className={styles["grid"]}>
        <Form.Item name="name" label={members.name} rules={[{ required: true, message: members.required }]}>
          <Input maxLength={200} />
        </Form.Item>
        <RegionField />
        <Form.Item name={["licence", "kind"]} label={members.licenceKind}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name={["licence", "number"]} label={members.licenceNumber}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name={["licence", "valid_to"]} label={members.licenceEnd}>
          <Input type="date" />
        </Form.Item>
      </div>
      <ContactFields />
      <Form.Item name="note" label={members.note}>
        <Input.TextArea maxLength={1000} rows={2} />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {shell.save}
        </Button>
        <Button onClick={onDone}>{shell.cancel}</Button>
      </Space>
    </Form>
  );
}

/** What was changed: what is not mentioned stays as it is, and need not be checked by a second person. */
export function differing(before: Filled, after: Filled): ChangesIn {
  const changes: Partial<ChangesIn> = {};
  if (after.name.trim() !== before.name) changes.name = after.name.trim();
  if (!isSame(after.regions, before.regions)) changes.regions = after.regions;
  if (!isSame(after.contacts, before.contacts)) changes.contacts = after.contacts;
  if (!isSame(after.licence, before.licence)) {
    const { kind = "", number = "", valid_to } = after.licence;
    changes.licence = kind === "" && number === "" ? null : { kind, number, valid_to: valid_to || null };
  }
  if (after.note.trim() !== "") changes.note = after.note.trim();
  return changes as ChangesIn;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

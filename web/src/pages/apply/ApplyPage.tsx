import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Select } from "antd";
import { useState } from "react";

import { api, got } from "../../api/client";
import { catalogue } from "../../api/platform";
import type { Applied, MemberKind } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { InvitationLink } from "../../parts/InvitationLink";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { useDeed } from "../../parts/useDeed";
import { ContactFields } from "../members/ContactFields";
import { RegionField } from "../members/RegionField";
import styles from "../members/fields.module.css";
import { Asked } from "./Asked";
import { type Filled, applicationOf } from "./application";

/** An organisation applies for itself; `isBehalf`: an operator enters it, and then does not approve it. */
export function ApplyPage({ isBehalf = false }: { isBehalf?: boolean }) {
  const { apply } = useWords();
  const [applied, setApplied] = useState<Applied | null>(null);
  const [isKept, setKept] = useState(false);
  const send = useDeed({
    act: (filled: Filled) => {
      const body = applicationOf(filled);
      return got(isBehalf ? api.POST("/v1/members", { body }) : api.POST("/v1/applications", { body }));
    },
    refreshes: [["members"]],
    then: setApplied,
  });
  if (applied !== null) {
    return (
      <Page title={apply.done} lead={apply.doneNote(applied.member.name)} narrow>
        <Alert
          type="success"
          showIcon
          title={applied.member.name}
          description={
            <>
              {apply.doneId} <span className="code">{applied.member.id}</span>
            </>
          }
        />
        {!isKept && <InvitationLink token={applied.invitation} days={7} onKept={() => setKept(true)} />}
      </Page>
    );
  }
  return (
    <Page title={apply.title} lead={apply.lead} narrow>
      <Form
        layout="vertical"
        requiredMark={false}
        scrollToFirstError
        initialValues={{
          level: "head",
          regions: [],
          contacts: [{ name: "", duty: "", phone: "", email: "" }],
        }}
        onFinish={send.mutate}
      >
        <Fields />
        {send.isError && <FaultNotice thrown={send.error} />}
        <Button type="primary" size="large" htmlType="submit" loading={send.isPending}>
          {isBehalf ? apply.submitBehalf : apply.submit}
        </Button>
      </Form>
    </Page>
  );
}

function Fields() {
  const { apply, members } = useWords();
  const kind = Form.useWatch<MemberKind | undefined>("kind");
  const level = Form.useWatch<Filled["level"] | undefined>("level");
  const required = { required: true, message: apply.required };
  const kinds = Object.entries(members.kinds).filter(([value]) => value !== "operator");
  return (
    <>
      <Section title={apply.kind}>
        <Form.Item name="kind" label={members.kind} rules={[{ required: true, message: apply.choose }]}>
          <Select options={kinds.map(([value, label]) => ({ value, label }))} placeholder={apply.choose} />
        </Form.Item>
        {kind !== undefined && <Asked kind={kind} />}
      </Section>
      <Section title={apply.organisation}>
        <div className={styles["grid"]}>
          <Form.Item name="name" label={members.name} rules={[{ ...required, whitespace: true }]}>
            <Input maxLength={200} autoComplete="organization" />
          </Form.Item>
          <Form.Item
            name="code"
            label={members.code}
            rules={[required]}
            normalize={(text: string) => text.replace(/\s/g, "").toUpperCase()}
          >
            <Input className="code" maxLength={40} spellCheck={false} />
          </Form.Item>
          <Form.Item name="level" label={members.level} rules={[required]}>
            <Select options={Object.entries(members.levels).map(([value, label]) => ({ value, label }))} />
          </Form.Item>
          {level !== "head" && (
            <Form.Item name="parent_code" label={apply.parentCode} rules={[required]}>
              <Input className="code" maxLength={40} spellCheck={false} />
            </Form.Item>
          )}
        </div>
      </Section>
      <Section title={apply.licence} note={apply.licenceNote}>
        <div className={styles["grid"]}>
          <Form.Item name="licence_kind" label={members.licenceKind}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="licence_number" label={members.licenceNumber}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="licence_end" label={members.licenceEnd} extra={apply.licenceEndHint}>
            <Input type="date" />
          </Form.Item>
        </div>
      </Section>
      <Section title={apply.scope}>
        <div className={styles["grid"]}>
          <RegionField />
          {kind === "provider" && (
            <Form.Item name="provider_code" label={apply.providerCode} extra={apply.providerHint}>
              <Input className="code" maxLength={63} spellCheck={false} />
            </Form.Item>
          )}
        </div>
        <ItemField isRequired={kind === "provider" && level === "head"} />
      </Section>
      <Section title={members.contacts} note={members.contactsNote}>
        <ContactFields />
      </Section>
      <Section title={apply.administrator} note={apply.administratorNote}>
        <div className={styles["grid"]}>
          <Form.Item name="admin_name" label={apply.adminName} rules={[{ ...required, whitespace: true }]}>
            <Input maxLength={50} />
          </Form.Item>
          <Form.Item name="admin_login" label={apply.adminLogin} rules={[required]}>
            <Input maxLength={64} autoCapitalize="none" spellCheck={false} />
          </Form.Item>
        </div>
        <Form.Item name="note" label={apply.note}>
          <Input.TextArea maxLength={1000} rows={2} />
        </Form.Item>
      </Section>
    </>
  );
}

function ItemField({ isRequired }: { isRequired: boolean }) {
  const { apply } = useWords();
  const { language } = useLanguage();
  const query = useQuery(catalogue);
  const items = query.data?.items ?? [];
  return (
    <Form.Item
      name="items"
      label={apply.items}
      extra={apply.itemsHint}
      rules={[{ required: isRequired, message: apply.choose }]}
    >
      <Select
        mode="multiple"
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        options={items.map((one) => ({ value: one.item, label: `${one.item} ${one.name[language]}` }))}
      />
    </Form.Item>
  );
}

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Radio, Select, Space } from "antd";
import { useLocation } from "wouter";

import { consentPurposes } from "../../api/consents";
import { catalogue } from "../../api/platform";
import { subscribe, type SubscriptionWish, webhooks } from "../../api/push";
import { screeningsNewestFirst } from "../../api/screenings";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { count, moment } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { purposesFor } from "../workbench/outlook";

const KINDS = ["subject", "consented", "screening"] as const;
type Kind = (typeof KINDS)[number];

interface Filled {
  kind: Kind;
  webhook: string;
  subject: string;
  purpose: string;
  items: string[];
  screening: string;
  every: "day" | "week";
}

/** A new subscription; what it needs depends on its kind. */
export function NewSubscription({ kind: given, screening: run }: { kind: string; screening: string }) {
  const { subscriptions } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const [, go] = useLocation();
  const [form] = Form.useForm<Filled>();
  const first = KINDS.find((one) => one === given) ?? "subject";
  const kind = Form.useWatch("kind", form) ?? first;
  const hooks = useQuery(webhooks);
  const templates = useQuery(consentPurposes);
  const items = useQuery(catalogue);
  const runs = useInfiniteQuery({ ...screeningsNewestFirst, enabled: kind === "screening" });
  const usable = (hooks.data ?? []).filter((one) => one.state === "active");
  const purposes = purposesFor(templates.data?.purposes ?? [], person.member?.kind ?? "");
  const found = (runs.data?.pages.flat() ?? []).filter((one) => !one.principal.startsWith("subscription:"));
  const make = useDeed({
    act: (filled: Filled) => subscribe(wishOf(filled, found)),
    done: subscriptions.subscribed,
    refreshes: [["subscriptions"], ["usage"]],
    then: ({ id }) => go(`/subscriptions/${id}`),
  });
  const required = [{ required: true, message: subscriptions.subjectMissing }];
  if (hooks.isPending || templates.isPending) return null;
  return (
    <Section title={subscriptions.make}>
      {usable.length === 0 ? (
        <Empty title={subscriptions.noWebhook}>{subscriptions.noWebhookHint}</Empty>
      ) : (
        <Form<Filled>
          form={form}
          layout="vertical"
          requiredMark={false}
          style={{ maxWidth: 640 }}
          initialValues={{
            kind: first,
            webhook: usable[0]?.id,
            subject: "",
            purpose: purposes.find((one) => one.purpose === "post_loan")?.purpose ?? purposes[0]?.purpose,
            items: [],
            screening: run === "" ? undefined : run,
            every: "day",
          }}
          onFinish={make.mutate}
        >
          {make.isError && <FaultNotice thrown={make.error} />}
          <Form.Item name="kind" label={subscriptions.kind}>
            <Radio.Group options={KINDS.map((value) => ({ value, label: subscriptions.kinds[value] }))} />
          </Form.Item>
          <Form.Item name="webhook" label={subscriptions.webhook}>
            <Select options={usable.map((one) => ({ value: one.id, label: one.url }))} />
          </Form.Item>
          {kind === "subject" && (
            <Form.Item name="subject" label={subscriptions.subject} rules={required}>
              <Input className="code" maxLength={22} />
            </Form.Item>
          )}
          {kind !== "screening" && (
            <>
              <Form.Item name="purpose" label={subscriptions.purpose}>
                <Select options={purposes.map((one) => ({ value: one.purpose, label: one.name }))} />
              </Form.Item>
              <Form.Item
                name="items"
                label={subscriptions.items}
                extra={subscriptions.itemsHint}
                rules={[{ type: "array", required: true, min: 1, message: subscriptions.itemsMissing }]}
              >
                <Select
                  mode="multiple"
                  showSearch={{ optionFilterProp: "label" }}
                  options={(items.data?.items ?? []).map((one) => ({
                    value: one.item,
                    label: `${one.item} ${typeset(one.name[language])}`,
                  }))}
                />
              </Form.Item>
            </>
          )}
          {kind === "screening" && (
            <>
              <Form.Item
                name="screening"
                label={subscriptions.screening}
                extra={subscriptions.screeningHint}
                rules={required}
              >
                <Select
                  options={found.map((one) => ({
                    value: one.id,
                    label: subscriptions.screeningOf(moment(one.at), count(one.count)),
                  }))}
                />
              </Form.Item>
              <Form.Item name="every" label={subscriptions.how}>
                <Radio.Group
                  options={(["day", "week"] as const).map((value) => ({
                    value,
                    label: subscriptions.days[value],
                  }))}
                />
              </Form.Item>
            </>
          )}
          <Space>
            <Button type="primary" htmlType="submit" loading={make.isPending}>
              {subscriptions.subscribe}
            </Button>
            <Button onClick={() => go("/subscriptions")}>{subscriptions.cancel}</Button>
          </Space>
        </Form>
      )}
    </Section>
  );
}

function wishOf(
  { kind, webhook, subject, purpose, items, screening, every }: Filled,
  runs: readonly { id: string; criteria: NonNullable<SubscriptionWish["criteria"]> }[],
): SubscriptionWish {
  switch (kind) {
    case "subject":
      return { kind, webhook, subject: subject.replace(/\s/g, "").toUpperCase(), purpose, items };
    case "consented":
      return { kind, webhook, purpose, items };
    case "screening": {
      const run = runs.find((one) => one.id === screening);
      return { kind, webhook, every, ...(run === undefined ? {} : { criteria: run.criteria }) };
    }
  }
}

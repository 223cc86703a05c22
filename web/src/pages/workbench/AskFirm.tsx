import { Button, Checkbox, Form, Input, InputNumber, Select, Space } from "antd";
import { useEffect, useRef } from "react";
import { useQuery } from "@tanstack/react-query";

import { AFTER_CONSENT_STEP, type ConsentPurpose, requestConsent } from "../../api/consents";
import { catalogue } from "../../api/platform";
import type { PreviewItem } from "../../api/preview";
import { useLanguage, useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { askedAtFirst, offeredFor } from "./outlook";
import { lengthsOf, type Terms, wishOf } from "./terms";
import styles from "./workbench.module.css";

interface Props {
  code: string;
  purpose: ConsentPurpose;
  looks: readonly PreviewItem[];
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** Asks the firm, with the purpose's usual terms filled in: one press is enough. */
export function AskFirm({ code, purpose, looks, chosen, onDone }: Props) {
  const { workbench } = useWords();
  const { language } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" }); // gives a promise in new browsers: no cleanup
  }, []);
  const items = useQuery(catalogue);
  const nameOf = (item: string) =>
    typeset(items.data?.items.find((one) => one.item === item)?.name[language] ?? item);
  const offered = offeredFor(looks, purpose);
  const send = useDeed({
    act: (terms: Terms) => requestConsent(wishOf(code, purpose, terms, new Date())),
    done: workbench.sent,
    refreshes: AFTER_CONSENT_STEP,
    then: onDone,
  });
  const { limits } = purpose;
  return (
    <div ref={place} className={styles["asking"]}>
      <Section title={workbench.askTitle} note={workbench.askNote}>
        {send.isError && <FaultNotice thrown={send.error} />}
        <Form<Terms>
          layout="vertical"
          requiredMark={false}
          initialValues={{
            items: askedAtFirst(looks, purpose, chosen),
            days: limits["usual_days"],
            months: limits["max_months"],
            calls: null,
            note: "",
            personal: false,
          }}
          onFinish={send.mutate}
        >
          <Form.Item
            name="items"
            label={workbench.askItems}
            rules={[{ type: "array", min: 1, message: workbench.itemsMissing }]}
          >
            <Checkbox.Group className={styles["asked"] ?? ""}>
              {offered.map((one) => (
                <Checkbox key={one.item} value={one.item}>
                  {nameOf(one.item)}
                </Checkbox>
              ))}
            </Checkbox.Group>
          </Form.Item>
          <div className={styles["terms"]}>
            <Form.Item name="days" label={workbench.days}>
              <Select
                options={lengthsOf(limits["usual_days"] ?? 30, limits["max_days"] ?? 30).map((one) => ({
                  value: one,
                  label: workbench.daysOf(String(one)),
                }))}
              />
            </Form.Item>
            <Form.Item name="months" label={workbench.months}>
              <Select
                options={[12, 24, 36, 60]
                  .filter((one) => one <= (limits["max_months"] ?? 60))
                  .map((one) => ({ value: one, label: workbench.monthsOf(String(one)) }))}
              />
            </Form.Item>
            <Form.Item name="calls" label={workbench.calls}>
              <InputNumber
                min={1}
                max={limits["max_calls"] ?? 1_000_000}
                precision={0}
                placeholder={
                  typeof limits["max_calls"] === "number"
                    ? workbench.callsHint(String(limits["max_calls"]))
                    : workbench.callsFree
                }
                style={{ width: "100%" }}
              />
            </Form.Item>
          </div>
          {purpose.needs_note && (
            <Form.Item
              name="note"
              label={workbench.note}
              rules={[{ required: true, whitespace: true, message: workbench.noteMissing }]}
            >
              <Input maxLength={200} />
            </Form.Item>
          )}
          {offered.some((one) => purpose.personal.includes(one.item)) && (
            <Form.Item name="personal" valuePropName="checked" extra={workbench.personalHint}>
              <Checkbox>{workbench.personal}</Checkbox>
            </Form.Item>
          )}
          <Space wrap>
            <Button type="primary" htmlType="submit" loading={send.isPending}>
              {workbench.send}
            </Button>
            <Button onClick={onDone}>{workbench.cancel}</Button>
          </Space>
        </Form>
      </Section>
    </div>
  );
}

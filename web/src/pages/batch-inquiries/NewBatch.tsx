import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Select } from "antd";
import { useRef, useState } from "react";
import { useLocation } from "wouter";

import { submitBatch } from "../../api/batchInquiries";
import { consentPurposes } from "../../api/consents";
import { catalogue } from "../../api/platform";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { count } from "../../parts/format";
import { typeset } from "../../parts/typeset";
import { useDeed } from "../../parts/useDeed";
import { purposesFor } from "../workbench/outlook";
import styles from "./batch.module.css";
import { codesIn, MOST } from "./codes";

/** Codes, purpose and items of a new batch. */
export function NewBatch() {
  const { batchInquiries } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const [, go] = useLocation();
  const [text, setText] = useState("");
  const [code, setCode] = useState("");
  const [items, setItems] = useState<string[] | null>(null); // null: as usual for the purpose
  const [reference, setReference] = useState("");
  const sent = useRef({ order: "", key: "" }); // the same order sent again is the same batch
  const templates = useQuery(consentPurposes);
  const all = useQuery(catalogue);
  const purposes = purposesFor(templates.data?.purposes ?? [], person.member?.kind ?? "");
  const purpose = purposes.find((one) => one.purpose === code) ?? purposes[0];
  const usual = (all.data?.items ?? [])
    .filter((one) => one.access !== "firm-consent" || purpose?.usual_items.includes(one.item))
    .map((one) => one.item);
  const read = codesIn(text);
  const submit = useDeed({
    act: () => {
      const order = {
        subjects: read.codes,
        purpose: purpose?.purpose ?? "",
        items: items ?? usual,
        reference: reference.trim() === "" ? null : reference.trim(),
      };
      const written = JSON.stringify(order);
      if (sent.current.order !== written) sent.current = { order: written, key: crypto.randomUUID() };
      return submitBatch(order, sent.current.key);
    },
    done: batchInquiries.submitted,
    refreshes: [["inquiry-batches"]],
    then: ({ id }) => go(`/batches-of-inquiries/${id}`),
  });
  const isTooMany = read.codes.length > MOST;
  return (
    <Section title={batchInquiries.make}>
      {submit.isError && <FaultNotice thrown={submit.error} />}
      <Form layout="vertical" requiredMark={false} onFinish={() => submit.mutate(undefined)}>
        <div className={styles["form"]}>
          <div>
            <Form.Item label={batchInquiries.codes} htmlFor="codes" extra={batchInquiries.codesHint}>
              <Input.TextArea
                id="codes"
                className="code"
                rows={9}
                value={text}
                spellCheck={false}
                onChange={({ target }) => setText(target.value)}
              />
            </Form.Item>
            <FilePicker
              accept=".txt,.csv,text/plain,text/csv"
              words={batchInquiries.upload}
              onChange={(file) => void file?.text().then(setText)}
            />
            <p className={styles["found"]} role="status">
              {[
                batchInquiries.found(count(read.codes.length), count(MOST)),
                ...(read.repeated > 0 ? [batchInquiries.repeated(count(read.repeated))] : []),
                ...(read.wrong.length > 0 ? [batchInquiries.wrong(count(read.wrong.length))] : []),
              ].join(" · ")}
            </p>
            {isTooMany && <Alert type="error" showIcon title={batchInquiries.tooMany(count(MOST))} />}
            {read.wrong.length > 0 && (
              <details>
                <summary>{batchInquiries.wrongLines}</summary>
                <ul className="code">
                  {read.wrong.slice(0, 50).map((line, place) => (
                    <li key={place}>{line.slice(0, 80)}</li>
                  ))}
                </ul>
              </details>
            )}
          </div>
          <div>
            <Form.Item label={batchInquiries.purpose} htmlFor="purpose">
              <Select
                id="purpose"
                value={purpose?.purpose ?? ""}
                options={purposes.map((one) => ({ value: one.purpose, label: one.name }))}
                onChange={(next) => {
                  setCode(next);
                  setItems(null);
                }}
              />
            </Form.Item>
            <Form.Item label={batchInquiries.items} htmlFor="items" extra={batchInquiries.itemsHint}>
              <Select
                id="items"
                mode="multiple"
                maxTagCount={6}
                showSearch={{ optionFilterProp: "label" }}
                value={items ?? usual}
                options={(all.data?.items ?? []).map((one) => ({
                  value: one.item,
                  label: `${one.item} ${typeset(one.name[language])}`,
                }))}
                onChange={setItems}
              />
            </Form.Item>
            <Form.Item label={batchInquiries.reference} htmlFor="reference">
              <Input
                id="reference"
                value={reference}
                maxLength={100}
                onChange={({ target }) => setReference(target.value)}
              />
            </Form.Item>
            <Button
              type="primary"
              htmlType="submit"
              loading={submit.isPending}
              disabled={
                read.codes.length === 0 || isTooMany || (items ?? usual).length === 0 || purpose === undefined
              }
              title={read.codes.length === 0 ? batchInquiries.noCodes : ""}
            >
              {read.codes.length === 0
                ? batchInquiries.submitPlain
                : batchInquiries.submit(count(read.codes.length))}
            </Button>
          </div>
        </div>
      </Form>
    </Section>
  );
}

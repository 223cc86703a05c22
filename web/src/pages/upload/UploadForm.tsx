import { InboxOutlined } from "@ant-design/icons";
import { Button, Form, Input, Radio, Select } from "antd";
import { type DragEvent, useState } from "react";

import type { ItemStanding } from "../../api/collect";
import { useLanguage, useWords } from "../../i18n/words";
import { FilePicker } from "../../parts/FilePicker";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { useAddress } from "../../parts/address";
import { useDeed } from "../../parts/useDeed";
import { start } from "./running";
import styles from "./upload.module.css";

interface Filled {
  item?: string;
  mode: "incremental" | "full";
  file?: File;
  batch_no?: string;
  data_date?: string;
}

const ACCEPT = ".csv,.txt,.xlsx,.jsonl,.json,.parquet,.gz,.zip";

/** What is sent, and as what. */
export function UploadForm({ items }: { items: ItemStanding[] }) {
  const { upload } = useWords();
  const { language } = useLanguage();
  const { value } = useAddress();
  const [form] = Form.useForm<Filled>();
  const mode = Form.useWatch("mode", form) ?? "incremental";
  const chosen = Form.useWatch("item", form);
  const [isOver, setOver] = useState(false);
  const deed = useDeed({
    act: async ({ file, item, ...rest }: Filled) => {
      if (file === undefined || item === undefined) return;
      const { batch_no, data_date } = rest;
      await start(file, {
        item,
        mode: rest.mode,
        file_name: file.name,
        size: file.size,
        ...(batch_no !== undefined && batch_no !== "" && { batch_no }),
        ...(data_date !== undefined && data_date !== "" && { data_date }),
      });
    },
  });
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) {
      form.setFieldValue("file", file);
      void form.validateFields(["file"]);
    }
  };
  const only = items.length === 1 ? items[0]?.item : undefined;
  return (
    <Section title={upload.what} note={upload.sameFile}>
      <Form<Filled>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ mode: "incremental", item: value("item") || only }}
        onFinish={(filled) => deed.mutate(filled)}
      >
        <Form.Item
          name="item"
          label={upload.item}
          rules={[{ required: true, message: upload.needItem }]}
          extra={
            chosen !== undefined && (
              <>
                {upload.template}{" "}
                <a href={`/v1/catalogue/${chosen}/template?format=xlsx`} download>
                  XLSX
                </a>{" "}
                <a href={`/v1/catalogue/${chosen}/template?format=csv`} download>
                  CSV
                </a>
              </>
            )
          }
        >
          <Select
            placeholder={upload.chooseItem}
            showSearch={{ optionFilterProp: "label" }}
            options={items.map((one) => ({ value: one.item, label: `${one.item} ${one.name[language]}` }))}
          />
        </Form.Item>
        <Form.Item name="mode" label={upload.mode} extra={upload.modeHints[mode]}>
          <Radio.Group
            options={(["incremental", "full"] as const).map((one) => ({
              value: one,
              label: upload.modes[one],
            }))}
          />
        </Form.Item>
        <div
          className={`${styles["drop"]} ${isOver ? styles["over"] : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <InboxOutlined aria-hidden="true" />
          <Form.Item
            name="file"
            label={upload.file}
            rules={[{ required: true, message: upload.needFile }]}
            extra={upload.accepted}
          >
            <FilePicker accept={ACCEPT} words={upload.choose} />
          </Form.Item>
          <p className={`quiet ${styles["orDrop"]}`}>{upload.drop}</p>
        </div>
        <details className={styles["more"]}>
          <summary>{upload.more}</summary>
          <Form.Item name="batch_no" label={upload.batchNo} extra={upload.batchNoHint}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="data_date" label={upload.dataDate}>
            <Input type="date" />
          </Form.Item>
        </details>
        {deed.isError && <FaultNotice thrown={deed.error} />}
        <Button type="primary" htmlType="submit" size="large" loading={deed.isPending}>
          {upload.start}
        </Button>
      </Form>
    </Section>
  );
}

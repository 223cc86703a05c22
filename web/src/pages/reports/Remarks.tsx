import { MessageOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Radio } from "antd";
import { useState } from "react";

import { type Remark, remark, remarksOf, type RemarkWish } from "../../api/reports";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Section } from "../../parts/Page";
import { type Column, Rows } from "../../parts/Rows";
import { State, type Tone } from "../../parts/State";
import { moment } from "../../parts/format";
import type { Target } from "../../parts/report/ReportView";
import { useDeed } from "../../parts/useDeed";

type Kind = RemarkWish["kind"];
const KINDS: readonly Kind[] = ["useful", "wrong", "missing"];
const TONES: Readonly<Record<Kind, Tone>> = { useful: "good", wrong: "bad", missing: "wait" };

interface Props {
  number: string;
  target: Target;
  nameOf: (item: string) => string;
}

/** Says of a report, an item or a record that it is useful, wrong or missing. */
export function RemarkButton({ number, target, nameOf }: Props) {
  const { reports } = useWords();
  const [isOpen, setOpen] = useState(false);
  const { item, row } = target;
  const name =
    item === undefined
      ? reports.remarkOnReport
      : row === undefined
        ? reports.remarkOnItem(nameOf(item))
        : reports.remarkOnRow(nameOf(item), String(row));
  return (
    <>
      {item === undefined ? (
        <Button icon={<MessageOutlined aria-hidden />} onClick={() => setOpen(true)}>
          {name}
        </Button>
      ) : (
        <Button type="link" size="small" aria-label={name} onClick={() => setOpen(true)}>
          {reports.remark}
        </Button>
      )}
      {isOpen && <RemarkDialog number={number} target={target} title={name} onClose={() => setOpen(false)} />}
    </>
  );
}

interface DialogProps {
  number: string;
  target: Target;
  title: string;
  onClose: () => void;
}

function RemarkDialog({ number, target: { item, row }, title, onClose }: DialogProps) {
  const { reports, shell } = useWords();
  const [form] = Form.useForm<{ kind: Kind; text: string }>();
  const kind = Form.useWatch("kind", form) ?? "useful";
  const send = useDeed({
    act: ({ kind: said, text }: { kind: Kind; text: string }) =>
      remark(number, {
        kind: said,
        text: text.trim(),
        ...(item === undefined ? {} : { item }),
        ...(row === undefined ? {} : { row }),
      }),
    done: reports.sent,
    refreshes: [["reports", "remarks", number]],
    then: onClose,
  });
  return (
    <Modal
      open
      title={title}
      okText={reports.send}
      cancelText={shell.cancel}
      confirmLoading={send.isPending}
      onOk={form.submit}
      onCancel={onClose}
    >
      {send.isError && <FaultNotice thrown={send.error} />}
      <p className="quiet">{reports.remarkNote}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "useful", text: "" }}
        onFinish={send.mutate}
        style={{ marginTop: 16 }}
      >
        <Form.Item name="kind" label={reports.kind}>
          <Radio.Group options={KINDS.map((one) => ({ value: one, label: reports.kinds[one] }))} />
        </Form.Item>
        <Form.Item
          name="text"
          label={reports.text}
          rules={[{ required: true, whitespace: true, message: reports.textMissing }]}
        >
          <Input.TextArea rows={3} maxLength={1000} placeholder={reports.textHints[kind]} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** What one's own organisation said of the report, with the answers. */
export function Remarks({ number, nameOf }: Omit<Props, "target">) {
  const { reports } = useWords();
  const query = useQuery(remarksOf(number));
  const columns: Column<Remark>[] = [
    {
      title: reports.kind,
      isHead: true,
      cell: (one) => <State tone={TONES[one.kind]}>{reports.kinds[one.kind]}</State>,
    },
    {
      title: reports.about,
      cell: (one) =>
        one.item === null
          ? reports.whole
          : one.row_no === null
            ? nameOf(one.item)
            : reports.rowOf(nameOf(one.item), String(one.row_no)),
    },
    { title: reports.text, cell: (one) => one.text },
    {
      title: reports.answer,
      cell: (one) =>
        one.answer === null ? (
          <span className="quiet">{reports.noAnswer}</span>
        ) : (
          <>
            {one.answer} <span className="quiet">{one.answered_for}</span>
          </>
        ),
    },
    { title: reports.issuedAt, cell: (one) => <span className="num">{moment(one.at)}</span> },
  ];
  return (
    <Section title={reports.yours} note={reports.remarkNote}>
      <Loaded query={query}>
        {(remarks) =>
          remarks.length === 0 ? (
            <Empty title={reports.noRemarks}>{reports.noRemarksHint}</Empty>
          ) : (
            <Rows label={reports.yours} rows={remarks} columns={columns} keyOf={(one) => one.id} />
          )
        }
      </Loaded>
    </Section>
  );
}

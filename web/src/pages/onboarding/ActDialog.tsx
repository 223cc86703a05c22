import { Alert, Form, Input, Modal } from "antd";

import type { MemberState } from "../../api/types";
import { useWords } from "../../i18n/words";
import { FaultNotice } from "../../parts/Notice";
import { useDeed } from "../../parts/useDeed";

export interface Act {
  title: string;
  target?: MemberState; // the step that it is, where duties are separate
  warning?: string;
  needsReady: boolean; // only while all conditions hold
  needsReason?: boolean;
  isDanger: boolean;
  run: (note: string) => Promise<unknown>;
}

/** Asks for the remark or reason, then acts; a refusal is shown here and what was typed stays. */
export function ActDialog({ act, memberId, onClose }: { act: Act; memberId: string; onClose: () => void }) {
  const { desk, shell } = useWords();
  const [form] = Form.useForm<{ note: string }>();
  const isReason = act.needsReason === true;
  const run = useDeed({
    act: ({ note }: { note: string }) => act.run(note.trim()),
    done: desk.done,
    refreshes: [["member", memberId], ["members"]],
    then: onClose,
  });
  return (
    <Modal
      open
      title={act.title}
      okText={act.title}
      cancelText={shell.cancel}
      okButtonProps={{ danger: act.isDanger, loading: run.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {act.warning !== undefined && (
        <Alert type="warning" showIcon title={act.warning} style={{ marginBottom: 16 }} />
      )}
      {run.isError && <FaultNotice thrown={run.error} />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ note: "" }}
        onFinish={run.mutate}
      >
        <Form.Item
          name="note"
          label={isReason ? desk.reason : desk.note}
          extra={isReason ? desk.reasonHint : desk.noteHint}
          rules={isReason ? [{ required: true, whitespace: true, message: desk.reasonHint }] : []}
        >
          <Input.TextArea rows={4} maxLength={1000} showCount autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}

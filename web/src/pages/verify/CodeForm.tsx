import { Button, Form, Input } from "antd";

import { useWords } from "../../i18n/words";
import styles from "./verify.module.css";

/** A check code as somebody read it out or as a link brought it. */
export function CodeForm({ code, onCode }: { code: string; onCode: (code: string) => void }) {
  const { verify } = useWords();
  return (
    <section className={styles["way"]} aria-labelledby="by-code">
      <h2 id="by-code">{verify.byCode}</h2>
      <p className={styles["note"]}>{verify.byCodeNote}</p>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ code }}
        onFinish={({ code: typed }: { code: string }) => onCode(typed.trim())}
      >
        <Form.Item name="code" label={verify.codeLabel} extra={verify.codeHint} rules={[{ required: true }]}>
          <Input className="code" maxLength={60} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {verify.check}
        </Button>
      </Form>
    </section>
  );
}

/** The code that stands on the first page of a report. */
export function ReportCodeForm({ code, onCode }: { code: string; onCode: (code: string) => void }) {
  const { verify } = useWords();
  return (
    <section className={styles["way"]} aria-labelledby="by-report-code">
      <h2 id="by-report-code">{verify.byReportCode}</h2>
      <p className={styles["note"]}>{verify.byReportCodeNote}</p>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ code }}
        onFinish={({ code: typed }: { code: string }) => onCode(typed.trim())}
      >
        <Form.Item
          name="code"
          htmlFor="report-code"
          label={verify.reportCodeLabel}
          extra={verify.reportCodeHint}
          rules={[{ required: true }]}
        >
          <Input id="report-code" className="code" maxLength={60} autoComplete="off" spellCheck={false} />
        </Form.Item>
        <Button type="primary" htmlType="submit">
          {verify.checkReport}
        </Button>
      </Form>
    </section>
  );
}

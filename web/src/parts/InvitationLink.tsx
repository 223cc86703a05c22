import { Button, Modal } from "antd";

import { useWords } from "../i18n/words";
import { CopyButton } from "./CopyButton";

interface Props {
  token: string;
  days: number;
  onKept: () => void;
}

/** An invitation, shown this once; it does not go away by a click beside it. */
export function InvitationLink({ token, days, onKept }: Props) {
  const { firm } = useWords();
  const link = `${location.origin}/invitation#${token}`;
  return (
    <Modal
      open
      title={firm.linkTitle}
      closable={false}
      maskClosable={false}
      keyboard={false}
      footer={[
        <CopyButton key="copy" text={link} />,
        <Button key="kept" type="primary" onClick={onKept}>
          {firm.linkKept}
        </Button>,
      ]}
    >
      <p>{firm.linkNote(String(days))}</p>
      <p className="code" style={{ marginTop: 12, userSelect: "all" }}>
        {link}
      </p>
    </Modal>
  );
}

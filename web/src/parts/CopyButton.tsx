import { CopyOutlined } from "@ant-design/icons";
import { App, Button } from "antd";

import { useWords } from "../i18n/words";

/** Copies a text; where the browser does not allow it, the text is there to be marked. */
export function CopyButton({ text }: { text: string }) {
  const { shell } = useWords();
  const { message } = App.useApp();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      void message.success(shell.copied);
    } catch {
      void message.warning(shell.copyByHand);
    }
  };
  return (
    <Button icon={<CopyOutlined />} onClick={() => void copy()}>
      {shell.copy}
    </Button>
  );
}

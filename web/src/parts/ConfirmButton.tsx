import { Button, Popconfirm } from "antd";
import type { ReactNode } from "react";

import { useWords } from "../i18n/words";

interface Props {
  sure: string; // what it leads to
  onConfirm: () => void;
  loading?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

/** A button for what cannot be undone: says what it leads to and asks once more. */
export function ConfirmButton({ sure, onConfirm, loading = false, disabled = false, children }: Props) {
  const { shell } = useWords();
  return (
    <Popconfirm
      title={<div style={{ maxWidth: 280 }}>{sure}</div>}
      okText={children}
      cancelText={shell.cancel}
      okButtonProps={{ danger: true }}
      onConfirm={onConfirm}
      disabled={disabled}
    >
      <Button danger loading={loading} disabled={disabled}>
        {children}
      </Button>
    </Popconfirm>
  );
}

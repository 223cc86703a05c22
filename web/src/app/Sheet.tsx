import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactNode, useEffect, useRef } from "react";

import { useWords } from "../i18n/words";
import styles from "./Sheet.module.css";

interface Props {
  isOpen: boolean;
  label: string;
  onClose: () => void;
  children: ReactNode;
}

/** A sheet that comes in from the side. The browser's own dialog: keeps the keyboard inside, closes with Escape. */
export function Sheet({ isOpen, label, onClose, children }: Props) {
  const { shell } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className={styles["sheet"]}
      aria-label={label}
      onClose={onClose}
      onClick={({ target, currentTarget }) => target === currentTarget && onClose()}
    >
      <div className={styles["inside"]}>
        <header>
          <strong>{label}</strong>
          <Button type="text" icon={<CloseOutlined />} aria-label={shell.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

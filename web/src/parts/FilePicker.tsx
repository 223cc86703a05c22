import { Button } from "antd";
import { useRef } from "react";

import { bytes } from "./format";

interface Props {
  id?: string; // given by Form.Item, so that its label names the button
  value?: File | undefined;
  onChange?: (file: File | undefined) => void;
  accept: string;
  words: string;
}

/** One file from the person's computer, as a field of a form. */
export function FilePicker({ id, value, onChange, accept, words }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...(id === undefined ? {} : { id })} onClick={() => input.current?.click()}>
        {value === undefined ? words : `${value.name} · ${bytes(value.size)}`}
      </Button>
      <input
        ref={input}
        type="file"
        style={{ display: "none" }}
        accept={accept}
        onChange={({ target }) => {
          onChange?.(target.files?.[0]);
          target.value = "";
        }}
      />
    </>
  );
}

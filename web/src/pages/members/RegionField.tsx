import { Checkbox, Form, Input } from "antd";
import { useState } from "react";

import { useWords } from "../../i18n/words";
import { regionsIn } from "./regions";

/** Divisions served, by their codes (GB/T 2260), or everywhere; the node says which are not in force. */
export function RegionField() {
  const { members } = useWords();
  return (
    <Form.Item
      name="regions"
      label={members.regions}
      extra={members.regionsHint}
      rules={[{ required: true, type: "array", min: 1, message: members.regionsMissing }]}
    >
      <RegionInput />
    </Form.Item>
  );
}

interface Props {
  id?: string; // given by Form.Item, as value and onChange are
  value?: string[];
  onChange?: (regions: string[]) => void;
}

function RegionInput({ id, value = [], onChange }: Props) {
  const { members } = useWords();
  const isEverywhere = value.includes("");
  const [text, setText] = useState(value.filter(Boolean).join("、"));
  return (
    <>
      <Input
        {...(id === undefined ? {} : { id })}
        className="code"
        value={isEverywhere ? members.everywhere : text}
        disabled={isEverywhere}
        placeholder="3201、320281"
        onChange={({ target }) => {
          setText(target.value);
          onChange?.(regionsIn(target.value));
        }}
      />
      <Checkbox
        checked={isEverywhere}
        onChange={({ target }) => onChange?.(target.checked ? [""] : regionsIn(text))}
        style={{ marginTop: 6 }}
      >
        {members.everywhere}
      </Checkbox>
    </>
  );
}

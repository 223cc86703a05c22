import { Button, Form, Input } from "antd";

import { useWords } from "../../i18n/words";
import styles from "./fields.module.css";

/** Persons in charge, at least one; a list inside a form. */
export function ContactFields() {
  const { members } = useWords();
  const required = [{ required: true, whitespace: true, message: members.required }];
  return (
    <Form.List name="contacts">
      {(fields, { add, remove }) => (
        <>
          {fields.map(({ key, name }) => (
            <fieldset key={key} className={styles["group"]}>
              <legend>{`${members.contacts} ${name + 1}`}</legend>
              <div className={styles["grid"]}>
                <Form.Item name={[name, "name"]} label={members.contactName} rules={required}>
                  <Input maxLength={50} autoComplete="name" />
                </Form.Item>
                <Form.Item name={[name, "duty"]} label={members.duty}>
                  <Input maxLength={50} autoComplete="organization-title" />
                </Form.Item>
                <Form.Item name={[name, "phone"]} label={members.phone} rules={required}>
                  <Input maxLength={30} inputMode="tel" autoComplete="tel" />
                </Form.Item>
                <Form.Item name={[name, "email"]} label={members.email}>
                  <Input maxLength={254} inputMode="email" autoComplete="email" />
                </Form.Item>
              </div>
              {fields.length > 1 && (
                <Button type="link" danger className={styles["remove"] ?? ""} onClick={() => remove(name)}>
                  {members.removeContact}
                </Button>
              )}
            </fieldset>
          ))}
          {fields.length < 10 && (
            <Button
              onClick={() => add({ name: "", duty: "", phone: "", email: "" })}
              className={styles["add"] ?? ""}
            >
              {members.addContact}
            </Button>
          )}
        </>
      )}
    </Form.List>
  );
}

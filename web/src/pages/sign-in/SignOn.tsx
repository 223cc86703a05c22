import { BankOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Divider } from "antd";

import { api, got } from "../../api/client";
import { useWords } from "../../i18n/words";
import styles from "./SignInForm.module.css";

/** Organisations with a sign-on of their own; nothing while there is none. */
export function SignOn({ next }: { next: string }) {
  const { signIn } = useWords();
  const query = useQuery({
    queryKey: ["sign-on"],
    queryFn: () => got(api.GET("/v1/sign-on")),
    staleTime: 600_000,
  });
  if (!query.isSuccess || query.data.providers.length === 0) return null;
  return (
    <>
      <Divider plain className={styles["or"] ?? ""}>
        {signIn.organisation}
      </Divider>
      {query.data.providers.map(({ id, name }) => (
        <Button
          key={id}
          block
          size="large"
          icon={<BankOutlined />}
          href={`/v1/sign-on/${encodeURIComponent(id)}/start?return_to=${encodeURIComponent(next)}`}
        >
          {name}
        </Button>
      ))}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Select, Space } from "antd";
import { useState } from "react";

import { permissionTable } from "../../api/permissions";
import type { PermissionTable } from "../../api/types";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "./developers.module.css";
import { type Claims, claimsOf } from "./token";

const CALLS = {
  search: "/v1/subjects?page_size=1",
  inquiries: "/v1/inquiries?page_size=1",
  usage: "/v1/usage",
} as const;
const MOST = 4_000; // characters of an answer that are shown

/** What a token says, what its roles may do, and a call with it. It is kept nowhere. */
export function TryToken() {
  const { developers } = useWords();
  const [token, setToken] = useState("");
  const claims = token.trim() === "" ? undefined : claimsOf(token);
  return (
    <Section title={developers.try} note={developers.tryNote}>
      <Form layout="vertical">
        <Form.Item label={developers.paste} htmlFor="token" style={{ marginBottom: 16 }}>
          <Input.TextArea
            id="token"
            className="code"
            rows={3}
            value={token}
            spellCheck={false}
            autoComplete="off"
            maxLength={8_000}
            onChange={({ target }) => setToken(target.value)}
          />
        </Form.Item>
      </Form>
      {claims === null && <Alert type="warning" showIcon title={developers.notToken} />}
      {claims !== null && claims !== undefined && <Explained token={token} claims={claims} />}
    </Section>
  );
}

function Explained({ token, claims }: { token: string; claims: Claims }) {
  const { developers } = useWords();
  const { language } = useLanguage();
  const table = useQuery(permissionTable);
  const isOver = claims.until !== null && claims.until <= new Date();
  const roles = claims.roles.map((role) => table.data?.roles[role]?.[language] ?? role);
  return (
    <>
      <Facts
        facts={[
          [developers.tokenOf, <span className="code">{claims.client}</span>],
          [developers.environment, claims.isSandbox ? developers.sandbox : developers.production],
          [developers.scope, roles.join("、") || "—"],
          [
            developers.until,
            <span className="num">
              {claims.until === null ? "—" : moment(claims.until.toISOString())}{" "}
              <State tone={isOver ? "bad" : "good"}>{isOver ? developers.expired : developers.valid}</State>
            </span>,
          ],
          [developers.bound, claims.isBound ? developers.boundYes : developers.boundNo],
        ]}
      />
      {table.data !== undefined && <Rights table={table.data} roles={claims.roles} />}
      <Call token={token} />
    </>
  );
}

function Rights({ table, roles }: { table: PermissionTable; roles: readonly string[] }) {
  const { developers } = useWords();
  const { language } = useLanguage();
  const may = new Map<string, Set<string>>();
  for (const grant of table.grants) {
    if (!grant.roles.some((role) => roles.includes(role))) continue;
    const known = may.get(grant.resource) ?? new Set();
    for (const action of grant.actions) known.add(action);
    may.set(grant.resource, known);
  }
  const comma = language === "zh" ? "、" : ", ";
  return (
    <>
      <h3 className={styles["head"]}>{developers.may}</h3>
      <p className="quiet">{developers.mayNote}</p>
      <Facts
        facts={[...may].map(([resource, actions]) => {
          const about = table.resources[resource];
          const words = [...actions].map((one) => (language === "zh" ? (about?.actions[one] ?? one) : one));
          return [about?.[language] ?? resource, words.join(comma)];
        })}
      />
    </>
  );
}

function Call({ token }: { token: string }) {
  const { developers } = useWords();
  const [which, setWhich] = useState<keyof typeof CALLS>("search");
  const call = useDeed({
    act: async () => {
      const bearer = token.trim().replace(/^Bearer\s+/i, "");
      // Without the cookie of this session: what answers is what a system would be told.
      const response = await fetch(CALLS[which], {
        headers: { Authorization: `Bearer ${bearer}` },
        credentials: "omit",
      });
      return {
        status: `${response.status} ${response.statusText}`.trim(),
        text: pretty(await response.text()),
      };
    },
  });
  return (
    <div className={styles["call"]}>
      <Space wrap>
        <Select
          aria-label={developers.callPath}
          value={which}
          style={{ minWidth: 280 }}
          options={(Object.keys(CALLS) as (keyof typeof CALLS)[]).map((value) => ({
            value,
            label: developers.calls[value],
          }))}
          onChange={setWhich}
        />
        <Button loading={call.isPending} onClick={() => call.mutate(undefined)}>
          {developers.call}
        </Button>
      </Space>
      {call.isError && <Alert type="error" showIcon title={developers.unreached} style={{ marginTop: 12 }} />}
      {call.data !== undefined && (
        <>
          <p className={styles["status"]} role="status">
            {developers.answer(call.data.status)}
          </p>
          <pre className={styles["example"]} tabIndex={0}>
            {call.data.text}
          </pre>
        </>
      )}
    </div>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, MOST);
  } catch {
    return text.slice(0, MOST);
  }
}

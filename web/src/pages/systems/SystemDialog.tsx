import { useQuery } from "@tanstack/react-query";
import { Modal } from "antd";

import { api, got } from "../../api/client";
import { authorisationServer, clientOf } from "../../api/clients";
import { permissionTable } from "../../api/permissions";
import type { ClientWithKeys } from "../../api/types";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Facts } from "../../parts/Facts";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { State, type Tone } from "../../parts/State";
import { moment } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import styles from "../accounts/Verification.module.css";
import { AddKey } from "./AddKey";
import { EditSystem } from "./EditSystem";

type Key = ClientWithKeys["keys"][number];

/** One system with its keys. */
export function SystemDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(clientOf(id));
  return (
    <Modal open width={760} title={query.data?.name ?? id} footer={null} onCancel={onClose}>
      <Loaded query={query}>{(client) => <System client={client} />}</Loaded>
    </Modal>
  );
}

function System({ client }: { client: ClientWithKeys }) {
  const { systems } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const table = useQuery(permissionTable);
  const close = useDeed({
    act: () => got(api.POST("/v1/clients/{client_id}/close", { params: { path: { client_id: client.id } } })),
    done: systems.closed,
    refreshes: [["clients"]],
  });
  const isActive = client.state === "active";
  return (
    <>
      <Facts
        facts={[
          [systems.id, <span className="code">{client.id}</span>],
          [systems.kind, client.sandbox ? systems.sandbox : systems.production],
          [systems.roles, client.roles.map((role) => table.data?.roles[role]?.[language] ?? role).join("、")],
          [
            systems.networks,
            <span className="code">{client.networks.join("\n") || systems.networksAny}</span>,
          ],
          [systems.created, moment(client.created_at)],
        ]}
      />
      <h3 className={styles["head"]}>{systems.keys}</h3>
      <p className="quiet">{systems.keysNote}</p>
      {client.keys.length === 0 ? (
        <p style={{ margin: "12px 0" }}>{systems.noKeys}</p>
      ) : (
        <Lines>
          {client.keys.map((key) => (
            <KeyLine key={key.kid} client={client} one={key} />
          ))}
        </Lines>
      )}
      {isActive && person.may("add", "client-key") && <AddKey client={client.id} />}
      {isActive && person.may("edit", "client") && (
        <details className={styles["head"]}>
          <summary>{systems.limits}</summary>
          <EditSystem client={client} />
        </details>
      )}
      {isActive && <TokenHelp />}
      {close.isError && <FaultNotice thrown={close.error} />}
      {isActive && person.may("close", "client") && (
        <div className={styles["foot"]}>
          <ConfirmButton
            sure={systems.closeSure}
            loading={close.isPending}
            onConfirm={() => close.mutate(undefined)}
          >
            {systems.close}
          </ConfirmButton>
        </div>
      )}
    </>
  );
}

function KeyLine({ client, one }: { client: ClientWithKeys; one: Key }) {
  const { systems } = useWords();
  const person = usePerson();
  const revoke = useDeed({
    act: () =>
      got(
        api.POST("/v1/clients/{client_id}/keys/{kid}/revoke", {
          params: { path: { client_id: client.id, kid: one.kid } },
        }),
      ),
    done: systems.revoked,
    refreshes: [["clients"]],
  });
  const [tone, word]: [Tone, string] =
    one.revoked_at !== null
      ? ["bad", systems.keyRevoked]
      : new Date(one.expires_at) <= new Date()
        ? ["calm", systems.keyExpired]
        : ["good", systems.keyActive];
  return (
    <li>
      <div>
        <p className="code">{one.kid}</p>
        <p className="quiet num">
          {String(one.jwk["kty"] ?? "")} {String(one.jwk["crv"] ?? one.jwk["alg"] ?? "")} · {systems.expires}{" "}
          {moment(one.expires_at)}
        </p>
        {revoke.isError && <FaultNotice thrown={revoke.error} />}
      </div>
      <State tone={tone}>{word}</State>
      {tone === "good" && person.may("revoke", "client-key") && (
        <ConfirmButton
          sure={systems.revokeSure}
          loading={revoke.isPending}
          onConfirm={() => revoke.mutate(undefined)}
        >
          {systems.revoke}
        </ConfirmButton>
      )}
    </li>
  );
}

function TokenHelp() {
  const { systems } = useWords();
  const query = useQuery(authorisationServer);
  if (!query.isSuccess) return null;
  const facts = query.data as unknown as { token_endpoint?: string; issuer?: string };
  return (
    <details className={styles["head"]}>
      <summary>{systems.token}</summary>
      <p>{systems.tokenNote}</p>
      <Facts
        facts={[
          [systems.tokenAt, <span className="code">{facts.token_endpoint ?? "/oauth/token"}</span>],
          [systems.audience, <span className="code">{facts.issuer ?? location.origin}</span>],
        ]}
      />
    </details>
  );
}

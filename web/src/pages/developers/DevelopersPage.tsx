import { useQuery } from "@tanstack/react-query";
import { Select, Tabs } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import { authorisationServer, clientsOf } from "../../api/clients";
import type { ClientSystem } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { CopyButton } from "../../parts/CopyButton";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Lines } from "../../parts/Lines";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { State } from "../../parts/State";
import { TryToken } from "./TryToken";
import styles from "./developers.module.css";
import { pythonExample, shellExample } from "./examples";

/** For those who connect a system: from registering it to its first call. */
export function DevelopersPage() {
  const { developers } = useWords();
  const person = usePerson();
  const member = person.member?.id ?? "";
  const query = useQuery({ ...clientsOf({ member, page: 1 }), enabled: person.may("read", "client") });
  const clients = (query.data?.clients ?? []).filter((one) => one.state === "active");
  return (
    <Page title={developers.title} lead={developers.lead}>
      <Section
        title={developers.systems}
        note={developers.systemsNote}
        actions={person.may("read", "client") && <Link href="/member/systems">{developers.manage}</Link>}
      >
        {person.may("read", "client") ? (
          <Loaded query={query}>{() => <Systems clients={clients} />}</Loaded>
        ) : (
          <p className="quiet">{developers.notForYou}</p>
        )}
      </Section>
      <Section title={developers.sandboxState} note={developers.sandboxNote}>
        {person.may("read", "client") && (
          <Sandbox clients={clients} isOnline={person.member?.state === "online"} />
        )}
      </Section>
      <TokenHelp clients={clients} />
      <TryToken />
      <Section title={developers.docs} note={developers.docsNote}>
        <Lines>
          {(
            [
              [developers.browse, "/docs"],
              [developers.openapi, "/openapi.json"],
              [developers.server, "/.well-known/oauth-authorization-server"],
              [developers.keys, "/oauth/jwks"],
            ] as const
          ).map(([name, address]) => (
            <li key={address}>
              <p>{name}</p>
              <a href={address} target="_blank" rel="noreferrer" className="code">
                {address}
              </a>
            </li>
          ))}
        </Lines>
      </Section>
    </Page>
  );
}

function Systems({ clients }: { clients: ClientSystem[] }) {
  const { developers } = useWords();
  if (clients.length === 0) return <Empty title={developers.noSystems}>{developers.noSystemsHint}</Empty>;
  return (
    <Lines>
      {clients.map((one) => (
        <li key={one.id}>
          <div>
            <p>{one.name}</p>
            <p className="code quiet">{one.id}</p>
          </div>
          <State tone={one.sandbox ? "calm" : "accent"}>
            {one.sandbox ? developers.sandbox : developers.production}
          </State>
        </li>
      ))}
    </Lines>
  );
}

function Sandbox({ clients, isOnline }: { clients: ClientSystem[]; isOnline: boolean }) {
  const { developers } = useWords();
  const has = clients.some((one) => one.sandbox);
  const words = has
    ? isOnline
      ? developers.sandboxOf.online
      : developers.sandboxOf.testing
    : developers.sandboxOf.none;
  return <State tone={has ? "good" : "wait"}>{words}</State>;
}

function TokenHelp({ clients }: { clients: ClientSystem[] }) {
  const { developers } = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  const server = useQuery(authorisationServer);
  const facts = server.data as unknown as { token_endpoint?: string; issuer?: string } | undefined;
  const client = chosen ?? clients[0]?.id ?? developers.anySystem;
  const origin = facts?.issuer ?? location.origin;
  const examples = [
    { key: "shell", label: developers.shell, text: shellExample(origin, client) },
    { key: "python", label: developers.python, text: pythonExample(origin, client) },
  ];
  return (
    <Section
      title={developers.token}
      note={developers.tokenNote}
      actions={
        clients.length > 1 && (
          <Select
            aria-label={developers.forSystem}
            value={client}
            options={clients.map((one) => ({ value: one.id, label: one.name }))}
            onChange={setChosen}
          />
        )
      }
    >
      <Facts
        facts={[
          [
            developers.endpoint,
            <span className="code">{facts?.token_endpoint ?? `${origin}/oauth/token`}</span>,
          ],
          [developers.issuer, <span className="code">{origin}</span>],
        ]}
      />
      <Tabs
        className={styles["tabs"] ?? ""}
        items={examples.map(({ key, label, text }) => ({
          key,
          label,
          children: (
            <>
              <pre className={styles["example"]} tabIndex={0}>
                {text}
              </pre>
              <CopyButton text={text} />
            </>
          ),
        }))}
      />
    </Section>
  );
}

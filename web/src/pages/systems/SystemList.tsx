import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";

import { clientsOf } from "../../api/clients";
import type { ClientSystem, MemberKind } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { day } from "../../parts/format";
import { AddSystem } from "./AddSystem";
import { SystemDialog } from "./SystemDialog";

/** Client systems: of one member, or of all. */
export function SystemList({ member, kind }: { member?: string; kind?: MemberKind }) {
  const { systems } = useWords();
  const person = usePerson();
  const { page, toPage } = useAddress();
  const [isAdding, setAdding] = useState(false);
  const [opened, setOpened] = useState<string | null>(null);
  const query = useQuery({
    ...clientsOf({ ...(member ? { member } : {}), page }),
    placeholderData: keepPreviousData,
  });
  const mayCreate = member !== undefined && kind !== undefined && person.may("create", "client");
  return (
    <>
      <Section
        title={systems.title}
        note={systems.note}
        actions={mayCreate && !isAdding && <Button onClick={() => setAdding(true)}>{systems.add}</Button>}
      >
        <Loaded query={query}>
          {(found) =>
            found.clients.length === 0 ? (
              <Empty title={systems.empty}>{systems.emptyHint}</Empty>
            ) : (
              <>
                <ClientRows found={found.clients} onOpen={setOpened} withMember={member === undefined} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
      {mayCreate && isAdding && (
        <AddSystem
          member={member}
          kind={kind}
          onDone={(id) => {
            setAdding(false);
            setOpened(id);
          }}
        />
      )}
      {opened !== null && <SystemDialog id={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface RowsProps {
  found: ClientSystem[];
  onOpen: (id: string) => void;
  withMember: boolean;
}

function ClientRows({ found, onOpen, withMember }: RowsProps) {
  const { systems } = useWords();
  const columns: Column<ClientSystem>[] = [
    {
      title: systems.name,
      cell: (one) => (
        <Button type="link" style={{ padding: 0, height: "auto" }} onClick={() => onOpen(one.id)}>
          {one.name}
        </Button>
      ),
      isHead: true,
    },
    { title: systems.id, cell: (one) => <span className="code">{one.id}</span> },
    { title: systems.kind, cell: (one) => (one.sandbox ? systems.sandbox : systems.production) },
    { title: systems.networks, cell: (one) => one.networks.join("、") || systems.networksAny },
    {
      title: systems.state,
      cell: (one) => (
        <State tone={one.state === "active" ? "good" : "calm"}>{systems.states[one.state]}</State>
      ),
    },
    { title: systems.created, cell: (one) => day(one.created_at) },
  ];
  if (withMember) {
    columns.splice(1, 0, {
      title: systems.member,
      cell: (one) => <span className="code">{one.member_id}</span>,
    });
  }
  return <Rows label={systems.title} rows={found} columns={columns} keyOf={(one) => one.id} />;
}

/** Systems of all members, for the operator. */
export function SystemsPage() {
  const { systems } = useWords();
  return (
    <Page title={systems.title} lead={systems.lead}>
      <SystemList />
    </Page>
  );
}

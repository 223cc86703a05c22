import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, got } from "../../api/client";
import type { Delegation } from "../../api/types";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { ConfirmButton } from "../../parts/ConfirmButton";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { FaultNotice } from "../../parts/Notice";
import { Page, Section } from "../../parts/Page";
import { Pager } from "../../parts/Pager";
import { type Column, Rows } from "../../parts/Rows";
import { State } from "../../parts/State";
import { useAddress } from "../../parts/address";
import { useDeed } from "../../parts/useDeed";
import { AddDelegate } from "./AddDelegate";
import { standingOf } from "./standing";

/** Who may act for the firm, and until when. */
export function DelegatesPage() {
  const { firm } = useWords();
  const person = usePerson();
  const { page, toPage } = useAddress();
  const query = useQuery({
    queryKey: ["delegations", page],
    queryFn: () => got(api.GET("/v1/delegations", { params: { query: { page, page_size: 50 } } })),
    placeholderData: keepPreviousData,
  });
  const mayGrant = person.may("grant", "delegation");
  return (
    <Page title={firm.delegates} lead={firm.delegatesLead}>
      <Section title={firm.delegates}>
        <Loaded query={query}>
          {(found) =>
            found.delegations.length === 0 ? (
              <Empty title={firm.noDelegates}>{firm.noDelegatesHint}</Empty>
            ) : (
              <>
                <DelegationRows delegations={found.delegations} />
                <Pager page={found.page} pageSize={found.page_size} total={found.total} onPage={toPage} />
              </>
            )
          }
        </Loaded>
      </Section>
      {mayGrant && <AddDelegate />}
      {!mayGrant && person.roles.includes("firm-legal-representative") && (
        <p className="quiet">{firm.strongNeeded}</p>
      )}
    </Page>
  );
}

function DelegationRows({ delegations }: { delegations: Delegation[] }) {
  const { firm } = useWords();
  const columns: Column<Delegation>[] = [
    { title: firm.delegateName, cell: (one) => one.name, isHead: true },
    { title: firm.login, cell: (one) => <span className="code">{one.login}</span> },
    { title: firm.period, cell: (one) => `${one.valid_from} — ${one.valid_to}` },
    { title: firm.state, cell: (one) => <Standing delegation={one} /> },
    { title: "", cell: (one) => <End delegation={one} /> },
  ];
  return <Rows label={firm.delegates} rows={delegations} columns={columns} keyOf={(one) => one.id} />;
}

function Standing({ delegation }: { delegation: Delegation }) {
  const { firm } = useWords();
  const standing = standingOf(delegation, new Date());
  const tone =
    standing === "active" ? "good" : standing === "ahead" || standing === "notAccepted" ? "wait" : "calm";
  return <State tone={tone}>{firm[standing]}</State>;
}

function End({ delegation }: { delegation: Delegation }) {
  const { firm } = useWords();
  const person = usePerson();
  const end = useDeed({
    act: () =>
      got(api.POST("/v1/delegations/{delegation}/end", { params: { path: { delegation: delegation.id } } })),
    done: firm.endDone,
    refreshes: [["delegations"]],
  });
  const standing = standingOf(delegation, new Date());
  if (!person.may("end", "delegation") || standing === "ended" || standing === "over") return null;
  return (
    <>
      <ConfirmButton sure={firm.endSure} loading={end.isPending} onConfirm={() => end.mutate(undefined)}>
        {firm.end}
      </ConfirmButton>
      {end.isError && <FaultNotice thrown={end.error} />}
    </>
  );
}

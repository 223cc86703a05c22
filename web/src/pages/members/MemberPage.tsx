import { useQuery } from "@tanstack/react-query";
import { useLocation } from "wouter";

import { memberOf } from "../../api/members";
import type { Member } from "../../api/types";
import { type Person, usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { State } from "../../parts/State";
import { TabLinks } from "../../parts/TabLinks";
import { AccountList } from "../accounts/AccountList";
import { SystemList } from "../systems/SystemList";
import { Agreements } from "./Agreements";
import { Branches } from "./Branches";
import { Documents } from "./Documents";
import { History } from "./History";
import { Particulars } from "./Particulars";
import { Standing } from "./Standing";
import { toneOf } from "./tones";

const BASE = "/member";

/** One's own organisation: everything a member can do for itself. */
export function MemberPage() {
  const { members } = useWords();
  const person = usePerson();
  const id = person.member?.id ?? "";
  const query = useQuery(memberOf(id));
  const [path] = useLocation();
  const tabs: [string, string][] = [
    [BASE, members.tabs.standing],
    [`${BASE}/particulars`, members.tabs.particulars],
  ];
  if (person.may("read", "member-document")) tabs.push([`${BASE}/documents`, members.tabs.documents]);
  tabs.push([`${BASE}/agreements`, members.tabs.agreements]);
  if (person.may("read", "account")) tabs.push([`${BASE}/accounts`, members.tabs.accounts]);
  if (person.may("read", "client")) tabs.push([`${BASE}/systems`, members.tabs.systems]);
  tabs.push([`${BASE}/history`, members.tabs.history]);
  return (
    <Page
      title={person.member?.name ?? members.own}
      lead={members.ownLead}
      actions={
        query.isSuccess && <State tone={toneOf(query.data.state)}>{members.states[query.data.state]}</State>
      }
    >
      <TabLinks label={members.tabsLabel} here={path} tabs={tabs} />
      <Loaded query={query}>
        {(member) => <Part part={path.slice(BASE.length + 1)} member={member} person={person} />}
      </Loaded>
    </Page>
  );
}

function Part({ part, member, person }: { part: string; member: Member; person: Person }) {
  switch (part) {
    case "particulars":
      return <Particulars member={member} mayEdit={person.may("edit", "member")} mayDecide={false} />;
    case "documents":
      return <Documents member={member} mayAdd={person.may("add", "member-document")} mayReview={false} />;
    case "agreements":
      return (
        <Agreements member={member} mayAccept={person.may("accept", "agreement")} mayCountersign={false} />
      );
    case "accounts":
      return <AccountList member={member.id} kind={member.kind} />;
    case "systems":
      return <SystemList member={member.id} kind={member.kind} />;
    case "history":
      return <History id={member.id} />;
    default:
      return (
        <>
          <Standing member={member} />
          <Branches id={member.id} />
        </>
      );
  }
}

import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";

import { contactsOf } from "../../api/members";
import type { Member } from "../../api/types";
import { useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Loaded } from "../../parts/Loaded";
import { Section } from "../../parts/Page";
import { day, moment, spacedCode } from "../../parts/format";
import { Changes } from "./Changes";
import { EditForm } from "./EditForm";

/** What a member is: its particulars, contacts, and changes that wait for a second person. */
export function Particulars({
  member,
  mayEdit,
  mayDecide,
}: {
  member: Member;
  mayEdit: boolean;
  mayDecide: boolean;
}) {
  const { members } = useWords();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <Section
        title={members.tabs.particulars}
        actions={mayEdit && !isEditing && <Button onClick={() => setEditing(true)}>{members.edit}</Button>}
        {...(isEditing ? { note: members.editNote } : {})}
      >
        {isEditing ? (
          <EditForm member={member} onDone={() => setEditing(false)} />
        ) : (
          <Facts facts={factsOf(member, members)} />
        )}
      </Section>
      {mayEdit && !isEditing && <Contacts id={member.id} />}
      <Changes id={member.id} mayDecide={mayDecide} />
    </>
  );
}

function Contacts({ id }: { id: string }) {
  const { members } = useWords();
  const query = useQuery(contactsOf(id));
  return (
    <Section title={members.contacts} note={members.contactsNote}>
      <Loaded query={query}>
        {(contacts) =>
          contacts.map((one) => (
            <Facts
              key={one.name + one.phone}
              facts={[
                [members.contactName, one.name],
                [members.duty, one.duty || "—"],
                [members.phone, one.phone],
                [members.email, one.email || "—"],
              ]}
            />
          ))
        }
      </Loaded>
    </Section>
  );
}

function factsOf(member: Member, words: ReturnType<typeof useWords>["members"]): [string, React.ReactNode][] {
  const licence = member.licence;
  const facts: [string, React.ReactNode][] = [
    [words.name, member.name],
    [words.code, <span className="code">{spacedCode(member.code)}</span>],
    [words.kind, words.kinds[member.kind]],
    [words.level, words.levels[member.level]],
    [words.regions, member.regions.map((one) => one || words.everywhere).join("、")],
    [words.items, member.items === null ? words.itemsAll : member.items.join("、")],
    [words.licence, licence === null ? words.noLicence : `${licence.kind} ${licence.number ?? ""}`],
  ];
  if (licence !== null) facts.push([words.licenceEnd, licence.valid_to ?? words.endless]);
  if (member.parent_id !== null) facts.push([words.parent, <span className="code">{member.parent_id}</span>]);
  if (member.provider_code !== null)
    facts.push([words.provider, <span className="code">{member.provider_code}</span>]);
  facts.push(
    [words.id, <span className="code">{member.id}</span>],
    [
      words.appliedAt,
      `${moment(member.applied_at)}${member.round > 1 ? ` · ${words.roundNote(String(member.round))}` : ""}`,
    ],
    [words.state, `${words.states[member.state]} · ${words.since} ${day(member.state_since)}`],
  );
  return facts;
}

import { useQuery } from "@tanstack/react-query";

import { permissionTable } from "../../api/permissions";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Facts } from "../../parts/Facts";
import { Page, Section } from "../../parts/Page";
import { moment, spacedCode } from "../../parts/format";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { Sessions } from "./Sessions";
import { SignOnLinks } from "./SignOnLinks";
import { Totp } from "./Totp";

/** One's own account: who one is here, how one signs in, where one is signed in. */
export function MePage() {
  const { me } = useWords();
  return (
    <Page title={me.title} lead={me.lead} narrow>
      <Who />
      <Passkeys />
      <Totp />
      <Password />
      <SignOnLinks />
      <Sessions />
    </Page>
  );
}

function Who() {
  const { me } = useWords();
  const { language } = useLanguage();
  const person = usePerson();
  const table = useQuery(permissionTable);
  const roles = person.roles.map((role) => table.data?.roles[role]?.[language] ?? role);
  return (
    <Section title={me.who}>
      <Facts
        facts={[
          [me.name, person.name],
          [me.login, <span className="code">{person.login}</span>],
          [me.roles, roles.length === 0 ? me.noRoles : roles.join("、")],
          ...(person.member === null ? [] : [[me.member, person.member.name] as [string, string]]),
          ...(person.subject === null
            ? []
            : [
                [me.firm, <span className="code">{spacedCode(person.subject)}</span>] as [
                  string,
                  React.ReactNode,
                ],
              ]),
          [me.how, me.strengths[person.strength]],
          [me.until, `${moment(person.expires_at)} · ${me.idle(String(person.idle_minutes))}`],
        ]}
      />
    </Section>
  );
}

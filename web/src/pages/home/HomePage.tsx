import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { Page } from "../../parts/Page";
import { FirmHome } from "./FirmHome";
import { HealthLine } from "./HealthLine";
import { MemberHome } from "./MemberHome";
import { Tasks } from "./Tasks";
import { Waiting } from "./Waiting";

/** The first page after signing in: what waits for this person. */
export function HomePage() {
  const { home } = useWords();
  const person = usePerson();
  if (person.state === "pending") return <Waiting />;
  const isOperator = person.member?.kind === "operator";
  const lead = isOperator ? home.leadOperator : person.member === null ? home.leadFirm : home.leadMember;
  return (
    <Page title={home.greeting(person.name)} lead={lead}>
      {isOperator && <HealthLine />}
      {isOperator ? <Tasks /> : person.member === null ? <FirmHome /> : <MemberHome id={person.member.id} />}
    </Page>
  );
}

import type { ReactNode } from "react";

import { useWords } from "../../i18n/words";
import { usePerson } from "../../app/session";
import { Page } from "../../parts/Page";
import { TabLinks } from "../../parts/TabLinks";

interface Props {
  here: "inquiries" | "consents";
  actions?: ReactNode;
  children: ReactNode;
}

/** What supervisors and auditors see of the use of information: who read what, and by whose leave. */
export function OversightPage({ here, actions, children }: Props) {
  const { oversight } = useWords();
  const person = usePerson();
  const tabs: [string, string][] = [["/oversight/inquiries", oversight.tabs.inquiries]];
  if (person.may("read", "consent")) tabs.push(["/oversight/consents", oversight.tabs.consents]);
  return (
    <Page title={oversight.title} lead={oversight.lead} actions={actions}>
      <TabLinks label={oversight.parts} here={`/oversight/${here}`} tabs={tabs} />
      {children}
    </Page>
  );
}

import { useQuery } from "@tanstack/react-query";

import { permissionTable } from "../../api/permissions";
import { useWords } from "../../i18n/words";
import { Loaded } from "../../parts/Loaded";
import { Page, Section } from "../../parts/Page";
import { Question } from "./Question";
import { TableView } from "./TableView";

/** The permission table, and why somebody may (not) do something. */
export function PermissionsPage() {
  const { permissions } = useWords();
  const query = useQuery(permissionTable);
  return (
    <Page title={permissions.title} lead={permissions.lead}>
      <Loaded query={query}>
        {(table) => (
          <>
            <Section title={permissions.ask} note={permissions.askNote}>
              <Question table={table} />
            </Section>
            <Section title={permissions.table} note={permissions.tableNote(table.version)}>
              <TableView table={table} />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

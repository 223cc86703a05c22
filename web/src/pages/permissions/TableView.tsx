import { Select } from "antd";

import type { Grant, PermissionTable } from "../../api/types";
import { usePerson } from "../../app/session";
import { useLanguage, useWords } from "../../i18n/words";
import { Filter, Filters } from "../../parts/Filters";
import { type Column, Rows } from "../../parts/Rows";
import { useAddress } from "../../parts/address";
import { typeset } from "../../parts/typeset";

const ALL = "all";

/** What some roles need for the rights of one grant. */
interface Line {
  key: string;
  grant: Grant;
  roles: string[];
  words: string;
}

/** The grants, narrowed to a role (what may it do?) or to a kind of thing (who may do what to it?). */
export function TableView({ table }: { table: PermissionTable }) {
  const { permissions, shell } = useWords();
  const { language } = useLanguage();
  const { value, change } = useAddress();
  const { roles: own } = usePerson();
  const resource = value("resource");
  const chosen = value("role") || (resource === "" ? own.find((name) => name in table.roles) : undefined);
  const role = chosen === undefined || chosen === ALL ? "" : chosen;
  const and = language === "zh" ? "、" : ", ";
  const nameOf = (name: string) => table.roles[name]?.[language] ?? name;
  const columns: Column<Line>[] = [
    {
      title: permissions.resource,
      cell: ({ grant }) => table.resources[grant.resource]?.[language] ?? grant.resource,
      isHead: true,
    },
    {
      title: permissions.may,
      cell: ({ grant }) =>
        grant.actions
          .map((action) => (language === "zh" ? table.resources[grant.resource]?.actions[action] : action))
          .join(and),
    },
    {
      title: permissions.roles,
      cell: ({ grant, roles }) =>
        grant.roles.includes("all-persons") && role === ""
          ? permissions.everybody
          : roles.map(nameOf).join(and),
    },
    { title: permissions.conditions, cell: ({ words }) => typeset(words) || permissions.noConditions },
  ];
  return (
    <>
      <Filters>
        <Filter label={permissions.byRole} id="role">
          <Select
            id="role"
            value={role || ALL}
            onChange={(next: string) => change({ role: next })}
            options={[
              { value: ALL, label: shell.all },
              ...Object.entries(table.roles).map(([name, one]) => ({ value: name, label: one[language] })),
            ]}
          />
        </Filter>
        <Filter label={permissions.byResource} id="resource">
          <Select
            id="resource"
            allowClear
            value={resource || null}
            onChange={(next: string | null) => change({ resource: next ?? "" })}
            options={Object.entries(table.resources).map(([name, one]) => ({
              value: name,
              label: one[language],
            }))}
          />
        </Filter>
      </Filters>
      <Rows
        label={permissions.table}
        rows={linesOf(table.grants, role, resource)}
        columns={columns}
        keyOf={({ key }) => key}
      />
    </>
  );
}

/** A line for each grant and for each set of conditions, with the roles that need just these. */
export function linesOf(grants: Grant[], role: string, resource: string): Line[] {
  return grants.flatMap((grant, number) => {
    if (resource !== "" && grant.resource !== resource) return [];
    const groups = new Map<string, string[]>();
    for (const [name, words] of Object.entries(grant.words)) {
      if (role === "" || name === role) groups.set(words, [...(groups.get(words) ?? []), name]);
    }
    return [...groups].map(([words, roles], place) => ({ key: `${number}-${place}`, grant, roles, words }));
  });
}

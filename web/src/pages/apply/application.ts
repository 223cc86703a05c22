import type { ApplicationIn, ContactIn, MemberKind } from "../../api/types";

/** The form as filled in. */
export interface Filled {
  kind: MemberKind;
  name: string;
  code: string;
  level: NonNullable<ApplicationIn["level"]>;
  parent_code?: string;
  provider_code?: string;
  licence_kind?: string;
  licence_number?: string;
  licence_end?: string;
  items?: string[];
  regions: string[];
  contacts: ContactIn[];
  admin_name: string;
  admin_login: string;
  note?: string;
}

/** The application as our API takes it: what was left empty is absent, not an empty text. */
export function applicationOf(filled: Filled): ApplicationIn {
  const licence =
    filled.licence_kind?.trim() || filled.licence_number?.trim()
      ? {
          kind: filled.licence_kind?.trim() ?? "",
          number: filled.licence_number?.trim() ?? "",
          valid_to: filled.licence_end || null,
        }
      : null;
  return {
    kind: filled.kind,
    name: filled.name.trim(),
    code: filled.code,
    level: filled.level,
    parent_code: filled.level === "head" ? null : filled.parent_code?.trim() || null,
    provider_code: filled.kind === "provider" ? filled.provider_code?.trim() || null : null,
    licence,
    items: filled.items && filled.items.length > 0 ? filled.items : null,
    regions: filled.regions,
    contacts: filled.contacts.map(({ name, duty, phone, email }) => ({
      name: name.trim(),
      duty: duty?.trim() ?? "",
      phone: phone.trim(),
      email: email?.trim() ?? "",
    })),
    administrator: { name: filled.admin_name.trim(), login: filled.admin_login.trim().toLowerCase() },
    note: filled.note?.trim() ?? "",
  };
}

// What our API takes and gives, by the path where it does. Names of schemas are not used: two rooms of the node may give
// theirs the same name, and both then change.

import type { paths } from "./schema";

type Json<R> = R extends { content: { "application/json": infer J } } ? J : never;

/** What a successful call answers. */
type Answer<P extends keyof paths, M extends "get" | "post" | "patch"> = paths[P][M] extends {
  responses: infer R;
}
  ? Json<R[keyof R & (200 | 201)]>
  : never;

/** What a call takes. */
type Body<P extends keyof paths, M extends "post" | "patch"> = paths[P][M] extends {
  requestBody: { content: { "application/json": infer B } };
}
  ? B
  : never;

export type Session = Answer<"/v1/session", "get">;
export type OwnSession = Answer<"/v1/sessions", "get">["sessions"][number];
export type Enrolment = Answer<"/v1/session/totp", "post">;
export type Passkey = Answer<"/v1/passkeys", "get">["passkeys"][number];

export type PermissionTable = Answer<"/v1/permissions", "get">;
export type Grant = PermissionTable["grants"][number];
export type Explanation = Answer<"/v1/permissions/explain", "post">;
export type LogLine = Answer<"/v1/access-events", "get">["events"][number];

export type Account = Answer<"/v1/accounts", "get">["accounts"][number];
export type AccountProposal = Answer<"/v1/account-proposals", "get">["proposals"][number];
export type AccountState = Account["state"];
export type FirmAccount = Answer<"/v1/firm-accounts/{account}", "get">;
export type Delegation = Answer<"/v1/delegations", "get">["delegations"][number];

export type Member = Answer<"/v1/members/{member_id}", "get">;
export type MemberState = Member["state"];
export type MemberKind = Member["kind"];
export type Step = Answer<"/v1/members/{member_id}/steps", "get">[number];
export type Check = Answer<"/v1/members/{member_id}/checklist", "get">["checks"][number];
export type MemberDocument = Answer<"/v1/members/{member_id}/documents", "get">[number];
export type Outcome = NonNullable<MemberDocument["outcome"]>;
export type Signature = Answer<"/v1/members/{member_id}/agreements", "get">[number];
export type Contact = Answer<"/v1/members/{member_id}/contacts", "get">[number];
export type Change = Answer<"/v1/members/{member_id}/changes", "get">["changes"][number];
export type ChangesIn = Body<"/v1/members/{member_id}", "patch">;
export type ApplicationIn = Body<"/v1/applications", "post">;
export type ContactIn = ApplicationIn["contacts"][number];
export type Applied = Answer<"/v1/applications", "post">;

export type ClientSystem = Answer<"/v1/clients", "get">["clients"][number];
export type ClientWithKeys = Answer<"/v1/clients/{client_id}", "get">;

export type CatalogueItem = Answer<"/v1/catalogue", "get">["items"][number];

export type Figures = Answer<"/v1/public/figures", "get">;
export type PublicMembers = Answer<"/v1/public/members", "get">;
export type Statistics = Answer<"/v1/public/statistics", "get">;
export type Verified = Answer<"/v1/public/verify", "post">;
export type Board = Answer<"/v1/live", "get">;

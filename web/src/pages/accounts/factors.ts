import type { Account } from "../../api/types";
import type { Words } from "../../i18n/words";

/** Whether too many failures keep the person out just now. */
export function isLocked(account: Pick<Account, "locked_until">, now: Date): boolean {
  return account.locked_until !== null && new Date(account.locked_until) > now;
}

/** How a person can prove who it is, in words; a password alone is said to be that. */
export function factorsOf(
  account: Pick<Account, "totp" | "passkeys" | "organisation_sign_on" | "state">,
  words: Words["accounts"],
): string {
  if (account.state === "invited") return "—";
  const factors = [];
  if (account.passkeys > 0) factors.push(words.passkeys(String(account.passkeys)));
  if (account.totp) factors.push(words.totp);
  if (account.organisation_sign_on) factors.push(words.signOn);
  return factors.length === 0 ? words.passwordOnly : factors.join("、");
}

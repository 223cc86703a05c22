import type { DefinedField } from "../../api/definitions";
import type { Words } from "../../i18n/words";

/** What a field asks of its values beyond its type, in words; empty when nothing. */
export function requirementsOf(field: DefinedField, words: Words["catalogue"]): string[] {
  const { checks } = field;
  const said: string[] = [];
  if (field.format !== null) said.push(field.format);
  if (checks.min !== null) said.push(words.least(plain(checks.min)));
  if (checks.max !== null) said.push(words.most(plain(checks.max)));
  if (checks.min_length !== null) said.push(words.minLength(checks.min_length));
  if (checks.max_length !== null) said.push(words.maxLength(checks.max_length));
  if (checks.not_future) said.push(words.notFuture);
  if (checks.not_before !== null) said.push(words.notBefore(checks.not_before));
  if (checks.pattern !== null && field.format === null) said.push(words.pattern);
  return said;
}

function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

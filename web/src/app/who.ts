import type { Person } from "./session";

export const isStaff = (person: Person) => person.member !== null && person.member.kind !== "operator";
const INSTITUTIONS = new Set(["bank", "guarantor", "credit_agency", "credit_service"]);
export const isInstitution = (person: Person) => INSTITUTIONS.has(person.member?.kind ?? "");
export const isProvider = (person: Person) => person.member?.kind === "provider";
export const isOperator = (person: Person) => person.member?.kind === "operator";

/** Those who look after all providers, and those who supervise them; a provider has pages of its own. */
export const seesAllBatches = (person: Person) =>
  person.may("read", "batch") && (isOperator(person) || person.member?.kind === "supervisor");
export const seesAllInquiries = (person: Person) =>
  person.may("read", "inquiry") && (isOperator(person) || person.member?.kind === "supervisor");

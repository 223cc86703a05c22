// What went wrong, as our API says it: {code, message, hint, details}.

export interface FieldFault {
  where: string;
  message: string;
}

export class Fault extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    hint = "",
    details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "Fault";
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.details = details;
  }

  /** Faults of single fields, of an answer 422. */
  get fields(): FieldFault[] {
    const faults = this.details["faults"];
    if (!Array.isArray(faults)) return [];
    return faults.filter(isFieldFault);
  }
}

/** No answer came: the network is down or the node does not run. */
export const UNREACHABLE = "unreachable";

/** The fault in an answer that is not a success; whatever came, something can be said about it. */
export function faultOf(status: number, body: unknown): Fault {
  if (isRecord(body) && typeof body["code"] === "string" && typeof body["message"] === "string") {
    const hint = typeof body["hint"] === "string" ? body["hint"] : "";
    const details = isRecord(body["details"]) ? body["details"] : {};
    return new Fault(status, body["code"], body["message"], hint, details);
  }
  return new Fault(status, "http_error", `HTTP ${status}`);
}

/** Any thrown thing as a fault. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  if (thrown instanceof TypeError) return new Fault(0, UNREACHABLE, thrown.message);
  return new Fault(0, "client_error", thrown instanceof Error ? thrown.message : String(thrown));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFieldFault(value: unknown): value is FieldFault {
  return isRecord(value) && typeof value["where"] === "string" && typeof value["message"] === "string";
}

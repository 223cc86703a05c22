/** What an access token says of itself. */
export interface Claims {
  client: string;
  roles: string[];
  until: Date | null;
  isSandbox: boolean;
  isBound: boolean;
}

/** The claims of an access token (RFC 9068), unverified: only the platform can tell whether it holds. Null: it is none. */
export function claimsOf(token: string): Claims | null {
  const parts = token
    .trim()
    .replace(/^Bearer\s+/i, "")
    .split(".");
  const [, payload] = parts;
  if (parts.length !== 3 || payload === undefined) return null;
  try {
    const text = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    const claims = JSON.parse(text) as Record<string, unknown>;
    const client = claims["client_id"] ?? claims["sub"];
    if (typeof client !== "string") return null;
    const scope = typeof claims["scope"] === "string" ? claims["scope"] : "";
    const until = claims["exp"];
    return {
      client,
      roles: scope.split(" ").filter((one) => one !== ""),
      until: typeof until === "number" ? new Date(until * 1000) : null,
      isSandbox: claims["sandbox"] === true,
      isBound: claims["cnf"] !== undefined,
    };
  } catch {
    return null;
  }
}

import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** State of a view in the address bar, so that a link shows the same again. A filter that changes goes to page one. */
export function useAddress(): {
  value: (name: string) => string;
  page: number;
  change: (changes: Record<string, string>) => void;
  toPage: (page: number) => void;
} {
  const [params, setParams] = useSearchParams();
  const change = useCallback(
    (changes: Record<string, string>) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete("page");
          for (const [name, value] of Object.entries(changes)) {
            if (value === "") after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const toPage = useCallback(
    (page: number) =>
      setParams((before) => {
        const after = new URLSearchParams(before);
        after.set("page", String(page));
        return after;
      }),
    [setParams],
  );
  const page = Number.parseInt(params.get("page") ?? "1", 10);
  return {
    value: (name) => params.get(name) ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
    change,
    toPage,
  };
}

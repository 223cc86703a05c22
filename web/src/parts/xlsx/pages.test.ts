import { describe, expect, it } from "vitest";

import { readAll } from "./pages";

const list = (length: number) => Array.from({ length }, (_, id) => ({ id }));

function reading(all: { id: number }[], limit: number, signal = new AbortController().signal) {
  const seen: [number, number][] = [];
  return {
    seen,
    result: readAll({
      readPage: (page, size) =>
        Promise.resolve({ rows: all.slice((page - 1) * size, page * size), total: all.length }),
      pageSize: 10,
      limit,
      keyOf: (row) => row.id,
      onProgress: (done, of) => seen.push([done, of]),
      signal,
    }),
  };
}

describe("reading all pages of a list", () => {
  it("reads to the end and says how far it is", async () => {
    const { seen, result } = reading(list(25), 100);
    expect(await result).toEqual({ rows: list(25), total: 25 });
    expect(seen).toEqual([
      [10, 25],
      [20, 25],
      [25, 25],
    ]);
  });

  it("stops at the limit and knows what is left out", async () => {
    const { result } = reading(list(25), 12);
    const { rows, total } = await result;
    expect([rows.length, total]).toEqual([12, 25]);
  });

  it("takes an empty list and one that ends with a full page", async () => {
    expect(await reading([], 100).result).toEqual({ rows: [], total: 0 });
    expect((await reading(list(20), 100).result).rows).toHaveLength(20);
  });

  it("takes a row once that moved to the next page", async () => {
    const all = [...list(10), { id: 9 }, { id: 10 }];
    expect((await reading(all, 100).result).rows).toHaveLength(11);
  });

  it("stops when told", async () => {
    const control = new AbortController();
    control.abort(new Error("stopped"));
    await expect(reading(list(25), 100, control.signal).result).rejects.toThrow("stopped");
  });

  it("gives nothing when a page fails", async () => {
    const result = readAll({
      readPage: (page) =>
        page === 1
          ? Promise.resolve({ rows: list(10), total: 20 })
          : Promise.reject(new Error("page 2 failed")),
      pageSize: 10,
      limit: 100,
      keyOf: (row) => row.id,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    await expect(result).rejects.toThrow("page 2 failed");
  });
});

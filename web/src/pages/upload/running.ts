import { useSyncExternalStore } from "react";

import { queries } from "../../app/queries";
import type { Batch } from "../../api/collect";
import { arrived, beginUpload, finishUpload, sendPart, type Upload, type UploadIn } from "../../api/uploads";
import { type Carrier, carry, type Progress } from "./courier";

/** The one upload of this window; it goes on while its person looks at other pages. */
export interface Running {
  upload: Upload;
  file: File;
  progress: Progress;
  state: "going" | "paused" | "failed" | "done";
  fault: unknown;
  batch: Batch | null;
}

let running: Running | null = null;
let control = new AbortController();
const listeners = new Set<() => void>();

const carrier: Carrier = {
  send: sendPart,
  arrived,
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      window.addEventListener("online", done); // the line is back: no need to wait longer
      signal.addEventListener("abort", done);
    }),
  now: () => performance.now(),
};

export function useRunning(): Running | null {
  return useSyncExternalStore(subscribe, () => running);
}

/** Begins an upload. Throws what the node refuses. */
export async function start(file: File, about: UploadIn): Promise<void> {
  const upload = await beginUpload(about);
  goOn(upload, file);
}

/** Sends what is missing. */
export function goOn(upload: Upload, file: File): void {
  control.abort();
  control = new AbortController();
  const { signal } = control;
  const progress: Progress = { sent: upload.offset, phase: "sending", attempt: 0, bytesPerSecond: null };
  set({ upload, file, progress, state: "going", fault: null, batch: null });
  const order = { id: upload.id, file, offset: upload.offset, partMax: upload.part_max, signal };
  carry({ ...order, onProgress: (next) => change({ progress: next }) }, carrier)
    .then((sha256) => finishUpload(upload.id, sha256))
    .then((batch) => {
      if (signal.aborted) return undefined;
      change({ state: "done", batch });
      return queries.invalidateQueries({ queryKey: ["batches"] });
    })
    .catch((fault: unknown) => {
      if (!signal.aborted) change({ state: "failed", fault });
    })
    .finally(() => void queries.invalidateQueries({ queryKey: ["uploads"] }));
}

export function pause(): void {
  control.abort();
  change({ state: "paused" });
}

/** Goes on from where the node stands. */
export async function resume(): Promise<void> {
  if (running === null) return;
  const { upload, file } = running;
  try {
    goOn({ ...upload, offset: await arrived(upload.id) }, file);
  } catch (fault) {
    change({ state: "failed", fault });
  }
}

/** Forgets it here; what has arrived stays with the node. */
export function forget(): void {
  control.abort();
  set(null);
}

/** Whether a file is what an upload was begun with, as far as its name and size tell; its digest tells in the end. */
export function fits(upload: Pick<Upload, "file_name" | "size">, file: Pick<File, "name" | "size">): boolean {
  return upload.file_name === file.name && upload.size === file.size;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(changes: Partial<Running>): void {
  if (running !== null) set({ ...running, ...changes });
}

function set(next: Running | null): void {
  running = next;
  if (next?.state === "going") window.addEventListener("beforeunload", warn);
  else window.removeEventListener("beforeunload", warn);
  listeners.forEach((listener) => listener());
}

/** The browser asks before it closes a window that is sending. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

import { api, got } from "./client";
import { asFault, type Fault } from "./fault";
import type { Board } from "./types";

export interface Watcher {
  onBoard: (board: Board) => void;
  onState: (state: Connection) => void;
}

/** `live`: boards come; `lost`: the browser asks again by itself; `over`: whoever watched is signed out. */
export type Connection = { state: "live" | "lost" | "over" } | { state: "refused"; fault: Fault };

const AGAIN_MS = 10_000;

/** Follows the big screen's board until the returned function is called. */
export function watchBoard({ onBoard, onState }: Watcher): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDone = false;

  const open = () => {
    const made = new EventSource("/v1/live", { withCredentials: true });
    source = made;
    made.addEventListener("board", ({ data }: MessageEvent<string>) => {
      onState({ state: "live" });
      onBoard(JSON.parse(data) as Board);
    });
    made.addEventListener("over", () => {
      made.close();
      onState({ state: "over" });
    });
    made.onerror = () => {
      if (made.readyState !== EventSource.CLOSED) return onState({ state: "lost" });
      return void explain(); // an answer that is no stream; EventSource does not say which
    };
  };

  /** Ask for the board once: the answer says why there is no stream. */
  const explain = async () => {
    try {
      onBoard((await got(api.GET("/v1/live"))) as Board);
      onState({ state: "lost" });
    } catch (thrown) {
      const fault = asFault(thrown);
      if (isDone) return;
      if (fault.status === 401) return onState({ state: "over" });
      onState(fault.status === 0 ? { state: "lost" } : { state: "refused", fault });
      if (fault.status === 403) return;
    }
    if (!isDone) timer = setTimeout(open, AGAIN_MS);
  };

  open();
  return () => {
    isDone = true;
    clearTimeout(timer);
    source?.close();
  };
}

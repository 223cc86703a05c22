import { useEffect, useState } from "react";

import { type Connection, watchBoard } from "../../api/live";
import type { Board } from "../../api/types";

/** The newest board, and how the screen is connected to the node. */
export function useBoard(): { board: Board | null; connection: Connection } {
  const [board, setBoard] = useState<Board | null>(null);
  const [connection, setConnection] = useState<Connection>({ state: "live" });
  useEffect(() => watchBoard({ onBoard: setBoard, onState: setConnection }), []);
  return { board, connection };
}

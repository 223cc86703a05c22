import { QueryClientProvider } from "@tanstack/react-query";
import { App as Ant } from "antd";

import { Dressed } from "../design/appearance";
import { Speaking } from "../i18n/words";
import { Boundary } from "./Boundary";
import { Routes } from "./Routes";
import { queries } from "./queries";

/** Everything, from the outside in: words, colours, data, faults, pages. */
export function App() {
  return (
    <Speaking>
      <Dressed>
        <Ant>
          <Boundary>
            <QueryClientProvider client={queries}>
              <Routes />
            </QueryClientProvider>
          </Boundary>
        </Ant>
      </Dressed>
    </Speaking>
  );
}

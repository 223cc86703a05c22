import { Button } from "antd";

import { useWords } from "../../i18n/words";
import { shortId } from "./shortId";

/** A person, system or member by its id, shortened; `onChoose`: to look at this one alone. */
export function Who({ id, onChoose }: { id: string | null; onChoose?: (id: string) => void }) {
  const { log } = useWords();
  if (id === null) return "—";
  const { kind, short } = shortId(id);
  const kinds: Readonly<Record<string, string>> = log.who;
  const words = (
    <>
      {kinds[kind] ?? kind} {short !== "" && <span className="code">{short}</span>}
    </>
  );
  if (onChoose === undefined || kind === "anonymous") return <span title={id}>{words}</span>;
  return (
    <Button
      type="link"
      title={log.onlyThis(id)}
      onClick={() => onChoose(id)}
      style={{ padding: 0, height: "auto" }}
    >
      {words}
    </Button>
  );
}

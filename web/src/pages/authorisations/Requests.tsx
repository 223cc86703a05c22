import { Button } from "antd";
import { Link } from "wouter";

import type { Consent } from "../../api/consents";
import { useWords } from "../../i18n/words";
import { Lines } from "../../parts/Lines";
import { State } from "../../parts/State";
import { count, moment } from "../../parts/format";
import styles from "./authorisations.module.css";
import { daysLeft, lastDay, standingOf } from "./standing";
import { useTimeLeft } from "./useTimeLeft";

/** Requests that wait for an answer, each with its gist and the way to sign it. */
export function Requests({ consents }: { consents: Consent[] }) {
  return (
    <Lines>
      {consents.map((one) => (
        <Request key={one.id} one={one} />
      ))}
    </Lines>
  );
}

function Request({ one }: { one: Consent }) {
  const { authorisations: words } = useWords();
  const timeLeft = useTimeLeft();
  const purpose = words.purposes[one.purpose] ?? one.purpose_name;
  const calls = one.max_calls === null ? words.anyCalls : words.calls(count(one.max_calls));
  const isSigned = standingOf(one) === "witness";
  const to = `/authorisations/${one.id}`;
  return (
    <li>
      <div>
        <h3>{words.asks(one.grantee_name, purpose)}</h3>
        <p>
          {words.gist(count(Object.keys(one.items).length), lastDay(one.valid_to), calls)}
          {one.personal && ` · ${words.withPersonal}`}
        </p>
        {isSigned ? (
          <State tone="wait">{words.states.witness}</State>
        ) : (
          <p className={daysLeft(one.answer_by, new Date()) <= 3 ? styles["soon"] : "quiet"}>
            {words.answerBy(moment(one.answer_by), timeLeft(one.answer_by))}
          </p>
        )}
      </div>
      <Link href={to} asChild>
        <Button type={isSigned ? "default" : "primary"} href={to}>
          {words.read}
        </Button>
      </Link>
    </li>
  );
}

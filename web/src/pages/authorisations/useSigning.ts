import { useState } from "react";

import {
  AFTER_CONSENT_STEP,
  type ConsentDetail,
  prepareConsent,
  type Prepared,
  signByPasskey,
} from "../../api/consents";
import { usePerson } from "../../app/session";
import { useWords } from "../../i18n/words";
import { today } from "../../parts/format";
import { useDeed } from "../../parts/useDeed";
import { passkeyFault } from "../sign-in/passkeyFault";
import { askedOf, type Choice, currentOf, faultOf, isNarrowed, narrowing, personalTextOf } from "./narrow";

/**
 * From a request to a signature. What is signed was shown: where the firm takes nothing away, the text on the page is
 * signed at once; where it does, the node writes the final text, and that is shown before it is signed.
 */
export function useSigning(detail: ConsentDetail) {
  const { authorisations: words, signIn } = useWords();
  const person = usePerson();
  const asked = askedOf(detail);
  const [choice, setChoice] = useState<Choice>(() => currentOf(detail));
  const [isTicked, tick] = useState(false);
  const [prepared, setPrepared] = useState<Prepared | null>(null);

  const isOwn = person.roles.includes("firm-legal-representative");
  const personal = isTicked && isOwn;
  const prepare = () => prepareConsent(detail.id, { ...narrowing(asked, choice), personal });
  const say = ({ state }: { state: string }) => (state === "active" ? words.signed : words.signedWitness);

  const confirm = useDeed({ act: prepare, then: setPrepared });
  const sign = useDeed({
    act: async () => {
      const made = prepared ?? (await prepare());
      if (prepared === null && !isAsShown(detail, made, personal)) {
        setPrepared(made);
        return null;
      }
      return signByPasskey(made, personal).catch((thrown: unknown) => passkeyFault(thrown, signIn));
    },
    done: (signed) => (signed === null ? words.changed : say(signed)),
    refreshes: AFTER_CONSENT_STEP,
  });
  return {
    asked,
    choice,
    isOwn,
    isTicked,
    isChanged: isNarrowed(currentOf(detail), choice),
    fault: faultOf(asked, choice, today()),
    prepared,
    personal,
    confirm,
    sign,
    say,
    tick,
    choose: setChoice,
    thinkAgain: () => setPrepared(null),
  };
}

export type Signing = ReturnType<typeof useSigning>;

/** Whether what was prepared is what the page shows: the text, and the personal one where it is consented to. */
function isAsShown(detail: ConsentDetail, made: Prepared, personal: boolean): boolean {
  return made.text === detail.text && made.personal_text === (personal ? personalTextOf(detail) : null);
}

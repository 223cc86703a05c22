import { useQueryClient } from "@tanstack/react-query";
import { Modal, Skeleton } from "antd";
import { lazy, Suspense, useEffect, useRef, useState } from "react";

import { guard } from "../api/client";
import { Fault } from "../api/fault";
import { currentSession } from "../api/session";
import { useWords } from "../i18n/words";
import { usePerson } from "./session";

const SignInForm = lazy(() => import("../pages/sign-in/SignInForm").then((m) => ({ default: m.SignInForm })));

interface Waiting {
  go: () => void;
  giveUp: (fault: Fault) => void;
}

/** When the session has ended in the middle of something: sign in here, and what was asked goes on. */
export function SignInAgain() {
  const { signIn } = useWords();
  const { login, account } = usePerson();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const waiting = useRef<Waiting[]>([]);

  useEffect(() => {
    guard.again = () =>
      new Promise<void>((go, giveUp) => {
        waiting.current.push({ go, giveUp });
        setOpen(true);
      });
    return () => {
      guard.again = null;
    };
  }, []);

  const settle = (each: (one: Waiting) => void) => {
    setOpen(false);
    waiting.current.splice(0).forEach(each);
  };

  const signedIn = async () => {
    const session = await client.fetchQuery({ ...currentSession, staleTime: 0 });
    if (session?.account === account) settle(({ go }) => go());
    else location.assign("/home"); // another person: nothing of the first one's page may stay
  };

  return (
    <Modal
      open={isOpen}
      title={signIn.again}
      footer={null}
      width={440}
      destroyOnHidden
      maskClosable={false}
      onCancel={() =>
        settle(({ giveUp }) => giveUp(new Fault(401, "session_expired", signIn.ended, signIn.againNote)))
      }
    >
      <p style={{ marginBottom: 20 }}>{signIn.againNote}</p>
      <Suspense fallback={<Skeleton active />}>
        <SignInForm login={login} onSignedIn={() => void signedIn()} />
      </Suspense>
    </Modal>
  );
}

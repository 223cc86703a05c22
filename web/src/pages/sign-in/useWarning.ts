import { App } from "antd";

import { useWords } from "../../i18n/words";

/** Tells whoever has just signed in that somebody else had tried. */
export function useWarning(): (signedIn: { failures: number }) => void {
  const { signIn } = useWords();
  const { notification } = App.useApp();
  return ({ failures }) => {
    if (failures === 0) return;
    notification.warning({
      title: signIn.failures(String(failures)),
      description: signIn.failuresHint,
      duration: 0,
    });
  };
}

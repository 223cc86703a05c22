import { Fault } from "../../api/fault";
import type { Words } from "../../i18n/words";

/** What a browser throws when a passkey is not confirmed says nothing a person can use; this does. */
export function passkeyFault(thrown: unknown, words: Words["signIn"]): never {
  if (thrown instanceof DOMException && thrown.name === "SecurityError") {
    throw new Fault(0, "passkey_address", words.passkeyAddress, words.passkeyAddressHint);
  }
  if (thrown instanceof DOMException && thrown.name === "InvalidStateError") {
    throw new Fault(0, "passkey_exists", words.passkeyHere, words.passkeyHereHint);
  }
  if (thrown instanceof DOMException) {
    throw new Fault(0, "passkey_cancelled", words.passkeyCancelled, words.passkeyCancelledHint);
  }
  throw thrown;
}

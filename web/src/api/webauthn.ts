// Passkeys: between the JSON of our API (WebAuthn level 3, toJSON) and the browser's own objects. Written out, because
// browsers in use at banks do not have `parseCreationOptionsFromJSON` yet.

interface DescriptorJson {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

interface CreationJson {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: DescriptorJson[];
  [other: string]: unknown;
}

interface RequestJson {
  challenge: string;
  allowCredentials?: DescriptorJson[];
  [other: string]: unknown;
}

/** Whether this browser, on this page, can use passkeys at all. */
export function hasPasskeys(): boolean {
  return window.isSecureContext && typeof window.PublicKeyCredential === "function";
}

/** Has the authenticator make a key for the options of our API. */
export async function createPasskey(options: Readonly<Record<string, unknown>>) {
  const json = options as unknown as CreationJson;
  const publicKey = {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: (json.excludeCredentials ?? []).map(toDescriptor),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await navigator.credentials.create({ publicKey });
  if (!(made instanceof PublicKeyCredential)) throw new DOMException("no credential", "NotAllowedError");
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    rawId: fromBytes(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: fromBytes(response.clientDataJSON),
      attestationObject: fromBytes(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}

/** Has the authenticator prove that it holds a key. */
export async function provePasskey(options: Readonly<Record<string, unknown>>) {
  const json = options as unknown as RequestJson;
  const publicKey = {
    ...json,
    challenge: toBytes(json.challenge),
    allowCredentials: (json.allowCredentials ?? []).map(toDescriptor),
  } as unknown as PublicKeyCredentialRequestOptions;
  const proof = await navigator.credentials.get({ publicKey });
  if (!(proof instanceof PublicKeyCredential)) throw new DOMException("no credential", "NotAllowedError");
  const response = proof.response as AuthenticatorAssertionResponse;
  return {
    id: proof.id,
    rawId: fromBytes(proof.rawId),
    type: proof.type,
    response: {
      clientDataJSON: fromBytes(response.clientDataJSON),
      authenticatorData: fromBytes(response.authenticatorData),
      signature: fromBytes(response.signature),
      userHandle: response.userHandle === null ? null : fromBytes(response.userHandle),
    },
  };
}

function toDescriptor({ id, type, transports }: DescriptorJson): PublicKeyCredentialDescriptor {
  return { id: toBytes(id), type, ...(transports === undefined ? {} : { transports }) };
}

/** Bytes of base64url text. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

/** Base64url text of bytes, without padding. */
export function fromBytes(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

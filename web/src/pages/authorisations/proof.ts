/** A detached signature as the node takes it, base64: files hold it so, or as bytes. */
export function signatureText(bytes: Uint8Array): string {
  const text = new TextDecoder("utf-8").decode(bytes).replace(/\s+/g, "");
  if (text.length >= 64 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)) return text;
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

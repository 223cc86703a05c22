/** The page's own nonce (node/web.py): the content security policy admits no other style sheet written at run time. */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";

/**
 * Gives the nonce to every style element that our scripts make. Ant Design takes it by a setting, but its dialogs write
 * two sheets (scroll lock, width of scroll bars) without. Markup that somebody smuggles in still gets none.
 */
export function signStyles(): void {
  const plain = document.createElement.bind(document) as (name: string, options?: unknown) => HTMLElement;
  document.createElement = ((name: string, options?: unknown) => {
    const made = plain(name, options);
    if (made instanceof HTMLStyleElement) made.nonce = NONCE;
    return made;
  }) as typeof document.createElement;
}

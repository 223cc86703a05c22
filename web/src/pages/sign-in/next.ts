/** Where to go after signing in: a path of this application, never another site. */
export function safeNext(given: string | null): string {
  if (given === null || !/^\/(?![/\\])/.test(given)) return "/home";
  return given.startsWith("/sign-in") ? "/home" : given;
}

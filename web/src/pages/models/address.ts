/** Where a version is; with its part at the end, as the node takes a last part with a dot for a file. */
export function addressOf(id: string, version: string, part = "content"): string {
  return `/evaluation-models/${id}/${version}/${part}`;
}

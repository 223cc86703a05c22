/** Hands a file to the browser's downloads. */
export function save(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName.replace(/[/\\:*?"<>|]/g, "-");
  link.click();
  // A browser may begin reading after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

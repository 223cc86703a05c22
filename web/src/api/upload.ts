import { guard } from "./client";
import { faultOf, Fault, UNREACHABLE } from "./fault";

/** Sends a file as the body of a request, telling how much has gone. Throws Fault. */
export async function upload<T>(path: string, file: Blob, onPercent: (percent: number) => void): Promise<T> {
  const answer = await sendOnce(path, file, onPercent);
  if (answer.status !== 401 || guard.again === null) return read<T>(answer);
  await guard.again();
  return read<T>(await sendOnce(path, file, onPercent));
}

function sendOnce(path: string, file: Blob, onPercent: (percent: number) => void): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much of a body has been sent
    request.open("POST", path);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    if (guard.csrf !== null) request.setRequestHeader("X-CSRF-Token", guard.csrf);
    request.upload.onprogress = ({ loaded, total }) =>
      onPercent(total > 0 ? Math.floor((100 * loaded) / total) : 0);
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Fault(0, UNREACHABLE, ""));
    request.send(file);
  });
}

function read<T>(answer: XMLHttpRequest): T {
  const body: unknown = answer.responseText === "" ? null : parse(answer.responseText);
  if (answer.status >= 400) throw faultOf(answer.status, body);
  return body as T;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

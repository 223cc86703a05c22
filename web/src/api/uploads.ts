import { queryOptions } from "@tanstack/react-query";

import { api, got } from "./client";
import type { paths } from "./schema";

export type UploadIn = paths["/v1/uploads"]["post"]["requestBody"]["content"]["application/json"];

const list = () => got(api.GET("/v1/uploads"));
const path = (upload_id: string) => ({ params: { path: { upload_id } } });

export type Upload = Awaited<ReturnType<typeof list>>[number];

/** What one has begun to upload and not finished, on this machine or another. */
export const unfinishedUploads = queryOptions({ queryKey: ["uploads"], queryFn: list, staleTime: 0 });

export const beginUpload = (body: UploadIn) => got(api.POST("/v1/uploads", { body }));

/** How many bytes have arrived. */
export const arrived = async (id: string) => (await got(api.GET("/v1/uploads/{upload_id}", path(id)))).offset;

/** Sends a part with its digest; the bytes that have then arrived. */
export async function sendPart(id: string, offset: number, part: ArrayBuffer, signal: AbortSignal) {
  const digest = await crypto.subtle.digest("SHA-256", part);
  const call = api.PATCH("/v1/uploads/{upload_id}", {
    params: {
      path: { upload_id: id },
      header: { "upload-offset": offset, "content-digest": `sha-256=:${base64(digest)}:` },
    },
    body: part as unknown as string, // the description of the interface knows bytes as a string
    bodySerializer: () => part,
    headers: { "Content-Type": "application/partial-upload" },
    signal,
  });
  const { response } = await call;
  await got(call);
  return Number(response.headers.get("Upload-Offset"));
}

export const finishUpload = (id: string, sha256: string) =>
  got(api.POST("/v1/uploads/{upload_id}/finish", { ...path(id), body: { sha256 } }));

export const dropUpload = (id: string) => got(api.DELETE("/v1/uploads/{upload_id}", path(id)));

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

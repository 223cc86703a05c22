import { api, got } from "./client";
import { upload } from "./upload";

const byCode = (check_code: string) =>
  got(api.GET("/v1/public/reports/{check_code}", { params: { path: { check_code } } }));

export type ReportProof = Awaited<ReturnType<typeof byCode>>;

/** What the platform says of a file that claims to be a report. */
export interface ReportVerdict {
  code: string;
  genuine: boolean;
  message: string;
  hint: string;
  format: string | null;
  report: ReportProof | null;
  signature: { signer: string; fingerprint: string; signed_at: string | null } | null;
}

/** What the platform says of the code of a report. */
export const verifyReportCode = byCode;

/** What the platform says of a report's file; the file is looked at and not kept. */
export const verifyReportFile = (file: File) =>
  upload<ReportVerdict>("/v1/public/reports/verify", file, () => undefined);

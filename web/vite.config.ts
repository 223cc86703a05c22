import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

// `npm run dev` beside a running node: pages from here, everything else from the node.
const NODE = "http://127.0.0.1:8848";

/** Writes each text file packed beside itself; the node sends what the browser accepts and packs nothing itself. */
function packed(): Plugin {
  let folder = "";
  return {
    name: "packed",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const plain = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
        );
      }
    },
  };
}

export default defineConfig(({ command }) => ({
  plugins: [react(), packed()],
  // Our pages admit no workers from blob: addresses, which the library of XLSX files would start.
  resolve: { alias: [{ find: /^fflate$/, replacement: join(import.meta.dirname, "src/parts/xlsx/zip.ts") }] },
  // Replaced by src/xinshu/node/web.py in each answer.
  ...(command === "build" ? { html: { cspNonce: "xinshu-nonce" } } : {}),
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/oauth", "/.well-known", "/healthz", "/readyz", "/docs", "/openapi.json"].map((path) => [
        path,
        NODE,
      ]),
    ),
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the content security policy admits neither data: scripts nor fonts
    chunkSizeWarningLimit: 1200,
  },
}));

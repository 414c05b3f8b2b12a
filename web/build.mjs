// Builds everything the browser loads into one folder of content-hashed files and a manifest.json:
//
//   node build.mjs [--outdir=web/static]
//
// manifest.json: {"files": {logical name: hashed name}, "preload": {logical name: [hashed chunks it imports]}}.
// Logical names: "room.js", "begin.js", "pages/<name>.js", "<name>.css", "strings/<language>.json", "icons.svg", "mark.svg".
// Beside each file lies its .br and .gz form, which the server picks by Accept-Encoding.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const option = process.argv.find((argument) => argument.startsWith("--outdir="));
const outdir = option ? option.slice("--outdir=".length) : join(web, "static");
// A build that fails leaves the last good one in place.
const staging = `${outdir.replace(/\/+$/, "")}.new-${process.pid}`;

const languages = ["en", "fr"];
const clientCatalogues = ["common", "room", "notes"];

/** Writes one file under its hashed name; returns that name. */
async function put(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const hashed = name.replace(/(\.[a-z]+)$/, `-${hash}$1`);
  await mkdir(dirname(join(staging, hashed)), { recursive: true });
  await writeFile(join(staging, hashed), text);
  return hashed;
}

/** One symbol per line of icons.json; Lucide's wrapper and licence comment are said once, not 50 times. */
async function sprite() {
  const names = JSON.parse(await readFile(join(web, "icons.json"), "utf8"));
  const folder = join(web, "node_modules/lucide-static/icons");
  const symbols = await Promise.all(
    Object.entries(names).map(async ([name, source]) => {
      const svg = await readFile(join(folder, `${source}.svg`), "utf8");
      const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
      const shapes = body.replace(/\s+/g, " ").replace(/> </g, "><").replace(/ \/>/g, "/>").trim();
      return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
    }),
  );
  return `<!-- Icons by Lucide, ISC licence, lucide.dev -->\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

/** What the client needs of one language, in one file. */
async function strings(language) {
  const merged = {};
  for (const catalogue of clientCatalogues) {
    const path = join(web, "locales", language, `${catalogue}.json`);
    if (existsSync(path)) Object.assign(merged, JSON.parse(await readFile(path, "utf8")));
  }
  return JSON.stringify(merged);
}

async function list(folder, ending) {
  if (!existsSync(join(web, folder))) return [];
  const names = await readdir(join(web, folder));
  return names
    .filter((name) => name.endsWith(ending) && !name.endsWith(`.test${ending}`) && !name.endsWith(".d.ts"))
    .sort()
    .map((name) => join(folder, name));
}

/** client/pages/links.ts → pages/links.js, client/room.ts → room.js, styles/room.css → room.css */
function logical(source) {
  return source
    .replace(/^client\//, "")
    .replace(/^styles\//, "")
    .replace(/\.ts$/, ".js");
}

async function bundle(iconsUrl) {
  const entries = [
    "client/room.ts",
    "client/offline.ts",
    ...(await list("client/pages", ".ts")),
    ...(await list("styles", ".css")),
  ];
  const named = (names) => names.map((name) => ({ in: name, out: logical(name).replace(/\.(js|css)$/, "") }));
  const common = {
    absWorkingDir: web,
    bundle: true,
    target: ["es2020", "chrome105", "firefox110", "safari15.4"],
    minify: true,
    legalComments: "none",
    entryNames: "[dir]/[name]-[hash]",
    outdir: staging,
    metafile: true,
    logLevel: "warning",
  };
  const result = await build({
    ...common,
    entryPoints: named(entries.filter((entry) => existsSync(join(web, entry)))),
    splitting: true,
    format: "esm",
    chunkNames: "chunks/[name]-[hash]",
    define: { ICONS_URL: JSON.stringify(iconsUrl) },
  });
  // It has to run where modules don't come: in one piece, and no module itself.
  const alone = await build({ ...common, entryPoints: named(["client/begin.ts"]), format: "iife" });
  const files = {};
  const preload = {};
  const nameOf = (output) => relative(staging, join(web, output));
  const statics = (output, seen = new Set()) => {
    for (const { path, kind } of result.metafile.outputs[output].imports) {
      if (kind !== "import-statement" || seen.has(path)) continue;
      seen.add(path);
      statics(path, seen);
    }
    return [...seen];
  };
  for (const [output, { entryPoint }] of Object.entries(result.metafile.outputs)) {
    if (!entryPoint || nameOf(output).startsWith("chunks/")) continue;
    const name = logical(entryPoint);
    files[name] = nameOf(output);
    const chunks = statics(output).map(nameOf);
    if (chunks.length > 0) preload[name] = chunks;
  }
  for (const [output, { entryPoint }] of Object.entries(alone.metafile.outputs)) {
    files[logical(entryPoint)] = nameOf(output);
  }
  return { files, preload };
}

async function compress() {
  const compressible = /\.(js|css|json|svg)$/;
  const sizes = [];
  const all = await readdir(staging, { recursive: true });
  for (const name of all.filter((name) => compressible.test(name))) {
    const content = await readFile(join(staging, name));
    const [gz, br] = await Promise.all([
      promisify(gzip)(content, { level: 9 }),
      promisify(brotliCompress)(content),
    ]);
    await writeFile(join(staging, `${name}.gz`), gz);
    await writeFile(join(staging, `${name}.br`), br);
    sizes.push([name, content.length, gz.length, br.length]);
  }
  return sizes.sort((a, b) => a[0].localeCompare(b[0]));
}

await mkdir(staging, { recursive: true });
try {
  const files = {};
  files["icons.svg"] = await put("icons.svg", await sprite());
  files["mark.svg"] = await put("mark.svg", await readFile(join(web, "mark.svg"), "utf8"));
  for (const language of languages) {
    files[`strings/${language}.json`] = await put(`strings/${language}.json`, await strings(language));
  }
  const code = await bundle(`/static/${files["icons.svg"]}`);
  const sizes = await compress();
  const manifest = { files: { ...files, ...code.files }, preload: code.preload };
  await writeFile(join(staging, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(outdir, { recursive: true, force: true });
  await rename(staging, outdir);
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
  console.log(`${"".padEnd(44)}${"plain".padStart(9)}${"gzip".padStart(9)}${"brotli".padStart(9)}`);
  for (const [name, plain, gz, br] of sizes) console.log(`${name.padEnd(44)}${kB(plain)}${kB(gz)}${kB(br)}`);
  console.log(`built into ${basename(outdir)}/`);
} finally {
  await rm(staging, { recursive: true, force: true });
}

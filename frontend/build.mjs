// Builds ../static/json-editor.mjs, the licences of what is in it, and the record by which a test knows that it is
// up to date. Called by scripts/frontend.sh.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const NAME = "json-editor";
const OUT = "../static/";

const { outputFiles, metafile } = await build({
  entryPoints: ["src/editor.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  metafile: true,
  write: false,
});
const bundle = outputFiles[0].contents;
writeFileSync(`${OUT}${NAME}.mjs`, bundle);

const names = new Set(
  Object.keys(metafile.inputs)
    .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);
const packages = [...names].sort().map((name) => {
  const folder = `node_modules/${name}/`;
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} comes without a licence text`);
  return { name, version, license, text: readFileSync(folder + file, "utf8").trim() };
});
const line = "-".repeat(100);
writeFileSync(
  `${OUT}THIRD_PARTY.txt`,
  `${NAME}.mjs holds these packages, each under the licence given here.\n` +
    packages.map(({ name, version, license, text }) => `\n${line}\n${name} ${version} (${license})\n\n${text}\n`).join(""),
);

const sources = ["build.mjs", "package.json", "package-lock.json", ...readdirSync("src").map((one) => `src/${one}`)];
const record = {
  bundle: sha256([bundle]),
  sources: sha256(sources.sort().map((path) => readFileSync(path))),
  packages: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
};
writeFileSync(`${OUT}${NAME}.json`, `${JSON.stringify(record, null, 2)}\n`);

function sha256(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

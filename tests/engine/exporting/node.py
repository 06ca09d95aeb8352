"""TypeScript compiled with tsc and run by Node, many exports in one go."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, absent

HOME = ROOT / ".servers" / "node-export"
_OPTIONS = {
    "target": "es2022",
    "lib": ["es2022"],
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "strict": True,
    "skipLibCheck": True,
    "types": [],
    "outDir": "out",
    "rootDir": ".",
    "incremental": False,
}
_RUN = """
import { readFileSync } from "node:fs";
const said = {};
for (const { file, name, values } of JSON.parse(readFileSync("asked.json", "utf8"))) {
  const schema = (await import(`./out/${file}.js`))[name];
  (said[file] ??= []).push(values.map((value) => schema.safeParse(value).success));
}
console.log(JSON.stringify({ said, touched: globalThis.touched ?? null }));
"""


def ready() -> None:
    """Skip the test where TypeScript and zod are not installed."""
    if not (HOME / ".installed").is_file() or shutil.which("node") is None:
        reason = HOME.with_name(f"{HOME.name}.missing")
        absent(reason.read_text().strip() if reason.is_file() else "no TypeScript and zod: run scripts/node.sh")


def compiled(folder: Path, sources: Mapping[str, str]) -> None:
    """Compile all files; fails with what tsc says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": _OPTIONS}))
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(HOME / "node_modules")
    for name, text in sources.items():
        (folder / f"{name}.ts").write_text(text, encoding="utf-8")
    tsc = HOME / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        ["node", "--stack-size=4000", str(tsc)], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[:3000] + done.stderr[-2000:]


def schemas_of(source: str) -> list[str]:
    """The names of the schemas of a module's tools: each is the first behind its tool's comment."""
    names = []
    waits = False
    for line in source.split("\n"):
        waits = waits or line.startswith("// The tool")
        if waits and (found := re.match(r"export const (\w+)", line)):
            names.append(found[1])
            waits = False
    return names


def judged(folder: Path, asked: list[tuple[str, str, list[Any]]]) -> dict[str, list[list[bool]]]:
    """For each file, schema and values: which of the values the schema accepts."""
    orders = [{"file": file, "name": name, "values": values} for file, name, values in asked]
    (folder / "asked.json").write_text(json.dumps(orders))
    (folder / "run.mjs").write_text(_RUN)
    done = subprocess.run(["node", "run.mjs"], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["touched"] is None
    said: dict[str, list[list[bool]]] = found["said"]
    return said

// Lint marks: those the app found, and the first place that is not JSON, marked before the app has answered.

import { setDiagnostics } from "@codemirror/lint";

export function mark(state, found) {
  const end = state.doc.length;
  return setDiagnostics(
    state,
    found.map(({ from, to, severity, message }) => {
      const start = Math.min(from, end);
      return { from: start, to: Math.max(start, Math.min(to, end)), severity, message };
    }),
  );
}

export function syntaxMark(text) {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const at = Math.min(place(text, String(error.message)), Math.max(text.length - 1, 0));
    return { from: at, to: at + 1, severity: "error", message: "This is not JSON from here on" };
  }
}

// Chromium and Node say "at position 12", Firefox "at line 1 column 5", and both nothing where the text ends too early.
function place(text, message) {
  const position = /at position (\d+)/.exec(message);
  if (position) return Number(position[1]);
  const line = /line (\d+) column (\d+)/.exec(message);
  if (!line) return text.length;
  let start = 0;
  for (let number = 1; number < Number(line[1]); number += 1) start = text.indexOf("\n", start) + 1;
  return start + Number(line[2]) - 1;
}

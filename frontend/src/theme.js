// Grounds and text are Streamlit's own; the colours of the parts are ours, one set for light grounds and one for dark.
// tests/test_frontend.py counts their contrast (WCAG 2.2, at least 4.5:1).

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const LIGHT = {
  key: "#0b5c8a",
  string: "#1b662c",
  number: "#8a3b00",
  word: "#7a1fa2",
  mark: "#4a5763",
  invalid: "#a81e17",
  selection: "#c9dff0",
  found: "#f5e2a8",
  active: "#e7edf3",
};
const DARK = {
  key: "#7cc7f0",
  string: "#9bd58b",
  number: "#f0b072",
  word: "#d8a6f5",
  mark: "#a9b6c2",
  invalid: "#ff9a91",
  selection: "#2a4560",
  found: "#4d431c",
  active: "#202b36",
};

// Streamlit's variables may hold any CSS colour: the browser says what it comes to.
export function isDark(element) {
  const probe = document.createElement("i");
  probe.style.cssText = "display:none;color:var(--st-background-color)";
  element.append(probe);
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  probe.remove();
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}

export function colours(dark) {
  const own = dark ? DARK : LIGHT;
  const style = HighlightStyle.define(
    [
      { tag: tags.propertyName, color: own.key },
      { tag: tags.string, color: own.string },
      { tag: tags.number, color: own.number },
      { tag: [tags.bool, tags.null], color: own.word },
      { tag: [tags.separator, tags.squareBracket, tags.brace, tags.punctuation], color: own.mark },
      { tag: tags.invalid, color: own.invalid },
    ],
    { themeType: dark ? "dark" : "light" },
  );
  return [syntaxHighlighting(style), frame(own, dark)];
}

function frame(own, dark) {
  const text = "var(--st-text-color)";
  const ground = "var(--st-secondary-background-color)";
  const border = "1px solid var(--st-border-color, transparent)";
  return EditorView.theme(
    {
      "&": {
        color: text,
        backgroundColor: ground,
        border,
        borderRadius: "var(--st-base-radius)",
        fontSize: "0.875rem",
        overflow: "hidden",
        minHeight: "calc(var(--least) * 1.5em + 1rem)",
        maxHeight: "calc(var(--rows) * 1.5em + 1rem)",
      },
      "&.cm-focused": { outline: "none", borderColor: "var(--st-primary-color)" },
      "&:has([aria-invalid=true])": { borderColor: "var(--st-red-color, #c62828)" },
      ".cm-scroller": { fontFamily: "var(--st-code-font)", lineHeight: "1.5", overflow: "auto" },
      ".cm-content": { padding: "0.5rem 0", caretColor: text },
      ".cm-cursor": { borderLeftColor: text },
      ".cm-gutters": { backgroundColor: ground, color: own.mark, border: "none" },
      ".cm-gutter-lint": { width: "1em" },
      ".cm-gutter-lint .cm-gutterElement": { padding: "0 0.1em" },
      ".cm-lint-marker": { width: "0.8em", height: "0.8em" },
      ".cm-foldGutter .cm-gutterElement": { cursor: "pointer" },
      ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
      "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": { backgroundColor: `${own.active}80` },
      "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
        backgroundColor: own.selection,
      },
      ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: own.found },
      ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: own.found, outline: `1px solid ${text}` },
      "&.cm-focused .cm-matchingBracket": { backgroundColor: own.selection, outline: `1px solid ${own.mark}` },
      "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", color: own.invalid },
      ".cm-foldPlaceholder": {
        backgroundColor: "var(--st-background-color)",
        color: text,
        border,
        padding: "0 0.4em",
        margin: "0 0.2em",
      },
      ".cm-panels": { backgroundColor: "var(--st-background-color)", color: text, fontFamily: "var(--st-font)" },
      ".cm-panels.cm-panels-top": { borderBottom: border },
      ".cm-panels.cm-panels-bottom": { borderTop: border },
      ".cm-panel.cm-search": { padding: "0.4rem 1.6rem 0.4rem 0.4rem" },
      ".cm-panel.cm-search label": { fontSize: "0.8rem" },
      ".cm-panel input, .cm-panel button": { fontFamily: "inherit" },
      ".cm-textfield": { backgroundColor: ground, color: text, border, fontSize: "0.8rem" },
      ".cm-button": {
        backgroundImage: "none",
        backgroundColor: ground,
        color: text,
        border,
        borderRadius: "var(--st-base-radius)",
        fontSize: "0.8rem",
      },
      ".cm-panel button[name=close]": { color: text },
      ".cm-tooltip": {
        backgroundColor: "var(--st-background-color)",
        color: text,
        border,
        fontFamily: "var(--st-font)",
        fontSize: "0.875rem",
        maxWidth: "min(32rem, 90vw)",
      },
      ".cm-diagnostic": { padding: "0.25rem 0.5rem" },
      ".cm-panel.cm-panel-lint ul [aria-selected]": { backgroundColor: own.selection, color: text },
    },
    { dark },
  );
}

// A CodeMirror for JSON. The page's loader (components/json_editor.py) mounts it and does the sending; this file
// knows nothing of Streamlit but the names of its colours.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, Prec, Transaction } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { minimalSetup } from "codemirror";
import { difference } from "./difference.js";
import { mark, syntaxMark } from "./marks.js";
import { colours, isDark } from "./theme.js";

const PUT = Annotation.define();
const SYNTAX_AFTER = 300;

// `heard` has changed(), left() and submitted().
export function mount(parent, { text, label, help, heard }) {
  const theme = new Compartment();
  const attributes = new Compartment();
  let dark = isDark(parent);
  let invalid = false;
  let timer = 0;
  let marked = "[]";

  const described = () =>
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-description": help,
      "aria-invalid": String(invalid),
      spellcheck: "false",
    });

  const check = () => {
    const found = syntaxMark(view.state.doc.toString());
    if (found) view.dispatch(mark(view.state, [found]));
  };
  const watch = EditorView.updateListener.of((update) => {
    if (update.docChanged) marked = null;
    if (update.transactions.some((one) => one.docChanged && !one.annotation(PUT))) {
      view.setTabFocusMode(false);
      clearTimeout(timer);
      timer = setTimeout(check, SYNTAX_AFTER);
      heard.changed();
    }
  });

  const view = new EditorView({
    parent,
    root: parent.getRootNode(),
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (heard.submitted(), true) }])),
        keymap.of([...closeBracketsKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
        minimalSetup,
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        foldGutter(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        highlightSelectionMatches(),
        search({ top: true }),
        lintGutter(),
        keymap.of([indentWithTab]),
        json(),
        EditorView.lineWrapping,
        attributes.of(described()),
        theme.of(colours(dark)),
        watch,
        EditorView.domEventHandlers({ blur: () => heard.left(), focus: () => view.setTabFocusMode(false) }),
      ],
    }),
  });

  // What is typed here is nobody else's shortcut. Escape gives Tab back to the page, and only the next one goes on
  // to a dialog around the editor.
  view.dom.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!event.defaultPrevented && view.tabFocusMode) return;
      view.setTabFocusMode(true);
      event.stopPropagation();
    } else if (event.ctrlKey || event.metaKey) {
      heard.left();
    } else {
      event.stopPropagation();
    }
  });

  return {
    text: () => view.state.doc.toString(),
    put(wanted) {
      const changes = difference(view.state.doc.toString(), wanted);
      if (changes) view.dispatch({ changes, annotations: [PUT.of(true), Transaction.addToHistory.of(false)] });
    },
    marks(found) {
      const wanted = JSON.stringify(found);
      if (wanted === marked) return;
      marked = wanted;
      clearTimeout(timer);
      view.dispatch(mark(view.state, found));
    },
    dress(wrong) {
      const effects = [];
      if (isDark(parent) !== dark) {
        dark = !dark;
        effects.push(theme.reconfigure(colours(dark)));
      }
      if (wrong !== invalid) {
        invalid = wrong;
        effects.push(attributes.reconfigure(described()));
      }
      if (effects.length) view.dispatch({ effects });
    },
    destroy() {
      clearTimeout(timer);
      view.destroy();
    },
  };
}

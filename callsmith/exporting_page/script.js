"use strict";
(() => {
  const root = document.documentElement;
  const steps = Array.from(document.querySelectorAll("main > .step"));
  const part = (id) => document.getElementById(id);
  const last = steps.length - 1;
  /* Where the turns of the person begin. */
  const turns = steps.flatMap((step, number) => (step.classList.contains("prompt") ? [number] : []));
  const contents = part("contents");
  const entries = Array.from(contents.querySelectorAll("li button"));
  let at = 0;

  function place() {
    if (at === 0) return "Start";
    const turn = turns.filter((first) => first <= at).length;
    return `${at} of ${last}${turn && turns.length > 1 ? `, turn ${turn} of ${turns.length}` : ""}`;
  }

  function turn(forward) {
    const found = forward ? turns.find((first) => first > at) : turns.findLast((first) => first < at);
    show(found === undefined ? (forward ? last : 0) : found);
  }

  function show(wanted, quiet) {
    at = Math.max(0, Math.min(last, wanted));
    steps.forEach((step, number) => step.classList.toggle("current", number === at));
    part("back").disabled = at === 0;
    part("next").disabled = at === last;
    part("done").value = at;
    part("at").textContent = place();
    if (root.dataset.view === "all") {
      steps[at].scrollIntoView({ block: "start" });
    } else {
      window.scrollTo(0, 0);
    }
    if (quiet) return;
    const words = steps[at].querySelector(".words");
    const heading = steps[at].querySelector("h1, h2");
    part("said").textContent = `${at === 0 ? "Start" : `Step ${at} of ${last}`}. ${heading.textContent}. ${words.textContent}`;
    history.replaceState(null, "", at === 0 ? "#start" : `#step-${at}`);
  }

  function view(name) {
    root.dataset.view = name;
    part("all").textContent = name === "all" ? "One at a time" : "Show all";
  }

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function nameTheme() {
    part("theme").textContent = isDark() ? "Light" : "Dark";
  }

  /* A step longer than the window is read to its end before the space bar turns the page. */
  function readsOn(forward) {
    const room = forward ? root.scrollHeight - window.innerHeight - window.scrollY : window.scrollY;
    if (room < 8) return false;
    window.scrollBy(0, (forward ? 1 : -1) * window.innerHeight * 0.7);
    return true;
  }

  function openContents() {
    const here = entries.findLast((entry) => Number(entry.value) <= at);
    entries.forEach((entry) => entry.toggleAttribute("data-here", entry === here));
    contents.showModal();
    here.scrollIntoView({ block: "center" });
    here.focus();
  }

  function chosen(event) {
    const entry = event.target.closest("li button");
    if (entry) {
      contents.close();
      show(Number(entry.value));
    } else if (event.target === contents || event.target.closest("#close")) {
      contents.close();
    }
  }

  function pressedInContents(event) {
    const number = entries.indexOf(document.activeElement);
    const to = { ArrowDown: number + 1, ArrowUp: number - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (to === undefined) return;
    entries[Math.max(0, Math.min(entries.length - 1, to))].focus();
    event.preventDefault();
  }

  function whole(event) {
    const button = event.target.closest(".more");
    if (!button) return;
    const block = button.previousElementSibling;
    const tall = block.classList.toggle("tall");
    button.textContent = tall ? "Show fewer lines" : "Show all lines";
    if (!tall) block.scrollIntoView({ block: "nearest" });
  }

  function pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (contents.open) {
      pressedInContents(event);
      return;
    }
    const own = event.target.closest("button, summary");
    const all = root.dataset.view === "all";
    const forward = event.key === "ArrowRight" || event.key === "PageDown" || (event.key === " " && !event.shiftKey);
    const back = event.key === "ArrowLeft" || event.key === "PageUp" || (event.key === " " && event.shiftKey);
    if ((event.key === " " || event.key === "Enter") && own) return;
    if (event.key.startsWith("Arrow") && event.target.closest("pre, .wide")) return;
    if (event.shiftKey && event.key.startsWith("Arrow") && (forward || back)) turn(forward);
    else if (event.key === "c" || event.key === "C") openContents();
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(last);
    else if (all && !event.key.startsWith("Arrow")) return;
    else if (forward && (event.key.startsWith("Arrow") || !readsOn(true))) show(at + 1);
    else if (back && (event.key.startsWith("Arrow") || !readsOn(false))) show(at - 1);
    else if (!forward && !back) return;
    event.preventDefault();
  }

  part("back").addEventListener("click", () => { show(at - 1); if (at === 0) part("next").focus(); });
  part("next").addEventListener("click", () => { show(at + 1); if (at === last) part("back").focus(); });
  part("begin").addEventListener("click", () => { show(1); part("next").focus(); });
  part("all").addEventListener("click", () => {
    view(root.dataset.view === "all" ? "steps" : "all");
    show(at, true);
  });
  part("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  part("list").addEventListener("click", openContents);
  contents.addEventListener("click", chosen);
  document.addEventListener("click", whole);
  document.addEventListener("keydown", pressed);
  window.addEventListener("hashchange", () => fromAddress());

  function fromAddress() {
    const named = steps.findIndex((step) => `#${step.id}` === location.hash);
    show(named < 0 ? 0 : named, true);
  }

  view("steps");
  nameTheme();
  fromAddress();
})();

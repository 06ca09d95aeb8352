// Streamlit's page says that nothing runs until the server says that something does: just after a click, and between
// two runs in a row. So what the page asks for is watched on its way: <html> has data-asked until the run has ended.
(() => {
  const RERUN_SCRIPT = 11, NEW_SESSION = 4, SCRIPT_FINISHED = 6, FINISHED_EARLY_FOR_RERUN = 2;
  let asked = false, runs = false;

  const number = (bytes, at) => {
    let value = 0, shift = 0;
    do { value += (bytes[at] & 127) * 2 ** shift; shift += 7; } while (bytes[at++] & 128);
    return [value, at];
  };

  const heard = (bytes) => {
    for (let at = 0, tag, value; at < bytes.length;) {
      [tag, at] = number(bytes, at);
      [value, at] = number(bytes, at);
      if (tag >> 3 === NEW_SESSION) { asked = false; return runs = true; }
      if (tag >> 3 === SCRIPT_FINISHED) { runs = value === FINISHED_EARLY_FOR_RERUN; return true; }
      if (tag % 8 === 2) at += value;
    }
    return false;
  };

  const root = () => document.documentElement;
  const mark = () => {
    if (asked || runs) root().hasAttribute("data-asked") || root().setAttribute("data-asked", "");
    // Two frames later the page is drawn.
    else requestAnimationFrame(() => requestAnimationFrame(() => asked || runs || root().removeAttribute("data-asked")));
  };

  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", ({ data }) => { if (heard(new Uint8Array(data))) mark(); });
      this.addEventListener("close", () => { asked = runs = false; mark(); });
    }
    send(data) {
      if (data[0] === RERUN_SCRIPT * 8 + 2) { asked = true; mark(); }
      super.send(data);
    }
  };

  // What unfolds half a second long moves under the pointer that long: a press and its release can fall on two things.
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, how) {
    return animate.call(this, frames, typeof how === "object" ? { ...how, duration: 0 } : 0);
  };
})();

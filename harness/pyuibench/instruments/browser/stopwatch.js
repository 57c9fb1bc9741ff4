// The stopwatch, in the page before any of the page's own scripts.
//
// It starts at the first trusted input event of the gesture that commits (capture phase, the event's own timeStamp) and
// ends twice: `dom`, when every awaited output shows the expected text, seen by a MutationObserver in the microtask after
// the mutation; `painted`, when the frame after that has been produced. All times are milliseconds of performance.now().
(() => {
  "use strict";
  if (window !== window.top) return;

  const now = () => performance.now();
  const squash = (text) => text.replace(/\s+/g, "");
  const isField = (element) => element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;

  let run = null;
  let checkIsDue = false;

  // --- what can change -------------------------------------------------------------------------------------------

  const roots = [document];
  const observer = new MutationObserver(check);
  const observe = (root) => observer.observe(root, { subtree: true, childList: true, characterData: true });
  observe(document);

  // Outputs may lie in open shadow roots, at any depth; each is observed from its birth.
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    if (init.mode === "open") {
      roots.push(root);
      observe(root);
    }
    return root;
  };

  function checkSoon() {
    if (!run || checkIsDue) return;
    checkIsDue = true;
    queueMicrotask(() => {
      checkIsDue = false;
      check();
    });
  }

  // A field's value is no mutation of the document.
  for (const type of [HTMLTextAreaElement, HTMLInputElement]) {
    const value = Object.getOwnPropertyDescriptor(type.prototype, "value");
    Object.defineProperty(type.prototype, "value", {
      ...value,
      set(text) {
        value.set.call(this, text);
        checkSoon();
      },
    });
  }

  // Nor is a text drawn on a canvas. The last text drawn at each place of each canvas is kept; a grid may draw to a canvas
  // outside the document first, so all of them count.
  const drawn = new Map();
  function watchCanvases() {
    for (const type of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
      const fillText = type.prototype.fillText;
      type.prototype.fillText = function (text, x, y, ...rest) {
        fillText.call(this, text, x, y, ...rest);
        const { e, f } = this.getTransform();
        if (!drawn.has(this.canvas)) drawn.set(this.canvas, new Map());
        drawn.get(this.canvas).set(`${Math.round(x + e)},${Math.round(y + f)}`, squash(String(text)));
        checkSoon();
      };
    }
  }

  function isDrawn(text) {
    for (const places of drawn.values()) for (const shown of places.values()) if (shown === text) return true;
    return false;
  }

  // --- what is shown ---------------------------------------------------------------------------------------------

  function find(selector) {
    for (const root of roots) {
      // A component that was replaced leaves its shadow root behind, with what it showed last.
      if (root !== document && !root.host.isConnected) continue;
      const element = root.querySelector(selector);
      if (element) return element;
    }
    return null;
  }

  function textOf(selector) {
    const element = find(selector);
    if (!element) return null;
    return squash(isField(element) ? element.value : element.textContent);
  }

  function shows({ selector, probe, text }) {
    return probe === "canvas" ? find(selector) !== null && isDrawn(text) : textOf(selector) === text;
  }

  function wrong(outputs) {
    const found = {};
    for (const output of outputs) {
      if (!shows(output)) found[output.name] = output.probe === "canvas" ? "not drawn" : textOf(output.selector);
    }
    return found;
  }

  // --- one measurement -------------------------------------------------------------------------------------------

  function check() {
    if (!run || run.over) return;
    const at = now();
    if (run.watched) watch(at);
    let right = true;
    for (const output of run.awaited) {
      const ok = shows(output);
      if (ok && output.at === null) output.at = at;
      if (!ok && output.at !== null) {
        output.at = null;
        run.flickers++;
      }
      right &&= ok;
    }
    if (!right) run.dom = run.painted = null;
    else if (run.dom === null && run.start !== null) {
      run.dom = at;
      run.message = pyuibenchArrivals.latest();
      if (run.mark) performance.mark(run.mark);
      awaitPaint(run, at);
    }
  }

  // Every state that one output goes through, once the gesture has begun.
  function watch(at) {
    const text = textOf(run.watched.selector);
    if (!text || text === run.watched.text) return;
    run.watched.text = text;
    run.updates.push(at);
  }

  // The first frame after `dom`: a message posted from its animation callback is handled once that frame was produced.
  function awaitPaint(its, dom) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        if (its.dom !== dom) return;
        its.painted = now();
        setTimeout(() => its.dom === dom && finish(its), its.hold);
      };
      channel.port2.postMessage(null);
    });
  }

  // Looked at once more after the hold, so that what was right for a moment only is not taken for right.
  function finish(its) {
    check();
    if (its.dom !== null && its.painted !== null) end(its);
  }

  // The last bytes that came between the gesture and the right state.
  function arrived(its) {
    if (its.dom === null) return null;
    const came = [its.message, pyuibenchArrivals.ended(its.dom)].filter((at) => at !== null && at > its.start);
    return came.length ? Math.max(...came) : null;
  }

  function end(its) {
    if (its.over) return;
    its.over = true;
    // A timer keeps what it was made with, and a page that is measured for long must not grow by what measures it.
    clearTimeout(its.limit);
    its.resolve({
      start: its.start,
      handled: its.handled,
      arrived: arrived(its),
      dom: its.dom,
      painted: its.painted,
      flickers: its.flickers,
      updates: its.updates,
      outputs: Object.fromEntries(its.awaited.map((output) => [output.name, output.at])),
      wrong: wrong(its.awaited),
      changed: wrong(its.kept),
    });
  }

  // What comes in with a file can't be made by a user's hand here: the driver dispatches it.
  const isOfFile = (event) => event.type === "drop" || event.composedPath()[0].type === "file";

  for (const type of ["pointerdown", "keydown", "input", "drop"]) {
    const byHand = type === "pointerdown" || type === "keydown";
    const start = (event) => {
      if (!run || run.start !== null || type !== run.event) return;
      if (byHand ? !event.isTrusted : !isOfFile(event)) return;
      if (run.key !== null && event.key !== run.key) return;
      if (--run.presses > 0) return;
      run.start = event.timeStamp;
      run.handled = now();
    };
    addEventListener(type, start, { capture: true, passive: true });
  }

  const prepared = (outputs) => outputs.map((output) => ({ ...output, text: squash(output.text), at: null }));

  window.pyuibench = {
    watchCanvases,

    /** Where the element of a selector is, in CSS pixels, and the first font that it asks for; null if it isn't there. */
    looks(selector) {
      const element = find(selector);
      if (!element) return null;
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom, font: getComputedStyle(element).fontFamily.split(",")[0].replaceAll('"', "") };
    },

    /**
     * Get ready for one gesture. `event` and `key` tell the event that starts the clock ("navigation": it runs already);
     * it starts at the last of so many `presses`. `awaited` are the outputs that must come to show their text, `kept` those that must still show theirs at the end; what
     * is right must stay so for `hold` ms; `mark` is left in a trace at `dom`. The times of all states of the output `watched`
     * are kept. Returns the awaited outputs that show the expected text already.
     */
    arm({ event, key = null, presses = 1, awaited, kept, hold, mark = null, watched = null }) {
      const navigation = event === "navigation";
      run = {
        event,
        key,
        presses,
        hold,
        mark,
        watched: watched && { selector: watched.selector, text: textOf(watched.selector) },
        updates: [],
        awaited: prepared(awaited),
        kept: prepared(kept),
        start: navigation ? 0 : null,
        handled: navigation ? 0 : null,
        message: null,
        dom: null,
        painted: null,
        flickers: 0,
        over: false,
        limit: null,
      };
      run.result = new Promise((resolve) => (run.resolve = resolve));
      return run.awaited.filter(shows).map((output) => output.name);
    },

    /** Return the measurement, as it stands after `timeout` ms if it doesn't end before. */
    done(timeout) {
      const its = run;
      its.limit = setTimeout(() => end(its), timeout);
      check();
      return its.result;
    },

    /** Return output -> text of those outputs that don't show what they should. */
    wrong: (outputs) => wrong(prepared(outputs)),
  };
})();

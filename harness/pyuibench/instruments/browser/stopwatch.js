// The stopwatch, in the page before any of the page's own scripts.
//
// It starts at the first trusted input event of the gesture that commits (capture phase, the event's own timeStamp) and has
// three ends, for each awaited output and for all of them: `right`, when it shows the expected state, seen by a
// MutationObserver in the microtask after the mutation; `visible`, when a person can see that; `painted`, when the first frame
// that shows it has been produced. All times are milliseconds of performance.now().
//
// Whether an output can be seen is looked at after each frame, when the layout is good. What the first frame after `right`
// shows was visible from `right` on: no one can have seen it hidden. What it doesn't show is visible from the last change of a
// style or an element before the first frame that shows it, or from the beginning of that frame.
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

  // A page may draw in an animation callback: what changes there, before layout and paint, is shown by that very frame. Its end is
  // that of the microtasks that the callback has queued, and of those that they have: the observer's are among them.
  let isInFrame = false;
  let framedUntil = -Infinity;
  function afterCallback() {
    isInFrame = false;
    framedUntil = now();
  }
  const requestFrame = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => {
    if (typeof callback !== "function") return requestFrame(callback);
    return requestFrame(function paged(time) {
      if (!run || run.over) return callback(time);
      isInFrame = true;
      try {
        callback(time);
      } finally {
        queueMicrotask(() => queueMicrotask(afterCallback));
      }
    });
  };

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
  // outside the document first, so all of them count. Grids draw hundreds of texts anew of which few have changed.
  const FARTHEST = 1_000_000;
  const drawn = new Map();
  const placesOf = new Map();
  function watchCanvases() {
    for (const type of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
      const fillText = type.prototype.fillText;
      type.prototype.fillText = function (text, x, y, ...rest) {
        fillText.call(this, text, x, y, ...rest);
        const { e, f } = this.getTransform();
        if (noteText(this.canvas, Math.round(x + e) * FARTHEST + Math.round(y + f), String(text))) checkSoon();
      };
    }
  }

  // Keep a text with its place; return whether that is another than was there.
  function noteText(canvas, place, text) {
    let texts = drawn.get(canvas);
    if (!texts) drawn.set(canvas, (texts = new Map()));
    const before = texts.get(place);
    if (before === text) return false;
    texts.set(place, text);
    if (before !== undefined) countPlaces(squash(before), -1);
    countPlaces(squash(text), 1);
    return true;
  }

  function countPlaces(text, more) {
    const places = (placesOf.get(text) ?? 0) + more;
    if (places) placesOf.set(text, places);
    else placesOf.delete(text);
  }

  // --- what is shown ---------------------------------------------------------------------------------------------

  // Where each selector was found last: with a hundred roots, to look through all of them takes longer than all else.
  const foundIn = new Map();
  // A component that was replaced leaves its shadow root behind, with what it showed last.
  const isThere = (root) => root === document || root.host.isConnected;

  // With this at its end a selector takes the last element that it matches, or the one so far from the end: messages of a
  // conversation, the newest of which may be in the newest shadow root.
  const FROM_THE_END = /:last(?:\((\d+)\))?$/;
  function findFromTheEnd(selector, place) {
    let left = place;
    for (const root of roots.toReversed()) {
      const found = isThere(root) ? root.querySelectorAll(selector) : [];
      if (found.length >= left) return found[found.length - left];
      left -= found.length;
    }
    return null;
  }

  function find(selector) {
    const end = FROM_THE_END.exec(selector);
    if (end) return findFromTheEnd(selector.slice(0, end.index), Number(end[1] ?? 1));
    const last = foundIn.get(selector);
    const there = last && isThere(last) ? last.querySelector(selector) : null;
    if (there) return there;
    for (const root of roots) {
      const element = isThere(root) ? root.querySelector(selector) : null;
      if (element) {
        foundIn.set(selector, root);
        return element;
      }
    }
    return null;
  }

  function textOf(selector) {
    const element = find(selector);
    if (!element) return null;
    return squash(isField(element) ? element.value : element.textContent);
  }

  const chartOf = (title) => title && squash(pyuibenchCharts.read(title));

  // How an output is read: what it shows, null if it isn't there, and whether that is what it should.
  const probes = {
    text: { read: ({ selector }) => textOf(selector), isRight: (shown, { text }) => shown === text },
    canvas: {
      read: ({ selector, text }) => (find(selector) === null || !placesOf.has(text) ? "not drawn" : text),
      isRight: (shown, { text }) => shown === text,
    },
    chart: {
      read: ({ selector }) => chartOf(find(selector)),
      isRight: (shown, { text }) => shown !== null && pyuibenchCharts.areAlike(shown, text),
    },
  };
  const shown = (output) => probes[output.probe].read(output);
  const shows = (output) => probes[output.probe].isRight(shown(output), output);

  function wrong(outputs) {
    const found = {};
    for (const output of outputs) {
      if (!shows(output)) found[output.name] = shown(output);
    }
    return found;
  }

  // Why an output can't be seen, null if it can be. What shows nothing needn't be seen.
  function hidden(output, look) {
    const element = output.text === "" ? null : find(output.selector);
    return element ? look.hidden(element) : null;
  }

  // --- one measurement -------------------------------------------------------------------------------------------

  function check() {
    if (!run || run.over) return;
    const at = now();
    if (run.watched) watch(at);
    let right = true;
    for (const output of run.awaited) {
      const ok = shows(output);
      if (ok && output.right === null) begin(output, at);
      if (!ok && output.right !== null) {
        run.flickers++;
        forget(output);
      }
      right &&= ok;
    }
    if (run.start === null) return;
    if (!right) run.right = run.visible = run.painted = null;
    else if (run.right === null) {
      run.right = at;
      run.message = pyuibenchArrivals.latest();
      if (run.mark) performance.mark(run.mark);
    }
    const isNew = (output) => output.right !== null && output.painted === null;
    if (run.painted === null && (right || run.awaited.some(isNew))) lookSoon(run);
  }

  // `since`: from when on it is visible if the next look finds it so.
  const begin = (output, at) => Object.assign(output, { right: at, since: at });
  const forget = (output) => Object.assign(output, { right: null, since: null, visible: null, painted: null, hidden: null });

  // Every state that one output goes through, once the gesture has begun; of one that grows those that its whole text begins with,
  // as what stands in its place before may be another message.
  function watch(at) {
    const text = textOf(run.watched.selector);
    if (!text || text === run.watched.text || !(run.watched.whole ?? text).startsWith(text)) return;
    run.watched.text = text;
    run.updates.push(at);
  }

  // After this frame or the next: a message posted from an animation callback is handled once that frame was produced.
  function lookSoon(its) {
    if (its.lookIsDue) return;
    its.lookIsDue = true;
    if (isInFrame) lookAfterFrame(its);
    else requestFrame(function framed() {
      lookAfterFrame(its);
    });
  }

  // One for all frames: to make one takes longer than to look.
  const channel = new MessageChannel();
  let afterFrame = null;
  channel.port1.onmessage = function looked() {
    afterFrame?.();
  };
  function lookAfterFrame(its) {
    const begun = now();
    afterFrame = () => {
      afterFrame = null;
      its.lookIsDue = false;
      // What another callback of the frame changed after this one is in it as well.
      if (!its.over && its.start !== null) look(its, Math.max(begun, framedUntil));
    };
    channel.port2.postMessage(null);
  }

  function look(its, begun) {
    const at = now();
    // What has changed since isn't as that frame showed it.
    if (its.changes.since(begun)) return lookSoon(its);
    const seeing = pyuibenchLook();
    // What became right within the frame may not be in it.
    const due = its.awaited.filter((output) => output.right !== null && output.painted === null);
    const shownAt = its.changes.before(begun);
    for (const output of due.filter(({ right }) => right <= begun)) {
      output.hidden = hidden(output, seeing);
      if (output.hidden) output.since = null;
      else Object.assign(output, { visible: output.since ?? shownAt, painted: at });
    }
    const left = due.filter((output) => output.painted === null);
    if (left.some((output) => output.hidden)) its.changes.watch();
    if (left.length) lookSoon(its);
    else if (its.right !== null && its.painted === null) painted(its, at);
  }

  function painted(its, at) {
    its.visible = Math.max(its.right, ...its.awaited.map((output) => output.visible));
    its.painted = at;
    setTimeout(() => its.painted === at && finish(its), its.hold);
  }

  // Looked at once more after the hold, so that what was right or visible for a moment only is not taken for it.
  function finish(its) {
    check();
    if (its.painted === null) return;
    const seeing = pyuibenchLook();
    const gone = its.awaited.filter((output) => (output.hidden = hidden(output, seeing)));
    if (gone.length === 0) return end(its);
    its.flickers += gone.length;
    for (const output of gone) Object.assign(output, { since: null, visible: null, painted: null });
    its.visible = its.painted = null;
    its.changes.watch();
    lookSoon(its);
  }

  // When styles or elements last changed, watched from when on an output that is right can't be seen: watching costs time.
  class Changes {
    #latest = null;
    #observer = new MutationObserver(() => (this.#latest = now()));
    #isWatching = false;

    watch() {
      if (this.#isWatching) return;
      this.#isWatching = true;
      const attributeFilter = ["style", "class", "hidden"];
      for (const root of roots) this.#observer.observe(root, { subtree: true, childList: true, attributeFilter });
    }

    /** Whether something has changed since a time. */
    since(at) {
      return this.#latest !== null && this.#latest > at;
    }

    /** When something last changed before a frame began; the frame's beginning if nothing has since the last look, as in a fade. */
    before(begun) {
      const latest = this.#latest ?? begun;
      this.#latest = null;
      return latest;
    }

    end() {
      this.#observer.disconnect();
    }
  }

  // The last bytes that came between the gesture and the right state.
  function arrived(its) {
    if (its.right === null) return null;
    const came = [its.message, pyuibenchArrivals.ended(its.right)].filter((at) => at !== null && at > its.start);
    return came.length ? Math.max(...came) : null;
  }

  function end(its) {
    if (its.over) return;
    its.over = true;
    // A timer keeps what it was made with, and a page that is measured for long must not grow by what measures it.
    clearTimeout(its.limit);
    its.changes.end();
    const lasting = its.awaited.filter((output) => output.right !== null);
    its.resolve({
      start: its.start,
      handled: its.handled,
      sent: its.start === null || its.event === "navigation" ? null : pyuibenchDepartures.first(),
      arrived: arrived(its),
      right: its.right,
      visible: its.visible,
      painted: its.painted,
      flickers: its.flickers,
      updates: its.updates,
      outputs: Object.fromEntries(lasting.map(({ name, right, visible, painted }) => [name, { right, visible, painted }])),
      wrong: wrong(its.awaited),
      hidden: Object.fromEntries(lasting.filter((output) => output.hidden).map((output) => [output.name, output.hidden])),
      changed: wrong(its.kept),
    });
  }

  // What comes in with a file can't be made by a user's hand here: the driver dispatches it.
  const isOfFile = (event) => event.type === "drop" || event.composedPath()[0].type === "file";

  // A page that is busy gets several moves of the mouse in one event: the last of them is where it is now.
  const lastOf = (event) => event.getCoalescedEvents?.().at(-1) ?? event;

  for (const type of ["pointerdown", "pointermove", "pointerup", "keydown", "input", "drop"]) {
    const byHand = type !== "input" && type !== "drop";
    const start = (event) => {
      if (!run || run.start !== null || type !== run.event) return;
      if (byHand ? !event.isTrusted : !isOfFile(event)) return;
      if (run.key !== null && event.key !== run.key) return;
      if (run.x !== null && event.clientX !== run.x) return;
      if (--run.presses > 0) return;
      run.start = lastOf(event).timeStamp;
      run.handled = now();
      pyuibenchDepartures.await(run.start);
    };
    addEventListener(type, start, { capture: true, passive: true });
  }

  const prepared = (outputs) => outputs.map((output) => forget({ ...output, text: squash(output.text) }));

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
     * it starts at the last of so many `presses`, of the mouse's moves and releases at the one at `x`. `awaited` are the outputs that must come to show their text, `kept` those that must still show theirs at the end; what
     * is right must stay so for `hold` ms; `mark` is left in a trace at `right`. The times of all states of the output `watched`
     * are kept. Returns the awaited outputs that show the expected text already.
     */
    arm({ event, key = null, x = null, presses = 1, awaited, kept, hold, mark = null, watched = null }) {
      const navigation = event === "navigation";
      run = {
        event,
        key,
        x,
        presses,
        hold,
        mark,
        watched: watched && { ...watched, text: textOf(watched.selector) },
        updates: [],
        awaited: prepared(awaited),
        kept: prepared(kept),
        start: navigation ? 0 : null,
        handled: navigation ? 0 : null,
        message: null,
        right: null,
        visible: null,
        painted: null,
        lookIsDue: false,
        changes: new Changes(),
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

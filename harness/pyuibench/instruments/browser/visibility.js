// Whether a person can see what an element shows, and if not, why.
//
// It has to be rendered, not hidden, not transparent, have a size, lie inside the page (scrolled to, if need be), and at its
// middle be neither cut off nor covered; what is below a head or a foot that stays there can be scrolled out from under it. Shadow roots and slots are looked through. All of it is read while a frame's layout is
// still good, so that looking costs no layout of its own.
(() => {
  "use strict";
  if (window !== window.top) return;

  const LEAST_OPACITY = 0.5;
  const MOST_OF_A_BAR = 0.5;
  const REPLACED = new Set(["IMG", "VIDEO", "IFRAME", "OBJECT", "EMBED"]);

  // What an element lies in, on the screen: its slot, its parent, or the host of its shadow root.
  const around = (element) =>
    element.assignedSlot ?? element.parentElement ?? (element.parentNode instanceof ShadowRoot ? element.parentNode.host : null);

  // An element without a box of its own (`display: contents`) is rendered where the one around it is.
  function withBox(element) {
    let at = element;
    while (around(at) && getComputedStyle(at).display === "contents") at = around(at);
    return at;
  }

  function liesIn(element, other) {
    for (let at = element; at; at = around(at)) if (at === other) return true;
    return false;
  }

  // An element as a selector would name it.
  function nameOf(element) {
    const detail = element.id ? `#${element.id}` : element.classList.length ? `.${element.classList[0]}` : "";
    return `${element.localName}${detail}`;
  }

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const isWithin = (box, x, y) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;

  // The alpha of a color as `getComputedStyle` says it: "rgba(0, 0, 0, 0.5)", "color(srgb 0 0 0 / 0.5)", "rgb(0, 0, 0)".
  function alpha(color) {
    const found = /^rgba\(.*,\s*([\d.]+)\)$|\/\s*([\d.]+)\)$/.exec(color);
    return found ? Number(found[1] ?? found[2]) : 1;
  }

  // Where the contents are: the text's box rather than that of an element that may be wider, or have none of its own.
  function boxOf(element) {
    if (element.firstChild && !(element instanceof HTMLTextAreaElement)) {
      const range = document.createRange();
      range.selectNodeContents(element);
      const box = range.getBoundingClientRect();
      if (box.width > 0 && box.height > 0) return box;
    }
    return element.getBoundingClientRect();
  }

  // One look at a page that stands still: what elements have in common is computed once.
  class Look {
    #known = new Map();

    /** Return why a person can't see what an element shows, null if they can. */
    hidden(element) {
      if (!element.checkVisibility({ visibilityProperty: true })) {
        const rendered = withBox(element);
        if (!rendered.checkVisibility()) return "not rendered";
        if (!rendered.checkVisibility({ visibilityProperty: true })) return "hidden";
      }
      const surroundings = this.#surroundings(element);
      if (surroundings.opacity < LEAST_OPACITY) return "transparent";
      const box = boxOf(element);
      if (!(box.width > 0 && box.height > 0)) return "without size";
      return this.#place(element, surroundings, (box.left + box.right) / 2, (box.top + box.bottom) / 2);
    }

    // The opacity of an element with that of all that it lies in, and what cuts it off, from the inside out.
    #surroundings(element) {
      const known = this.#known.get(element);
      if (known) return known;
      const outer = around(element);
      const { opacity, cuts, clips, fixed } = outer ? this.#surroundings(outer) : { opacity: 1, cuts: null, clips: null, fixed: false };
      const style = getComputedStyle(element);
      const isCut = element !== document.documentElement && element !== document.body && style.overflow !== "visible";
      const own = {
        opacity: opacity * Number(style.opacity),
        cuts: isCut ? { element, box: element.getBoundingClientRect(), style, outer: cuts } : cuts,
        clips: style.clipPath === "none" ? clips : { element, outer: clips },
        fixed: fixed || style.position === "fixed",
      };
      this.#known.set(element, own);
      return own;
    }

    // Whether a point of an element is cut off, off the page, or covered. What can be scrolled to counts as there.
    #place(element, { cuts, clips, fixed }, left, top) {
      let x = left;
      let y = top;
      for (let cut = cuts; cut; cut = cut.outer) {
        if (isWithin(cut.box, x, y)) continue;
        if (!isScrolledTo(cut, x, y)) return "cut off";
        x = clamp(x, cut.box.left, cut.box.right);
        y = clamp(y, cut.box.top, cut.box.bottom);
      }
      const page = document.scrollingElement;
      const [pageX, pageY] = [x + page.scrollLeft, y + page.scrollTop];
      const isOnScreen = 0 <= x && x < innerWidth && 0 <= y && y < innerHeight;
      if (!isOnScreen && (fixed || pageX < 0 || pageY < 0 || pageX > page.scrollWidth || pageY > page.scrollHeight)) return "off the page";
      // What has to be scrolled to can't be asked what lies over it.
      return isOnScreen && x === left && y === top ? this.#over(element, clips, x, y) : null;
    }

    #over(element, clips, x, y) {
      const root = element.getRootNode();
      // Mostly it lies on top, which is quicker to ask for than all that lies there.
      const top = clips ? null : root.elementFromPoint(x, y);
      if (top && (liesIn(top, element) || liesIn(element, top))) return null;
      const there = root.elementsFromPoint(x, y);
      for (let clip = clips; clip; clip = clip.outer) {
        const isHit = getComputedStyle(element).pointerEvents === "none" || there.some((it) => liesIn(it, clip.element));
        if (!isHit) return "cut off";
      }
      const stays = this.#surroundings(element).fixed;
      for (const it of there) {
        if (liesIn(it, element) || liesIn(element, it)) return null;
        if (this.#covers(it) && (stays || !this.#isBar(it) || !canLeave(it, y))) return `covered by ${nameOf(it)}`;
      }
      return null;
    }

    // A head or a foot that stays where it is while the page scrolls below it.
    #isBar(element) {
      return this.#surroundings(element).fixed && element.getBoundingClientRect().height < MOST_OF_A_BAR * innerHeight;
    }

    #covers(element) {
      if (this.#surroundings(element).opacity < LEAST_OPACITY) return false;
      if (REPLACED.has(element.tagName)) return true;
      const style = getComputedStyle(element);
      return alpha(style.backgroundColor) >= LEAST_OPACITY || style.backgroundImage !== "none";
    }
  }

  // Whether the page can be scrolled so far that what is at this height comes out from under a bar.
  function canLeave(bar, y) {
    const { top, bottom } = bar.getBoundingClientRect();
    const page = document.scrollingElement;
    const [up, down] = [page.scrollTop, page.scrollHeight - page.clientHeight - page.scrollTop];
    return (top > 0 && y - top < down) || (bottom < innerHeight && bottom - y < up);
  }

  function isScrolledTo({ element, box, style }, x, y) {
    const [inX, inY] = [x - box.left + element.scrollLeft, y - box.top + element.scrollTop];
    const scrolls = (overflow) => overflow === "auto" || overflow === "scroll";
    const isThere = (at, from, to, overflow, size) => (from <= at && at <= to) || (scrolls(overflow) && 0 <= size.at && size.at <= size.of);
    return (
      isThere(x, box.left, box.right, style.overflowX, { at: inX, of: element.scrollWidth }) &&
      isThere(y, box.top, box.bottom, style.overflowY, { at: inY, of: element.scrollHeight })
    );
  }

  window.pyuibenchLook = () => new Look();
})();

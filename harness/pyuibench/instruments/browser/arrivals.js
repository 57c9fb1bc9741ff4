// When bytes last came to the page, by whatever way: a WebSocket, server-sent events, a stream that is read, a plain answer, or a
// message of a worker.
//
// In the page before any of its own scripts, so that its listeners are called first. Times are milliseconds of
// performance.now(). A plain answer's time is the browser's own (resource timing); the others are those of the event in the
// page, so that a page that is busy while a message waits for it has not got it yet.
(() => {
  "use strict";
  if (window !== window.top) return;

  let latest = null;
  const note = () => (latest = performance.now());

  const Socket = window.WebSocket;
  window.WebSocket = class WebSocket extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", note);
    }
  };

  const Events = window.EventSource;
  window.EventSource = class EventSource extends Events {
    constructor(...args) {
      super(...args);
      super.addEventListener("message", note);
    }
    addEventListener(type, ...rest) {
      super.addEventListener(type, note);
      super.addEventListener(type, ...rest);
    }
  };

  window.pyuibenchWorkers.came.push(note);

  const noted = (result) => {
    result.then(({ done }) => done || note(), () => {});
    return result;
  };
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = function (...args) {
    return noted(read.apply(this, args));
  };
  const { values } = ReadableStream.prototype;
  const noting = function (...args) {
    const iterator = values.apply(this, args);
    const { next } = iterator;
    iterator.next = (...its) => noted(next.apply(iterator, its));
    return iterator;
  };
  ReadableStream.prototype.values = noting;
  ReadableStream.prototype[Symbol.asyncIterator] = noting;

  // Of an answer that is read as a stream its parts count, not its end; of one without a body nothing does.
  const streamed = new Set();
  const body = Object.getOwnPropertyDescriptor(Response.prototype, "body");
  Object.defineProperty(Response.prototype, "body", {
    ...body,
    get() {
      streamed.add(this.url);
      return body.get.call(this);
    },
  });

  const answers = [];
  const observer = new PerformanceObserver((list) => answers.push(...list.getEntries()));
  observer.observe({ type: "resource", buffered: true });

  window.pyuibenchArrivals = {
    /** When a message or a part of a stream last came, null if none did. */
    latest: () => latest,

    /** When an answer was last down at a time, null if none was. */
    ended(at) {
      answers.push(...observer.takeRecords());
      const ends = answers
        .filter((it) => it.encodedBodySize > 0 && !streamed.has(it.name) && it.responseEnd <= at)
        .map((it) => it.responseEnd);
      return ends.length ? Math.max(...ends) : null;
    },
  };
})();

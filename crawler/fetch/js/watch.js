// Runs before any script of a page, in every frame: keeps what leads out of the page, and lets none of it be followed.
(() => {
  if (Object.hasOwn(window, '__caifeng')) return;
  const state = {found: [], scrolls: false};
  Object.defineProperty(window, '__caifeng', {value: state});
  const keep = (to) => {
    try {
      const url = new URL(String(to), document.baseURI);
      if (url.protocol.startsWith('http') && state.found.length < 2000) state.found.push(url.href);
    } catch {}  // no address
  };
  window.open = (to) => { keep(to); return null; };
  const push = history.pushState;
  history.pushState = function (...given) {
    if (given.length > 2 && given[2] != null) keep(given[2]);
    return push.apply(this, given);
  };
  // Last in turn: a router that has taken the click goes on undisturbed, and its pushState tells where to.
  window.addEventListener('click', (event) => {
    const link = event.composedPath().find((each) => each instanceof Element && each.matches('a[href], area[href]'));
    if (!link || event.defaultPrevented || !/^https?:/.test(link.href)) return;
    keep(link.href);
    event.preventDefault();
  });
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (kind === 'scroll') state.scrolls = true;
    return add.call(this, kind, ...rest);
  };
  if (window.IntersectionObserver) {
    window.IntersectionObserver = class extends IntersectionObserver {
      constructor(...given) { super(...given); state.scrolls = true; }
    };
  }
  // A stream never ends, and so would the page never be built.
  window.EventSource = class extends EventTarget {
    constructor(url) {
      super();
      Object.assign(this, {url: String(url), readyState: 2, onerror: null, onmessage: null, onopen: null});
      setTimeout(() => { const told = new Event('error'); this.dispatchEvent(told); this.onerror?.(told); });
    }
    close() {}
  };
})();

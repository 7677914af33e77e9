// Runs before any script of a page, in every frame: keeps what leads out of the page, and lets none of it be followed.
(() => {
  if (Object.hasOwn(window, '__caifeng')) return;
  const state = {found: [], scrolls: false};
  Object.defineProperty(window, '__caifeng', {value: state});
  // Ends the document where it is, once no script is run any more: its clocks, its tree, who listens.  True where nothing is
  // left of it that could act; what lives beside the document, or leads on by itself, is not ended so.
  let beside = false;
  for (const name of ['Worker', 'SharedWorker', 'WebSocket', 'WebTransport', 'RTCPeerConnection', 'BroadcastChannel']) {
    if (window[name]) {
      window[name] = new Proxy(window[name], {construct(...given) { beside = true; return Reflect.construct(...given); }});
    }
  }
  const open = Document.prototype.open;
  const clocks = [
    [setTimeout, clearTimeout], [requestAnimationFrame, cancelAnimationFrame], [requestIdleCallback, cancelIdleCallback],
  ];
  Object.defineProperty(state, 'rest', {value: () => {
    if (beside || document.readyState !== 'complete' || document.querySelector('meta[http-equiv=refresh i]')) return false;
    for (const [set, clear] of clocks) {
      const last = set(() => {});
      if (last > 100000) return false;
      for (let each = last; each > 0; each--) clear(each);
    }
    open.call(document);
    return document.documentElement === null;
  }});
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

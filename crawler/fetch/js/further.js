// What only an action brings: scrolling, "more" and "next" buttons, entries that open their page by a click handler.
// `what` is `ask` (which of these the page has), `grow` (scroll and "more", until nothing comes any more) or `walk` ("next" and
// clicks; the list's own place in the tree is overwritten by each).  Answers the links met, [address, text].
async ({what, steps, seconds, quiet}) => {
  const MORE = /^(?:点击|查看|加载|显示|展开)?(?:更多|全部)[^\s]{0,4}$|^(?:load|show) more$/i;
  const NEXT = /^(?:下一?页|后一页|next(?: page)?|[>›»])[>›»]*$/i;
  const ACTORS = 'a, button, span, li, div, p, input[type=button]';
  const until = performance.now() + seconds * 1000;
  const state = window.__caifeng ?? {found: [], scrolls: false};
  const met = new Map();
  const note = () => { for (const link of document.links) if (met.size < 5000) met.set(link.href, link.textContent.trim().slice(0, 200)); };
  const shown = (each) => each.getClientRects().length > 0;
  const idle = (each) => each.disabled || each.getAttribute('aria-disabled') === 'true' ||
    /(?:^|[-_ ])(?:disabled?|forbid|gray|grey|no-?more)(?:[-_ ]|$)/i.test(`${each.className} ${each.parentElement?.className ?? ''}`);
  const scripted = (each) => {
    const to = each.getAttribute('href');
    const code = `${to ?? ''} ${each.getAttribute('onclick') ?? ''}`;
    return (to === null || to === '' || to.startsWith('#') || /^javascript:/i.test(to)) && !/__doPostBack|submit\s*\(/.test(code);
  };
  const actor = (words) => {
    for (const each of document.querySelectorAll(ACTORS)) {
      if (each.querySelector(ACTORS) || (each.textContent || each.value || '').length > 24) continue;
      const text = (each.textContent || each.value || '').trim();
      if (words.test(text) && shown(each) && !idle(each) && scripted(each)) return each;
    }
    return null;
  };
  // Entries alike in a row that are no links and do something when they are clicked.
  const entries = () => {
    const alike = new Map();
    for (const each of document.querySelectorAll('[onclick], [data-href], [data-url], [role=link], li, tr, dd, .item')) {
      if (each.querySelector('a[href], input, button, select, textarea') || each.closest('a[href], form, nav, header, footer')) continue;
      const acts = each.hasAttribute('onclick') || each.hasAttribute('data-href') || each.hasAttribute('data-url') ||
        each.getAttribute('role') === 'link' || getComputedStyle(each).cursor === 'pointer';
      if (!acts || each.textContent.trim().length < 4 || !shown(each) || !scripted(each)) continue;
      const kind = `${each.tagName} ${each.className} ${each.parentElement?.tagName}`;
      alike.set(kind, [...(alike.get(kind) ?? []), each]);
    }
    return [...alike.values()].filter((row) => row.length > 2).flat().slice(0, 60);
  };
  if (what === 'ask') {
    const long = state.scrolls && document.documentElement.scrollHeight > innerHeight;
    return {grow: Boolean(long || actor(MORE)), walk: Boolean(actor(NEXT) || entries().length)};
  }
  // True once the tree has changed and come to rest; false where nothing happens.
  const changed = () => new Promise((done) => {
    const end = (answer) => { watcher.disconnect(); clearTimeout(timer); done(answer); };
    let timer = setTimeout(end, 3 * quiet, false);
    const watcher = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, quiet, true); });
    watcher.observe(document, {subtree: true, childList: true, characterData: true});
  });
  const left = () => performance.now() < until && steps-- > 0;
  const repeat = async (act) => {
    while (left()) {
      const before = document.body.innerText;
      const coming = changed();
      if (act() === false || !await coming || document.body.innerText === before) return;
      note();
    }
  };
  note();
  if (what === 'grow') {
    if (state.scrolls) await repeat(() => scrollTo(0, document.documentElement.scrollHeight));
    await repeat(() => { const button = actor(MORE); if (!button) return false; button.click(); });
  } else {
    const seen = new Set();
    const visit = async () => {
      for (const each of entries()) {
        if (performance.now() > until) return;
        const mark = each.textContent.trim();
        if (seen.has(mark) || !each.isConnected) continue;
        seen.add(mark);
        each.click();
        await new Promise((soon) => setTimeout(soon, 15));  // a navigation it began is stopped, and told, meanwhile
      }
    };
    await visit();
    await repeat(() => { const button = actor(NEXT); if (!button) return false; button.click(); });
    await visit();
  }
  return [...met];
}

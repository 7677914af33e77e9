// Resolves once the document has loaded and its tree was left alone for `quiet` milliseconds; where it still asks for
// patience, or a list in it is still empty, up to `patience` longer.  The document is asked itself: the browser's own load
// event never comes where a script stopped or rewrote the document while it loaded.  Answers the document as it stands then,
// what may lead further (`further.js`), and the addresses met (`watch.js`); with `quiet` 0 at once.
async ({quiet, patience}, further) => {
  const told = async () => ({
    dom: (document.doctype ? new XMLSerializer().serializeToString(document.doctype) : '') + document.documentElement.outerHTML,
    found: (window.__caifeng ?? {found: []}).found,
    ...await further({what: 'ask'}),
  });
  if (!quiet) return told();
  if (document.readyState !== 'complete') {
    await new Promise((loaded) => window.addEventListener('load', loaded, {once: true}));
  }
  const WAITING = /^(?:正在|数据|努力|拼命|请稍[候等后])?(?:加载|载入|读取|查询)中?[.…。!！]*$|^请稍[候等后][.…。]*$|^loading[.…]*$/i;
  const LISTS = 'ul[id]:empty, ol[id]:empty, tbody:empty, div[id*=list i]:empty, div[id*=app i]:empty, div[id*=root i]:empty';
  const shown = (each) => each.getClientRects().length > 0;
  const unfinished = () => {
    if (document.querySelector(LISTS) && !document.links.length) return true;
    const texts = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT);
    for (let seen = 0; seen < 400 && texts.nextNode(); seen++) {
      const words = texts.currentNode.data.trim();
      const around = texts.currentNode.parentElement;
      if (words && words.length < 16 && WAITING.test(words) && around?.tagName !== 'SCRIPT' && shown(around)) return true;
    }
    return false;
  };
  const began = performance.now();
  await new Promise((done) => {
    let timer = 0;
    const again = () => { clearTimeout(timer); timer = setTimeout(end, quiet); };
    const watcher = new MutationObserver(again);
    const end = () => {
      if (performance.now() - began < patience && unfinished()) return again();
      watcher.disconnect();
      done();
    };
    watcher.observe(document, {subtree: true, childList: true, characterData: true});
    again();
  });
  return told();
}

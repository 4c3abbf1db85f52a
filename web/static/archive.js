// Search inside an exported site, from file:// too: the weights come ready from the server's ranking
// (kb/search/flat.py), this file adds them up. Data: recherche/donnees.js, which sets KB.
(() => {
  const K = 2.2, PAIR = 0.5, CUT_BEST = 0.35, CUT_QUERY = 0.4, CUT_WORDS = 0.5, SHOWN = 50;
  const fold = (text) => text.replace(/[œŒ]/g, "oe").replace(/[æÆ]/g, "ae").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => (fold(text).replace(/(\d)[\s.](?=\d{3}(?!\d))/g, "$1").replace(/€/g, " euro ")
    .replace(/(?<![a-z0-9])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]/g, " ").match(/[a-z0-9]+/g) || []);

  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let before = [], row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      [before, row] = [row, next];
    }
    return row[b.length];
  };

  const engine = (kb) => {
    const size = kb.documents.length, stop = new Set(kb.stop);
    const idf = (n) => Math.log(1 + (size - n + 0.5) / (n + 0.5));
    const folded = kb.documents.map((d) => [d.title, d.summary, ...d.sections.map((s) => `${s[1]} ${s[2]}`)].map(fold).join(" \n "));
    const spelt = (form) => {
      const most = form.length < 4 ? 0 : form.length < 8 ? 1 : 2;
      let best = null, least = most + 1;
      for (const known of kb.forms) {
        if (known.includes(" ")) continue;
        const d = distance(form, known, most) + (known[0] === form[0] ? 0 : 0.5);
        if (d < least || (d === least && best && kb.found[known].length > kb.found[best].length)) { least = d; best = known; }
      }
      return least <= most ? best : null;
    };
    // longest known sayings first, then words; stop words only where nothing else is asked
    const units = (list) => {
      const found = [];
      for (let i = 0; i < list.length; i++) {
        let taken = 0;
        for (let n = Math.min(6, list.length - i); n > 1 && !taken; n--) {
          const saying = list.slice(i, i + n).join(" ");
          if (kb.found[saying]) { found.push({ word: saying, many: n }); taken = n; }
        }
        if (taken) { i += taken - 1; continue; }
        if (!stop.has(list[i])) found.push({ word: list[i], many: 1 });
      }
      return found;
    };
    const stem = (word) => word.slice(0, Math.max(4, word.length - 2));
    const escape = (text) => text.replace(/[^a-z0-9]/g, "\\$&");

    return (query, filters = {}) => {
      const phrases = [...query.matchAll(/["«“]([^"»”]+)["»”]/g)].map((m) => words(m[1]).join(" ")).filter(Boolean);
      const without = [...query.matchAll(/(?:^|\s)-([\p{L}\d]+)/gu)].flatMap((m) => words(m[1]));
      const asked = words(query.replace(/(?:^|\s)-[\p{L}\d]+/gu, " "));
      const corrected = [], list = units(asked.map((word) => {
        const better = kb.found[word] || stop.has(word) ? null : spelt(word);
        if (better) corrected.push([word, better]);
        return better || word;
      })), score = new Float64Array(size), mass = new Float64Array(size), held = new Float64Array(size);
      let total = 0, count = 0;
      for (const unit of list) {
        const weights = kb.found[unit.word];
        const n = weights ? weights.length / 2 : 0, weight = idf(n) * unit.many;
        total += weight; count += unit.many;
        for (let i = 0; weights && i < weights.length; i += 2) {
          score[weights[i]] += weights[i + 1]; mass[weights[i]] += weight; held[weights[i]] += unit.many;
        }
      }
      const content = asked.filter((word) => !stop.has(word));
      for (let i = 0; i + 1 < content.length; i++) {
        const near = new RegExp(`(?<![a-z0-9])${escape(stem(content[i]))}[a-z]*(?:[^a-z0-9\\n]+[a-z]{1,3})*[^a-z0-9\\n]+${escape(stem(content[i + 1]))}`, "g");
        const tf = folded.map((text) => (text.match(near) || []).length), n = tf.filter(Boolean).length;
        if (n) tf.forEach((t, d) => { if (t) score[d] += 100 * PAIR * idf(n) * (t * (K + 1)) / (t + K); });
      }
      const best = Math.max(0, ...mass), near = best >= CUT_QUERY * total || Math.max(0, ...held) >= CUT_WORDS * count;
      const exact = phrases.map((phrase) => new RegExp(`(?<![a-z0-9])${phrase.split(" ").map(escape).join("[^a-z0-9]+")}(?![a-z0-9])`));
      const hits = [];
      for (let d = 0; d < size; d++) {
        const document = kb.documents[d];
        if (list.length && !(near && mass[d] > 0 && mass[d] >= CUT_BEST * best)) continue;
        if (exact.some((pattern) => !pattern.test(folded[d]))) continue;
        if (without.some((word) => (kb.found[word] || []).some((v, i) => i % 2 === 0 && v === d))) continue;
        if (Object.entries(filters).some(([facet, values]) => values.length && !values.some((v) => v.startsWith("-")
          ? !document.facets[facet]?.includes(v.slice(1)) : document.facets[facet]?.includes(v)))) continue;
        hits.push({ document, score: score[d] });
      }
      if (list.length) hits.sort((a, b) => b.score - a.score);
      return { hits, corrected, words: content };
    };
  };

  if (typeof document === "undefined") { globalThis.engine = engine; return; }
  const place = document.getElementById("resultats-archive");
  if (!place || !globalThis.KB) return;
  const kb = globalThis.KB;
  kb.forms = Object.keys(kb.found);
  const search = engine(kb), given = new URLSearchParams(location.search), filters = {};
  for (const facet of Object.keys(kb.labels)) {
    const present = (value) => kb.former[facet]?.[value] || value;
    filters[facet] = given.getAll(facet).filter(Boolean).map((v) => v[0] === "-" ? `-${present(v.slice(1))}` : present(v));
  }
  const make = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text, ...attributes });

  const passage = (found, wanted) => {
    const stems = wanted.map((word) => word.slice(0, Math.max(4, word.length - 2)));
    let best = null;
    for (const [anchor, title, text] of found.sections) for (const line of text.split(/\n|(?<=[.!?…])\s/)) {
      const n = stems.filter((s) => fold(line).includes(s)).length;
      if (n && (!best || n > best.n)) best = { n, anchor, title, line };
    }
    return best;
  };
  const marked = (text, wanted) => {
    const stems = wanted.map((word) => word.slice(0, Math.max(4, word.length - 2))), part = document.createDocumentFragment();
    for (const piece of text.split(/([\p{L}\d]+)/u)) {
      const at = fold(piece);
      part.append(at && stems.some((s) => at.startsWith(s)) ? make("mark", piece) : piece);
    }
    return part;
  };

  const query = given.get("q") || "";
  document.getElementById("q").value = query;
  const { hits, corrected, words: wanted } = search(query, filters);
  const active = Object.entries(filters).flatMap(([facet, values]) => values.map((v) => `${v[0] === "-" ? "sauf " : ""}${kb.labels[facet][v.replace(/^-/, "")] || v}`));
  document.getElementById("compte").textContent = `${hits.length} fiche${hits.length > 1 ? "s" : ""}${query ? ` pour « ${query} »` : ""}${active.length ? ` (${active.join(", ")})` : ""}`;
  for (const [from, to] of corrected) place.append(make("p", `« ${from} » n’est dans aucune fiche ; cherché « ${to} ».`, { className: "notice" }));
  const list = make("ol", "", { className: "hits" });
  for (const { document: found } of hits.slice(0, SHOWN)) {
    const item = make("li", ""), title = make("h3", ""), best = wanted.length && passage(found, wanted);
    title.append(make("a", found.title, { href: found.href }));
    item.append(title, make("p", kb.natures[found.nature], { className: "meta" }));
    const text = make("p", "", { className: "passage" });
    if (best) text.append(make("a", best.title, { href: `${found.href}#${best.anchor}` }), " : ", marked(best.line, wanted));
    else text.append(found.summary);
    item.append(text);
    list.append(item);
  }
  place.append(list);
})();

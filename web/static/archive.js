// Search inside an exported site, from file:// too: the weights come ready from the server's ranking
// (kb/search/flat.py), this file adds them up. Data: recherche/donnees.js, which sets KB.
(() => {
  const SHOWN = 50, ELIDED = "(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)";
  const fold = (text) => text.replace(/[œŒ]/g, "oe").replace(/[æÆ]/g, "ae").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => (fold(text).replace(/(\d)[\s.](?=\d{3}(?!\d))/g, "$1").replace(/€/g, " euro ")
    .replace(new RegExp(`(?<![a-z0-9])${ELIDED}['’]`, "g"), " ").match(/[a-z0-9]+/g) || []);

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
    const size = kb.documents.length, stop = new Set(kb.stop), forms = Object.keys(kb.sayings).filter((s) => !s.includes(" "));
    const { unit, pair, near, loosePair, saturation, leastIdf, gathered, gatheredFew, heldBySynonym, nearBest, toldLetters, sureLetters, passing, beside, rare } = kb.rules;
    const idf = (n) => Math.max(leastIdf, Math.log(1 + (size - n + 0.5) / (n + 0.5)));
    const folded = kb.documents.map((d) => [d.title, d.summary, ...d.sections.map((s) => `${s[1]} ${s[2]}`)].map(fold).join(" \n "));
    const escape = (text) => text.replace(/[^a-z0-9]/g, "\\$&");
    const holders = (word) => (kb.sayings[word]?.[1] || []).filter((_, i) => i % 2 === 0);
    const spelt = (form) => {
      const most = form.length < 4 ? 0 : form.length < 8 ? 1 : 2;
      let best = null, least = most + 1;
      for (const known of forms) {
        const d = distance(form, known, most) + (known[0] === form[0] ? 0 : 0.5);
        if (d < least || (d === least && best && holders(known).length > holders(best).length)) { least = d; best = known; }
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
          if (kb.sayings[saying]) { found.push({ word: saying, many: n }); taken = n; }
        }
        if (taken) { i += taken - 1; continue; }
        if (!stop.has(list[i])) found.push({ word: list[i], many: 1 });
      }
      return found;
    };
    const each = (row, use) => { for (let i = 0; i < row.length; i += 2) use(row[i], row[i + 1]); };
    const formsOf = (word) => new Set([word, ...(kb.forms[word] || [])]);
    const texts = kb.documents.map((d) => [d.title, d.summary, ...d.sections.map((s) => `${s[1]} ${s[2]}`)].map(words));
    const held = texts.map((parts) => parts.map((part) => new Set(part)));
    const meets = (set, alternatives) => alternatives.some((form) => set.has(form));

    // words asked side by side, found within `near` words of one another
    const paired = (content, score) => {
      for (let i = 0; i + 1 < content.length; i++) {
        const [left, right] = [content[i], content[i + 1]].map(formsOf);
        const sum = idf(holders(content[i]).length) + idf(holders(content[i + 1]).length);
        texts.forEach((parts, d) => {
          let tf = 0;
          for (const part of parts) part.forEach((word, at) => {
            if (!left.has(word)) return;
            if (right.has(part[at + 1])) tf += 1;
            else if (part.slice(Math.max(0, at - near), at + near + 1).some((other) => right.has(other))) tf += loosePair;
          });
          if (tf) score[d] += unit * pair * sum * (tf * (saturation + 1)) / (tf + saturation);
        });
      }
    };

    // a word of one document, said once or twice, far from every other word asked: it answers nothing
    const isPassing = (word, others) => {
      const own = formsOf(word), at = [];
      texts.forEach((parts, d) => parts.forEach((part, p) => part.forEach((form, i) => own.has(form) && at.push([d, p, i]))));
      if (!at.length || !others.length || at.length > passing || /^\d/.test(word)) return false;
      const [[d]] = at;
      if (at.some(([other, part]) => other !== d || part < 2)) return false;
      const told = others.map((other) => [holders(other), formsOf(other)]);
      if (told.some(([documents, forms]) => documents.includes(d) && (documents.length <= rare || meets(held[d][0], [...forms])))) return false;
      return at.every(([, p, i]) => !texts[d][p].slice(Math.max(0, i - beside), i + beside + 1).some((form) => told.some(([, forms]) => forms.has(form))));
    };

    // whether a section, with the title of its document, holds enough of what is asked
    const isAnswered = (known, total, count) => held.some(([head, ...parts], d) => {
      const found = known.filter(({ word }) => holders(word).includes(d)).map(({ word, many, weight }) => {
        const each = word.split(" ").map((part) => [...formsOf(part)]);
        const stands = (part) => each.every((alternatives) => meets(part, alternatives));
        return { many, weight, stands, share: stands(head) ? 1 : parts.some(stands) ? 0 : heldBySynonym };
      });
      return parts.some((part) => {
        let mass = 0, many = 0;
        for (const word of found) {
          const share = word.share || (word.stands(part) ? 1 : 0);
          mass += word.weight * share; many += share && word.many;
        }
        return mass >= gatheredFew * total || (mass >= gathered * total && many > count / 2);
      });
    });

    return (query, filters = {}) => {
      const phrases = [...query.matchAll(/["«“]([^"»”]+)["»”]/g)].map((m) => words(m[1]).join(" ")).filter(Boolean);
      const without = [...query.matchAll(/(?:^|\s)-([\p{L}\d]+)/gu)].flatMap((m) => words(m[1]));
      const asked = words(query.replace(/(?:^|\s)-[\p{L}\d]+/gu, " "));
      const corrected = [], list = units(asked.map((word) => {
        const better = kb.sayings[word] || stop.has(word) ? null : spelt(word);
        if (better) corrected.push([word, better]);
        return better || word;
      })), unsure = new Set(corrected.filter(([word]) => word.length < sureLetters).map(([, better]) => better));
      const score = new Float64Array(size), known = [];
      const question = new Float64Array(kb.questions.length), best = new Float64Array(size), found = new Set();
      let total = 0, count = 0, clear = false;
      for (const { word, many } of list) {
        const [weight, documents, questions, isClear] = kb.sayings[word] || [0, [], [], 0];
        if (!weight || unsure.has(word)) { if (word.length >= toldLetters) { total += unit * idf(1); count += 1; } }
        else { total += weight; count += many; clear ||= isClear; known.push({ word, many, weight }); }
        each(documents, (d, w) => { score[d] += w; found.add(d); });
        each(questions, (q, w) => { question[q] += w; });
      }
      question.forEach((w, q) => { best[kb.questions[q]] = Math.max(best[kb.questions[q]], w); });
      best.forEach((w, d) => { score[d] += w; });
      const content = asked.filter((word) => !stop.has(word));
      paired(content, score);
      const meant = known.filter(({ word }) => !isPassing(word, known.map((other) => other.word).filter((other) => other !== word)));
      const answered = clear || isAnswered(meant, total, count);
      const exact = phrases.map((phrase) => new RegExp(`(?<![a-z0-9])${phrase.split(" ").map(escape).join(`[^a-z0-9]+(?:${ELIDED}['’])?`)}(?![a-z0-9])`));
      const most = Math.max(...score), hits = kb.documents.map((document, d) => ({ document, d, score: score[d] })).filter(({ document, d }) =>
        (!list.length || found.has(d)) && exact.every((pattern) => pattern.test(folded[d]))
        && !without.some((word) => holders(word).includes(d))
        && Object.entries(filters).every(([facet, values]) => !values.length || values.some((v) => v.startsWith("-")
          ? !document.facets[facet]?.includes(v.slice(1)) : document.facets[facet]?.includes(v))));
      if (list.length) hits.sort((a, b) => b.score - a.score);
      const answering = !list.length ? hits.length : answered ? hits.filter((hit) => hit.score >= nearBest * most).length : 0;
      return { hits, answering, corrected, words: content, unknown: list.filter(({ word }) => !kb.sayings[word]).map(({ word }) => word) };
    };
  };

  if (typeof document === "undefined") { globalThis.engine = engine; return; }
  const place = document.getElementById("resultats-archive");
  if (!place || !globalThis.KB) return;
  const kb = globalThis.KB;
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
  const { hits, answering, corrected, unknown, words: wanted } = search(query, filters);
  const active = Object.entries(filters).flatMap(([facet, values]) => values.map((v) => `${v[0] === "-" ? "sauf " : ""}${kb.labels[facet][v.replace(/^-/, "")] || v}`));
  document.getElementById("compte").textContent = `${hits.length} fiche${hits.length > 1 ? "s" : ""}${query ? ` pour « ${query} »` : ""}${active.length ? ` (${active.join(", ")})` : ""}`;
  for (const [from, to] of corrected) place.append(make("p", `« ${from} » n’est dans aucune fiche ; cherché « ${to} ».`, { className: "notice" }));
  const say = (text) => place.append(make("p", text, { className: "notice" }));
  if (unknown.length) say(`Dans aucune fiche : ${unknown.map((word) => `« ${word} »`).join(", ")}.`);
  if (query && hits.length && !answering) say("Aucune fiche ne répond à toute la recherche ; celles-ci y touchent.");
  let list = make("ol", "", { className: "hits" });
  for (const [number, { document: found }] of hits.slice(0, SHOWN).entries()) {
    if (number && number === answering) {
      place.append(list, make("h2", "Fiches qui touchent seulement au sujet"));
      list = make("ol", "", { className: "hits", start: number + 1 });
    }
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
  if (hits.length > SHOWN) say(`Les ${SHOWN} premières fiches sont montrées, sur ${hits.length}.`);
})();

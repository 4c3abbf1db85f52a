// Suggestions while typing: an editable combobox with list autocomplete (W3C APG). Without this
// file every page works; the list only saves typing.
(() => {
  const setUp = (input) => {
    const list = document.createElement("div"), status = document.createElement("p");
    const id = `${input.id}-suggestions`;
    let options = [], active = -1, timer = 0, controller = null;
    Object.assign(list, { id, hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    status.className = "hide";
    status.setAttribute("role", "status");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", id);
    input.after(list, status);

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const select = (number) => {
      active = (number + options.length) % options.length;
      [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
      input.setAttribute("aria-activedescendant", list.children[active].id);
    };
    const show = (found) => {
      options = found;
      list.replaceChildren(...found.map((option, i) => {
        const item = document.createElement("a"), kind = document.createElement("small");
        Object.assign(item, { href: option.url, tabIndex: -1 });
        item.id = `${id}-${i}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        kind.textContent = option.label ? ` ${option.label}` : "";
        item.append(option.text, kind);
        item.addEventListener("mousedown", (event) => event.preventDefault());  // the field keeps the focus
        return item;
      }));
      if (!found.length) { status.textContent = ""; return close(); }
      list.hidden = false;
      active = -1;
      input.setAttribute("aria-expanded", "true");
      status.textContent = `${found.length} suggestion${found.length > 1 ? "s" : ""}, utilisez les flèches haut et bas.`;
    };
    const ask = async () => {
      controller?.abort();
      controller = new AbortController();
      const q = input.value.trim();
      if (q.length < 2) return show([]);
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`, { signal: controller.signal });
        if (answer.ok && document.activeElement === input) show(await answer.json());
      } catch (error) { if (error.name !== "AbortError") close(); }
    };
    input.addEventListener("input", () => { clearTimeout(timer); close(); timer = setTimeout(ask, 150); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") select(active + 1);
      else if (event.key === "ArrowUp") select(active < 0 ? options.length - 1 : active - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) list.children[active].click();
      else return;
      event.preventDefault();
    });
  };
  document.querySelectorAll("[data-suggest]").forEach(setUp);
  // with kb serve --reload a page follows its files
  const { version, follow } = document.body.dataset;
  if (version) setInterval(async () => {
    try {
      const answer = await fetch(follow);
      if (answer.ok && (await answer.text()) !== version) location.reload();
    } catch { /* the server is being started again */ }
  }, 250);
  // a link to what a closed <details> holds opens it, in browsers that do not by themselves
  const reveal = () => { const at = document.getElementById(location.hash.slice(1)), box = at?.closest("details"); if (box && !box.open) { box.open = true; at.scrollIntoView(); } };
  addEventListener("hashchange", reveal);
  reveal();
  // « Copier » beside each citation
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach((place) => {
    const text = place.textContent, button = document.createElement("button"), style = place.dataset.copy || place.previousElementSibling.textContent;
    Object.assign(button, { type: "button", textContent: `Copier (${style})`, ariaLive: "polite" });
    button.addEventListener("click", async () => { await navigator.clipboard.writeText(text); button.textContent = `Copié (${style})`; });
    place.append(" ", button);
  });
  // what cannot be done without a script has its control only here
  document.querySelectorAll("[data-print]").forEach((place) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Imprimer" });
    button.addEventListener("click", () => print());
    place.append(button);
  });
  if (navigator.clipboard) document.querySelectorAll("[data-link]").forEach((place) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copier le lien", ariaLive: "polite" });
    button.addEventListener("click", async () => { await navigator.clipboard.writeText(place.dataset.link); button.textContent = "Lien copié"; });
    place.append(button);
  });
  // how many documents the filters ticked would give, told beside their button
  const counted = document.querySelector("[data-counted]"), asked = document.getElementById("recherche");
  if (counted) document.getElementById("filtres").addEventListener("change", async () => {
    const answer = await fetch(`${asked.dataset.count}?${new URLSearchParams(new FormData(asked))}&per_page=1`);
    if (!answer.ok) { counted.textContent = ""; return; }
    const { answering, total } = await answer.json(), count = answering || total;
    counted.textContent = `${count} fiche${count > 1 ? "s" : ""}`;
  });
  // one search, one address: leave out empty fields and default values
  document.querySelectorAll("form[role=search]").forEach((form) => form.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (!value || (name === "tri" && value === "pertinence")) formData.delete(name);
  }));
})();

/* The one script of the site. Gradio asks and answers; this shows the conversation, the panel and the plain pages' extras. */
(() => {
  "use strict";

  const REMEMBERED = 10;
  const SLOWEST = 15000;
  const PROBE = 3000;
  const find = (selector, within = document) => within.querySelector(selector);

  /* ---- The chat page ---- */

  const chat = find(".chat .page");
  const conversation = find(".conversation");
  const panel = find(".panel");
  const composer = find(".composer");
  const words = find("#words")?.dataset ?? {};
  let turn = null; // the element that waits for an answer, or tells that there was none
  let wanted = null; // {question, exact} while an answer is awaited
  let asked = []; // the questions that were answered, for follow-ups; they are kept here and nowhere else
  let pressing = false; // this script, not a person, presses Gradio's button
  let known = null; // the text box Gradio made
  let broken = false; // Gradio stops for good when a connection broke, and has to be started anew
  let seen = ""; // the newest turn Gradio delivered
  let clock = 0;
  let latest = 0; // number of the newest panel request
  const sent = new WeakMap(); // turn -> what was asked for it

  const box = () => find("#question textarea");
  const ready = () => ["#question", "#context", "#send", "#turn"].every((part) => find(part, composer)); // they come one by one
  const say = (text) => (find("#status").textContent = text);

  function ask(question, exact) {
    if (wanted || !question.trim()) return;
    wanted = { question: question.trim(), exact };
    chat.dataset.asked = "";
    turn?.remove();
    turn = find("#waiting").content.firstElementChild.cloneNode(true);
    find(".question", turn).append(wanted.question);
    conversation.append(turn);
    composer.dataset.busy = "";
    say(find(".waiting", turn).textContent);
    if (matchMedia("(pointer: coarse)").matches) document.activeElement?.blur();
    turn.scrollIntoView({ block: "end" });
    watch();
    if (broken) restart();
    else if (ready()) press();
  }

  function restart() {
    const app = find("gradio-app");
    broken = false;
    known = null;
    app.replaceWith(app.cloneNode(false));
  }

  function press() {
    fill(box(), wanted.question);
    fill(find("#context textarea"), JSON.stringify({ history: asked, exact: wanted.exact }));
    setTimeout(() => {
      pressing = true;
      find("#send").click();
      pressing = false;
    });
  }

  function fill(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function watch() {
    const started = Date.now();
    clock = setInterval(() => {
      if (Date.now() - started > SLOWEST) return fail();
      fetch("/livez", { cache: "no-store" }).catch(fail);
    }, PROBE);
  }

  function settle() {
    clearInterval(clock);
    wanted = null;
    delete composer.dataset.busy;
  }

  function fail() {
    if (!wanted) return;
    const failed = find("#failed").content.cloneNode(true);
    find("[data-ask]", failed).dataset.ask = wanted.question;
    find("[data-ask]", failed).toggleAttribute("data-exact", wanted.exact);
    find(".waiting", turn).replaceWith(failed);
    turn.removeAttribute("aria-busy");
    turn.scrollIntoView({ block: "nearest" });
    say("");
    broken = true;
    settle();
  }

  function receive(delivered) {
    const question = find(".question", turn)?.lastChild.data;
    if (!turn || question !== delivered.dataset.question) return;
    const answered = delivered.content.firstElementChild.cloneNode(true);
    turn.replaceWith(answered);
    turn = null;
    sent.set(answered, { question, history: asked, exact: wanted?.exact ?? false });
    asked = [...asked, question].slice(-REMEMBERED);
    settle();
    const card = find(".card", answered);
    const told = find(".confidence strong", answered) ?? find(".declined h3", answered) ?? find(".notice h3", answered);
    say(`${card ? words.answered : words.declined} ${told?.textContent ?? ""}`);
    answered.scrollIntoView({ block: "start" });
    if (card) show(card);
    else hidePanel();
  }

  function hidePanel() {
    latest += 1;
    panel.hidden = true;
    panel.replaceChildren();
    delete chat.dataset.panel;
  }

  function clear() {
    settle();
    turn = null;
    asked = [];
    conversation.replaceChildren();
    hidePanel();
    delete chat.dataset.asked;
    say("");
    scrollTo(0, 0);
    box()?.focus();
  }

  function gradioChanged() {
    if (ready() && box() !== known) {
      if (!known && matchMedia("(pointer: fine)").matches) box().focus();
      known = box();
      if (find("#kept")) known.setAttribute("aria-describedby", "kept");
      find("main", composer)?.setAttribute("role", "presentation");
      if (wanted) press();
    }
    const delivered = find("template[data-turn]", composer);
    if (delivered && delivered.dataset.turn !== seen) {
      seen = delivered.dataset.turn;
      receive(delivered);
    }
    if (find(".toast-body.error", composer)) fail();
  }

  /* ---- The passage in its article ---- */

  async function show(card) {
    const request = (latest += 1);
    const response = await fetch(card.dataset.panel).catch(() => null);
    if (request !== latest || !response?.ok) return false;
    panel.innerHTML = await response.text();
    panel.hidden = false;
    chat.dataset.panel = "";
    for (const button of document.querySelectorAll("[data-show]")) {
      button.setAttribute("aria-pressed", String(card.contains(button)));
    }
    const selected = find("#selected");
    if (selected.textContent === find("blockquote", card).textContent) bringUp(selected);
    else find(".panel-text").textContent = words.stale;
    return true;
  }

  function bringUp(selected) {
    const text = find(".panel-text");
    text.scrollTop += selected.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 5;
  }

  async function showOnRequest(card) {
    if (!(await show(card))) return;
    say(words.shown);
    if (matchMedia("(max-width: 63.99em)").matches) {
      panel.scrollIntoView({ block: "start" });
      find(".panel-text").focus({ preventScroll: true });
    }
  }

  function back() {
    const button = find("[data-show][aria-pressed=true]");
    button?.closest(".card").scrollIntoView({ block: "start" });
    button?.focus({ preventScroll: true });
  }

  /* ---- Copying ---- */

  async function copy(button) {
    const quotation = find("blockquote", button.closest(".card"));
    const link = new URL(button.dataset.link, location.href);
    const copied = await put(`“${quotation.textContent}”\n${button.dataset.citation}\n${link}\n`);
    if (!copied) getSelection().selectAllChildren(quotation);
    tell(button, copied ? words.copied : words.copyFailed);
  }

  async function put(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return putByCommand(text);
    }
  }

  function putByCommand(text) {
    const area = document.createElement("textarea");
    const focused = document.activeElement;
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return done;
  }

  function tell(button, text) {
    say("");
    const told = button.parentElement.querySelector(".told") ?? document.createElement("span");
    told.className = "told";
    told.textContent = text;
    button.after(told);
    setTimeout(() => say(text));
    setTimeout(() => told.remove(), 4000);
  }

  /* ---- Feedback, where the site keeps it ---- */

  async function judge(button) {
    const buttons = [...button.parentElement.querySelectorAll("[data-judgement]")];
    const before = buttons.find((other) => other.getAttribute("aria-pressed") === "true");
    if (before === button || buttons.some((other) => other.hasAttribute("aria-busy"))) return;
    button.setAttribute("aria-busy", "true");
    const given = { ...sent.get(button.closest(".turn")), judgement: button.dataset.judgement, instead_of: before?.dataset.judgement };
    const noted = await send(given);
    button.removeAttribute("aria-busy");
    if (noted !== null) for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    tell(button.parentElement.lastElementChild, noted === null ? words.notNoted : noted ? words.noted : words.notKept);
  }

  async function send(given) {
    try {
      const headers = { "Content-Type": "application/json" };
      const response = await fetch("/api/v1/feedback", { method: "POST", headers, body: JSON.stringify(given) });
      return response.ok ? (await response.json()).noted : null;
    } catch {
      return null;
    }
  }

  /* ---- The plain pages ---- */

  function showTarget() {
    for (const part of document.querySelectorAll(".part.selected")) part.classList.remove("selected");
    const [, start, end] = /^#p(\d+)-(\d+)$/.exec(location.hash) ?? [];
    if (!end || find(location.hash)?.matches(".part")) return;
    const parts = [...document.querySelectorAll(".part")].filter(
      (part) => Number(part.dataset.start) < Number(end) && Number(start) < Number(part.dataset.end),
    );
    for (const part of parts) part.classList.add("selected");
    parts[0]?.scrollIntoView({ block: "start" });
  }

  function filter(wantedText) {
    const asked = wantedText.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of document.querySelectorAll(".row")) {
      const text = row.dataset.text;
      row.hidden = !asked.every((word) => text.includes(word));
      count += row.hidden ? 0 : 1;
    }
    find("#count").textContent = String(count);
  }

  /* ---- What a person does ---- */

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || pressing) return;
    if (button.id === "send") stop(event, () => ask(box().value, false));
    else if (button.id === "new") clear();
    else if (button.hasAttribute("data-ask")) ask(button.dataset.ask, button.hasAttribute("data-exact"));
    else if (button.hasAttribute("data-show")) showOnRequest(button.closest(".card"));
    else if (button.hasAttribute("data-copy")) copy(button);
    else if (button.hasAttribute("data-back")) back();
    else if (button.hasAttribute("data-judgement")) judge(button);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box()) return;
    if (event.isComposing) event.stopImmediatePropagation();
    else if (!event.shiftKey) stop(event, () => ask(box().value, false));
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.id === "filter") filter(event.target.value);
  });

  function stop(event, then) {
    event.preventDefault();
    event.stopImmediatePropagation();
    then();
  }

  if (composer) new MutationObserver(gradioChanged).observe(composer, { childList: true, subtree: true });
  if (find(".part")) {
    addEventListener("hashchange", showTarget);
    showTarget();
  }
})();

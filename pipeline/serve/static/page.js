// What the page does without a reload. All of it works without this script too, by links and forms.

const $ = (selector, inside = document) => inside.querySelector(selector);
const said = $("#said");
let quiet;

document.documentElement.classList.add("live");

/** Says something where screen readers hear it, and where others see it unless it shows elsewhere. */
function say(text, shown = true) {
  said.className = shown ? "" : "unseen";
  said.textContent = text;
  clearTimeout(quiet);
  quiet = setTimeout(() => { said.textContent = ""; }, 3000);
}

async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function fetched(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error((await parsed(answer)).querySelector("h1")?.textContent ?? answer.statusText);
  return parsed(answer);
}

// Giving headlines: drop a file, choose one, or press Ctrl+Enter.

function give(form) {
  const file = $("#file"), chosen = $("#chosen"), button = $(".primary", form), label = button.textContent;
  const over = (on) => form.classList.toggle("over", on);
  form.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
  form.addEventListener("dragleave", () => over(false));
  form.addEventListener("drop", (event) => {
    over(false);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  file.addEventListener("change", () => {
    if (file.files.length) chosen.textContent = file.files[0].name;
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    if (button.hasAttribute("aria-disabled")) return event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.busy;
    say(form.dataset.busy);
  });
  addEventListener("pageshow", () => {  // back from the sheet, the form can be sent again
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  });
}

// A sheet: filter, sort and search without a reload.

async function show(address, push = true) {
  const page = await fetched(address);
  const focused = document.activeElement?.name;
  for (const part of ["#sheet", ".files"]) $(part)?.replaceWith($(part, page));
  if (push) history.pushState(null, "", address);
  if (focused) $(`#look [name="${focused}"]`)?.focus();
  begin();
  say($("#chips [aria-current]").textContent.trim().replace(/\s+/g, " "));
}

function look(form) {
  const send = () => {
    const wish = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    show(`${form.getAttribute("action")}?${wish}`).catch((error) => say(error.message));
  };
  let soon;
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("change", send);
  $("[name=q]", form).addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(send, 300); });
  $("[name=q]", form).addEventListener("change", (event) => event.stopPropagation());
}

// A row: correct it by a click or a key.

async function change(row, what) {
  const sheet = $("#sheet"), body = new URLSearchParams({ change: `${row.dataset.place}:${what}` });
  row.setAttribute("aria-busy", "true");
  try {
    const part = await fetched($("#rows").action, { method: "POST", headers: { "Rubrika-Part": "row" }, body });
    const fresh = $(".row", part), inside = row.contains(document.activeElement), held = document.activeElement !== row;
    $(".why", fresh).open = $(".why", row).open;
    row.replaceWith(fresh);
    if ($("#chips", part)) $("#chips").replaceWith($("#chips", part));
    if (inside) ((held && $(`.cell[value$=":${what}"]`, fresh)) || fresh).focus();
    say(sheet.dataset.saved);
  } catch (error) {
    row.removeAttribute("aria-busy");
    say(sheet.dataset.unsaved.replace("…", error.message));
  }
}

const KEYS = { 1: "politics", 2: "economy", 3: "war", 0: "other", "+": "right", u: "undo" };

function press(event) {
  const row = event.target.closest(".row");
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (event.key === "/" && $("#look")) return event.preventDefault(), $("#look [name=q]").focus();
  if (event.key === "j" || event.key === "k") {
    const next = row ? (event.key === "j" ? row.nextElementSibling : row.previousElementSibling) : $(".row");
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (row && KEYS[event.key]) {
    change(row, KEYS[event.key]);
  } else if (row && event.key === "w") {
    $(".why", row).open = !$(".why", row).open;
  } else {
    return;
  }
  event.preventDefault();
}

function rows(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(event.submitter.closest(".row"), event.submitter.value.split(":")[1]);
  });
}

// More rows, and the clipboard.

function more(link) {
  link.addEventListener("click", async (event) => {
    if (document.querySelectorAll(".row").length >= 1000) return; // a page of its own, lest this one grow slow
    event.preventDefault();
    if (link.ariaBusy) return;
    link.ariaBusy = "true";
    try {
      const page = await fetched(link.href), list = $(".rows"), first = $(".row", page);
      list.append(...page.querySelectorAll(".row"));
      const next = $("#more", page);
      next ? (link.replaceWith(next), more(next)) : link.remove();
      first.focus();
    } catch (error) {
      link.ariaBusy = null;
      say(error.message);
    }
  });
}

// A review: keys answer, and the next headline comes without a reload.

const ANSWERS = { 1: "politics", 2: "economy", 3: "war", 0: "other", Enter: "keep", u: "undo" };

const TOPICS = ["politics", "economy", "war"];

async function answer(form, key) {
  const body = new URLSearchParams(new FormData(form));
  body.set("answer", key);
  const page = await fetched(form.action, { method: "POST", body });
  const held = document.activeElement?.value;
  $("#review").replaceWith($("#review", page));
  $(".title").replaceWith($(".title", page));
  review();
  ($(`#answer [value="${held}"]`) ?? $("#question"))?.focus();
  say($(key === "keep" || key === "undo" ? ".question" : "#answer > .soft").textContent.trim(), false);
}

function review() {
  const form = $("#answer");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form, event.submitter.value).catch((error) => say(error.message));
  });
}

function pressed(event) {
  const key = ANSWERS[event.key], form = $("#answer");
  if (!key || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches("input:not([type=hidden]), a") || (key === "keep" && event.target.matches("button"))) return;
  if (!$(`[value="${key}"]`, form)) return;
  if (TOPICS.includes(key) && !form.tags.value) form.tags.value = "-"; // the first key says what it is, and not what it is not
  event.preventDefault();
  answer(form, key).catch((error) => say(error.message));
}

// The watch: what is new comes on top by itself, and is told.

async function listen() {
  const sheet = $("#sheet[data-live]");
  if (!sheet || document.hidden) return;
  const page = await fetched(sheet.dataset.live).catch(() => null), fresh = page ? [...page.querySelectorAll(".row")] : [];
  if (!fresh.length) return;
  $(".rows").prepend(...fresh);
  $(".empty")?.remove();
  sheet.dataset.live = $("#sheet", page).dataset.live;
  say($("#sheet", page).dataset.fresh);
}

function copy(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(button.dataset.from);
      if (!answer.ok) throw new Error(answer.statusText);
      await navigator.clipboard.writeText(await answer.text());
      say(button.dataset.done);
    } catch { say(button.dataset.failed); }
  });
}

function begin() {
  for (const [selector, work] of [["#look", look], ["#rows", rows], ["#more", more], ["#copy", copy]]) {
    const found = $(selector);
    if (found) work(found);
  }
  const first = $(".row");
  if (first) first.tabIndex = 0;
}

if ($("#sheet[data-live]")) setInterval(listen, 10000);
if ($("#answer")) {
  review();
  document.addEventListener("keydown", pressed);
}
if ($("#give")) give($("#give"));
if ($("#sheet")) {
  begin();
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(chip.href).then(() => $(".chip[aria-current]")?.focus()).catch((error) => say(error.message));
  });
  addEventListener("popstate", () => show(location.href, false).catch(() => location.reload()));
}

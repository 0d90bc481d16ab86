// The check-in with a script: one idea per screen, sliders, answers kept on the device, sent once.
(() => {
  "use strict";
  const form = document.getElementById("checkin");
  const KEEP = "attunement:", ONE_PAGE = KEEP + "one-page", DAYS = 30;
  const SECRET = new Set(["csrfmiddlewaretoken", "device"]);
  const WAITS = [2000, 5000, 15000, 60000], PATIENCE = 20000;

  const device = {
    get(name) { try { return localStorage.getItem(KEEP + name); } catch { return null; } },
    set(name, text) { try { localStorage.setItem(KEEP + name, text); } catch { /* a full or closed store */ } },
    drop(name) { try { localStorage.removeItem(KEEP + name); } catch { /* as above */ } },
    tidy() {
      try {
        for (const name of Object.keys(localStorage).filter((key) => key.startsWith(KEEP) && key !== ONE_PAGE)) {
          const kept = JSON.parse(localStorage.getItem(name));
          if (!(Date.now() - kept.at < DAYS * 864e5)) localStorage.removeItem(name);
        }
      } catch { /* as above */ }
    },
  };

  device.tidy();
  for (const part of document.querySelectorAll("[data-forget]")) device.drop(part.dataset.forget);
  for (const button of document.querySelectorAll("[data-copies]")) copies(button);
  if (document.body.classList.contains("kiosk")) {
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }
  if (form) checkin();

  function copies(button) {
    const field = document.getElementById(button.dataset.copies);
    button.hidden = false;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(field.value); } catch { field.select(); document.execCommand("copy"); }
      button.textContent = button.dataset.copied;
    });
  }

  function checkin() {
    const words = document.getElementById("words").dataset;
    const keep = form.dataset.keep;
    const steps = [...form.querySelectorAll(".step")];
    const find = (name) => form.querySelector(name);
    const [back, next, send, mode, progress, unsent, count] =
      [".back", ".next", ".send", ".mode", ".progress", ".unsent", ".count"].map(find);
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    let at = 0, sending = false, waited = 0, timer = 0;
    let onePage = keep && device.get("one-page") !== null ? device.get("one-page") === "yes" : "onePage" in form.dataset;

    form.classList.add("scripted");
    const sliders = [...form.querySelectorAll(".scale")].map(slider);
    const resumed = restore();
    sliders.forEach((one) => one.show());
    mode.hidden = false;
    form.addEventListener("input", () => { ask(); save(); });
    form.addEventListener("change", () => { ask(); save(); });
    back.addEventListener("click", () => move(-1));
    next.addEventListener("click", () => move(1));
    mode.addEventListener("click", () => {
      onePage = !onePage;
      if (keep) device.set("one-page", onePage ? "yes" : "no");
      draw(true);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!onePage && at < open().length - 1) move(1);
      else hand();
    });
    addEventListener("online", () => { if (!unsent.hidden) hand(); });
    ask();
    draw(false);
    if (resumed === "sending") hand();
    else if (resumed) progress.dataset.also = words.resumed;
    draw(false);

    function answerOf(name) {
      const fields = [...form.elements].filter((one) => one.name === name);
      const chosen = fields[0] && fields[0].type === "radio" ? fields.find((one) => one.checked) : fields[0];
      return chosen ? chosen.value : "";
    }

    function ask() {
      for (const step of steps.filter((one) => one.dataset.askedIf)) {
        const said = answerOf(step.dataset.askedIf), value = Number(said), than = Number(step.dataset.value);
        const holds = { ">": value > than, ">=": value >= than, "<": value < than, "<=": value <= than };
        step.dataset.asked = said !== "" && holds[step.dataset.operator] ? "yes" : "no";
        if (onePage) step.hidden = step.dataset.asked === "no";
      }
      label();
    }

    function open() { return steps.filter((step) => step.dataset.asked !== "no"); }

    function draw(focus) {
      const shown = open();
      at = Math.max(0, Math.min(at, shown.length - 1));
      for (const step of steps) step.hidden = onePage ? !shown.includes(step) : step !== shown[at];
      const last = onePage || at === shown.length - 1;
      back.hidden = onePage || at === 0;
      next.hidden = last;
      send.hidden = !last;
      mode.textContent = onePage ? mode.dataset.steps : mode.dataset.page;
      label();
      if (focus) {
        const place = (onePage ? shown[0] : shown[at]).querySelector("legend, textarea");
        place.focus({ preventScroll: true });
        scrollTo(0, 0);
      }
    }

    // a question that follows on another counts as a part of it, so that the total stays as it is
    function counted(some) { return some.filter((step) => !step.dataset.askedIf).length; }

    function label() {
      const shown = open(), questions = counted(steps) - 1;
      progress.hidden = onePage && !progress.dataset.also;
      const asking = shown[at] && shown[at].dataset.askedIf ? words.more : words.progress;
      const where = onePage ? "" : at < shown.length - 1 ? fill(asking, { n: counted(shown.slice(0, at + 1)), m: questions }) : words.last;
      progress.textContent = [where, progress.dataset.also].filter(Boolean).join(". ");
      const any = [...form.elements].some((one) => one.name.startsWith("answer:") && (one.type !== "radio" || one.checked) && one.value !== "");
      count.hidden = any;
      count.textContent = words.none;
    }

    function move(by) {
      delete progress.dataset.also;
      at += by;
      save();
      draw(true);
    }

    function slider(scale) {
      const { low, high, step, middle } = scale.dataset;
      const plain = scale.querySelector(".plain"), fields = [...plain.querySelectorAll("input")];
      const name = fields[0].name, legend = scale.closest("fieldset").querySelector("legend");
      legend.id ||= `legend-${name.replace(/\W/g, "-")}`;
      const box = document.createElement("div"), range = document.createElement("input");
      const said = document.createElement("div"), output = document.createElement("output");
      const out = document.createElement("button");
      box.className = "slide";
      said.className = "said";
      Object.assign(range, { type: "range", min: low, max: high, step, value: middle });
      range.setAttribute("aria-labelledby", legend.id);
      range.setAttribute("aria-describedby", scale.querySelector(".ends").id);
      output.setAttribute("aria-live", "off");
      Object.assign(out, { type: "button", className: "link", textContent: words.leaveOut });
      out.setAttribute("aria-describedby", legend.id);
      said.append(output, out);
      box.append(range, said);
      plain.hidden = true;
      scale.append(box);

      function put(value) {
        if (fields[0].type === "radio") fields.forEach((one) => { one.checked = value !== "" && Number(one.value) === Number(value) && one.value !== ""; });
        else fields[0].value = value;
      }
      function show(leftOut = false) {
        const value = answerOf(name), untouched = value === "";
        box.classList.toggle("untouched", untouched);
        range.value = untouched ? middle : value;
        const text = untouched ? (leftOut ? words.leftOut : words.untouched) : fill(words.value, { value, high });
        output.textContent = text;
        range.setAttribute("aria-valuetext", text);
        out.hidden = untouched;
      }
      function choose() { put(range.value); show(); ask(); save(); }
      range.addEventListener("input", (event) => { event.stopPropagation(); choose(); });
      range.addEventListener("click", choose);
      range.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
      });
      out.addEventListener("click", () => { put(""); show(true); ask(); save(); range.focus(); });
      return { show };
    }

    function save(state = "open") {
      if (!keep) return;
      const fields = {};
      for (const [name, value] of new FormData(form)) if (!SECRET.has(name)) fields[name] = value;
      device.set(keep, JSON.stringify({ at: Date.now(), step: at, state, fields }));
    }

    function restore() {
      if (!keep) return "";
      let kept;
      try { kept = JSON.parse(device.get(keep)); } catch { return ""; }
      if (!kept || !kept.fields) return "";
      for (const field of form.elements) {
        if (!field.name || !(field.name in kept.fields)) continue;
        if (field.type === "radio") field.checked = field.value === kept.fields[field.name];
        else if (field.type !== "hidden") field.value = kept.fields[field.name];
      }
      at = kept.step || 0;
      return kept.state === "sending" ? "sending" : "open";
    }

    async function hand() {
      if (sending) return;
      clearTimeout(timer);
      sending = true;
      send.disabled = true;
      save("sending");
      progress.hidden = false;
      progress.textContent = words.sending;
      const stop = new AbortController(), clock = setTimeout(() => stop.abort(), PATIENCE);
      let answer = null, said = null;
      try {
        answer = await fetch(form.action || location.href, {
          method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
          credentials: "same-origin", signal: stop.signal,
        });
        said = await answer.json();
      } catch { said = null; }
      clearTimeout(clock);
      sending = false;
      send.disabled = false;
      if (said && said.next) {
        if (keep) device.drop(keep);
        location.replace(said.next);
      } else if (said && said.wrong) {
        const place = steps.find((step) => step.dataset.name === said.wrong[0]);
        save();
        at = Math.max(0, open().indexOf(place));
        draw(true);
      } else if (said && said.ask) {
        save();
        HTMLFormElement.prototype.submit.call(form);
      } else if (said && said.over) {
        HTMLFormElement.prototype.submit.call(form);
      } else {
        label();
        unsent.textContent = keep ? words.offline : words.offlineKiosk;
        unsent.hidden = false;
        timer = setTimeout(hand, WAITS[Math.min(waited++, WAITS.length - 1)]);
      }
    }
  }
})();

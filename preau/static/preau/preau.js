/* Préau: everything works without this file; it only makes things quicker.
   Load it in <head> WITHOUT defer: .js is known before the first paint, so nothing moves. */
(() => {
"use strict";
document.documentElement.classList.add("js");
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
/* Storage may be refused: then nothing is remembered. */
const keep = (store, key, value) => {
	try { return value === undefined ? self[store].getItem(key) : self[store].setItem(key, value); } catch { return null; }
};

/* ---- Booking ---- */
const booking = form => {
	const status = one(".sendbar [role=status]", form);
	const picks = all("input[name=pick]:not(:disabled)", form);
	const outings = all("input[name=outing]:not(:disabled)", form);
	const takes = outing => (outing.dataset.takes || "").split(" ");
	const kids = all(".kids [data-kid]", form);
	const groups = []; // each shortcut button, with the boxes it fills

	/* A slot and the outings that need it follow each other. */
	const follow = box => {
		if (box.name === "outing") {
			if (box.checked) for (const slot of picks) slot.checked ||= takes(box).includes(slot.value);
		} else for (const outing of outings) if (takes(outing).includes(box.value)) {
			if (box.checked) outing.closest("details").open = true; else outing.checked = false;
		}
	};

	/* The price of what is ticked, a moment after the last tick; the page came with the first one. */
	const out = one("[data-price]", form);
	let waiting, priced;
	const price = () => {
		const body = new URLSearchParams(new FormData(form)), asked = `${body}`;
		if (priced === undefined || asked === priced || !out) { priced = asked; return; }
		priced = asked;
		clearTimeout(waiting);
		waiting = setTimeout(async () => {
			try {
				const answer = await fetch(form.dataset.estimate, { method: "POST", body });
				if (asked === priced) out.innerHTML = answer.ok ? await answer.text() : "";
			} catch { out.textContent = ""; }
		}, 300);
	};

	const count = (number, forms) => `${number}\u00a0${forms.split("|")[number > 1 ? 1 : 0]}`;
	const refresh = () => {
		const days = {}, parts = [];
		for (const box of picks) if (box.checked) {
			const [kid, day] = box.value.split(".");
			(days[kid] ||= new Set()).add(day);
		}
		for (const kid of kids) {
			const number = days[kid.dataset.kid]?.size, text = number ? count(number, status.dataset.days) : "";
			if (number) parts.push(`${kid.dataset.name} ${text}`);
			one("small", kid).textContent = text;
		}
		const trips = outings.filter(box => box.checked).length;
		if (trips) parts.push(count(trips, status.dataset.outings));
		const text = parts.join(", ") || status.dataset.none;
		if (status.textContent !== text) status.textContent = text;
		price();
		for (const [button, boxes] of groups) button.setAttribute("aria-pressed", boxes.every(box => box.checked));
	};

	const tick = (boxes, wanted) => {
		for (const box of boxes) if (box.checked !== wanted(box)) { box.checked = wanted(box); follow(box); }
		form.dispatchEvent(new Event("change"));
	};
	const added = (place, text, label, act) => {
		const button = document.createElement("button");
		button.type = "button";
		button.className = "all";
		button.textContent = text;
		button.setAttribute("aria-label", `${text}, ${label}`);
		button.addEventListener("click", act);
		place.append(button);
		return button;
	};
	const shortcut = (place, boxes, text, label) => {
		if (boxes.length < 2) return;
		const act = () => { const on = !boxes.every(box => box.checked); tick(boxes, () => on); };
		groups.push([added(place, text, label, act), boxes]);
	};
	/* The same days and slots as another child, where this one may come too. */
	const alike = (place, boxes, others, name, label) => {
		const place_of = box => box.value.slice(box.value.indexOf("."));
		const act = () => {
			const wanted = new Set(others.filter(box => box.checked).map(place_of));
			tick(boxes, box => wanted.has(place_of(box)));
		};
		if (boxes.length && others.length) added(place, `${form.dataset.like} ${name}`, label, act);
	};
	for (const week of all(".week", form)) {
		const boxes = cell => picks.filter(box => cell.contains(box));
		const cells = all(".slots", week);
		for (const cell of cells) shortcut(cell, boxes(cell), form.dataset.wholeDay, cell.getAttribute("aria-label"));
		const heads = all(".kid", week), boxes_of = head => cells.filter(cell => cell.dataset.kid === head.dataset.kid).flatMap(boxes);
		for (const head of heads) {
			const name = one("b", head).textContent, label = `${name}, ${one("h2", week).textContent}`;
			shortcut(head, boxes_of(head), form.dataset.wholeWeek, label);
			if (head !== heads[0]) alike(head, boxes_of(head), boxes_of(heads[0]), one("b", heads[0]).textContent, label);
		}
	}

	/* The week of the last period: child.weekday.slot, ticked on every week of this one. */
	for (const button of all("[data-pattern]", form)) button.addEventListener("click", () => {
		const wanted = new Set(button.dataset.pattern.split(" "));
		tick(picks, box => {
			const [kid, , slot] = box.value.split(".");
			return box.checked || wanted.has(`${kid}.${box.closest(".slots").dataset.weekday}.${slot}`);
		});
	});

	const show = id => {
		form.dataset.shown = id;
		for (const cell of all(".row [data-kid]", form)) cell.classList.toggle("off-kid", cell.dataset.kid !== id);
		for (const kid of kids) kid.setAttribute("aria-pressed", kid.dataset.kid === id);
	};
	for (const kid of kids) kid.addEventListener("click", () => show(kid.dataset.kid));
	if (kids[0]) show(kids[0].dataset.kid);
	form.addEventListener("change", event => { if (event.target !== form) follow(event.target); refresh(); });
	refresh();
};

/* ---- Counting down to the opening: then the page sends without being loaded again (B1) ---- */
const countdown = out => {
	const ahead = out.dataset.now * 1000 - Date.now(), units = out.dataset.units.split(",");
	const tick = () => {
		const left = Math.ceil((out.dataset.opens * 1000 - Date.now() - ahead) / 1000);
		if (left <= 0) {
			out.textContent = "";
			for (const button of all("[value=prepare]")) button.remove();
			for (const button of all("[data-at-opening]")) button.hidden = false;
			return;
		}
		const parts = [left / 86400, left / 3600 % 24, left / 60 % 60, left % 60].map(Math.floor);
		const from = Math.min(parts.findIndex(part => part > 0), 2);
		out.textContent = `${out.dataset.soon} ${parts.slice(from, from + 2).map((part, n) => `${part}\u00a0${units[from + n]}`).join(" ")}`;
		setTimeout(tick, 1000);
	};
	tick();
};

/* ---- What was ticked and not sent outlives a lost session or network (B3), in this tab only.
   It comes back only to a page that is still as it was: once sent, the page has changed. ---- */
const remembered = form => {
	const boxes = all("input[type=checkbox]:not([name=confirmed], :disabled)", form);
	const state = () => boxes.filter(box => box.checked).map(box => `${box.name}=${box.value}`).join("&");
	const place = `preau.book ${location.pathname}`, before = state();
	const [was, ticked] = (keep("sessionStorage", place) || "").split("\n");
	if (ticked !== undefined && was === before && ticked !== before) {
		const wanted = new Set(ticked.split("&"));
		for (const box of boxes) box.checked = wanted.has(`${box.name}=${box.value}`);
		one("[data-restored]", form).hidden = false;
		form.dispatchEvent(new Event("change"));
	}
	form.addEventListener("change", () => keep("sessionStorage", place, `${before}\n${state()}`));
};

/* ---- Leaving with something unsaved ---- */
const guard = form => {
	const state = () => new URLSearchParams(new FormData(form)) + "";
	const before = state();
	let sending = false;
	form.addEventListener("submit", () => { sending = true; });
	addEventListener("pageshow", () => { sending = false; });
	addEventListener("beforeunload", event => { if (!sending && state() !== before) event.preventDefault(); });
};

/* ---- Processing board: arrows, A, L, R, Z ---- */
const ROW = "preau.row", KEYS = "preau.keys";
const keysOn = () => keep("localStorage", KEYS) !== "off";
const goTo = line => { line.tabIndex = -1; line.focus(); line.scrollIntoView({ block: "nearest" }); };
/* Rows join and part as they are decided: come back to the same one, or else to the same place. */
const remember = (line, lines) => keep("sessionStorage", ROW, line ? `${line.id} ${lines.indexOf(line)}` : "");
const backToRow = () => {
	const [id, at] = (keep("sessionStorage", ROW) || "").split(" "), lines = all(".queue .line");
	remember();
	if (!id || one(".why [autofocus]")) return;
	const line = document.getElementById(id) || lines[Math.min(at, lines.length - 1)];
	if (line) goTo(line);
};
const settleBoard = () => {
	for (const box of all("input[data-keys]")) box.checked = keysOn();
	one(".why [autofocus]")?.focus();
	backToRow();
};
/* What others did is said beside the board: it must not take the focus. */
document.addEventListener("htmx:afterSettle", event => { if (!event.target.closest("[data-news]")) settleBoard(); });
/* htmx misses the button of a form that stands outside of it; a browser does not. */
document.addEventListener("htmx:configRequest", ({ detail }) => {
	const button = detail.triggeringEvent?.submitter;
	if (button?.name) detail.parameters[button.name] = button.value;
});
document.addEventListener("keydown", event => {
	const target = event.target, key = event.key.toLowerCase(), lines = all(".queue .line");
	if (event.ctrlKey || event.metaKey || event.altKey || !lines.length || !keysOn()) return;
	if (target.closest("input:not([type=checkbox]), textarea, select")) return;
	if (target !== document.body && !target.closest(".queue")) return;
	const line = target.closest(".line"), at = lines.indexOf(line);
	if (key === "arrowdown" || key === "arrowup") {
		const next = line ? lines[at + (key === "arrowdown" ? 1 : -1)]
			: lines.find(row => target === document.body || target.compareDocumentPosition(row) & 4);
		if (next) { event.preventDefault(); goTo(next); }
	} else if (/^[alrz]$/.test(key)) {
		const button = (line && one(`[data-key=${key}]`, line)) || (key === "z" && one(".toolbar [data-key=z]"));
		if (!button) return;
		event.preventDefault();
		/* Undoing from outside the rows leads to the row that was undone. */
		const undone = key === "z" && (line || document.getElementById(`l${button.value.match(/\d+/)}`) || lines[0]);
		if (key !== "r") remember(undone || lines[at + 1] || line, lines);
		button.click();
	}
});
document.addEventListener("submit", ({ target }) => {
	const line = target.closest(".line"), lines = all(".queue .line");
	if (line) remember(lines[lines.indexOf(line) + 1] || line, lines);
});
document.addEventListener("click", event => {
	const button = event.target.closest("button"), line = button?.closest(".line");
	/* A decision by mouse comes back to its own row. */
	if (line && event.detail) remember(line, all(".queue .line"));
	const input = button?.dataset.show && document.getElementById(button.dataset.show);
	if (input) {
		input.type = input.type === "password" ? "text" : "password";
		button.setAttribute("aria-pressed", input.type === "text");
	}
});

/* ---- Cells copied from a spreadsheet spread over the cells of a sheet ---- */
document.addEventListener("paste", event => {
	const cell = event.target.closest("[data-sheet] td"), text = event.clipboardData?.getData("text/plain") || "";
	if (!cell || !/[\t\n]/.test(text.trim())) return;
	event.preventDefault();
	let row = cell.parentElement;
	const from = cell.cellIndex;
	for (const line of text.replace(/\r/g, "").replace(/\n+$/, "").split("\n")) {
		line.split("\t").forEach((value, at) => {
			const input = row.cells[from + at] && one("input", row.cells[from + at]);
			if (input) input.value = value.trim();
		});
		if (!row.nextElementSibling) {
			row.after(row.cloneNode(true));
			for (const input of all("input", row.nextElementSibling)) input.value = "";
		}
		row = row.nextElementSibling;
	}
});

/* ---- "Tout cocher": data-check-all names the boxes, data-checked shows how many ---- */
document.addEventListener("change", ({ target }) => {
	if ("keys" in target.dataset) keep("localStorage", KEYS, target.checked ? "on" : "off");
	const name = target.dataset.checkAll || target.name, master = one(`[data-check-all="${name}"]`);
	if (!master) return;
	const boxes = all(`input[name="${name}"]:not(:disabled)`);
	if (target === master) for (const box of boxes) box.checked = master.checked;
	const number = boxes.filter(box => box.checked).length;
	master.checked = number === boxes.length;
	master.indeterminate = number > 0 && !master.checked;
	for (const out of all(`[data-checked="${name}"]`)) out.textContent = number;
});

/* ---- A page that waits for a bank reads itself again; one that leaves for it presses its button ---- */
const poll = part => setTimeout(async () => {
	try {
		const text = await (await fetch(location.href, { credentials: "same-origin" })).text();
		const fresh = one("#" + part.id, new DOMParser().parseFromString(text, "text/html"));
		if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(fresh); else { poll(part); return; }
		if ("poll" in fresh.dataset) poll(fresh);
	} catch { poll(part); }
}, part.dataset.poll * 1000);

const start = () => {
	all("[data-poll]").forEach(poll);
	/* Once: coming back with the browser's own button must not leave again. */
	const go = one("form[data-go]");
	if (go && !keep("sessionStorage", location.pathname)) { keep("sessionStorage", location.pathname, "1"); go.submit(); }
	all("form.book").forEach(booking);
	all("[data-opens]").forEach(countdown);
	all("form[data-guard]").forEach(guard);
	all("form.book").forEach(remembered);
	one(".errors")?.focus();
	settleBoard();
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();

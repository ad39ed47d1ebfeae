/* The register of the day. Each touch is kept on the tablet before anything else, sent at once, and
   forgotten only when the server says that it is saved. What a button means is also written in
   preau/attendance/pressing.py. */
(() => {
"use strict";
const KEY = "preau.register", EVERY = 4000, MOST = 200;
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const page = one("[data-register]"), sync = one("[data-sync]");
if (!sync) return;

/* ---- What waits: touches with the address they go to, on the tablet itself ---- */
let memory = [];
const waiting = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return memory; } };
const keep = touches => { memory = touches; try { localStorage.setItem(KEY, JSON.stringify(touches)); } catch { /* kept in memory */ } };
const forget = uuids => { const gone = new Set(uuids); keep(waiting().filter(touch => !gone.has(touch.uuid))); };
const mine = () => waiting().filter(touch => page && touch.url === page.dataset.touches);

/* ---- The server's clock, as it was when the page was made; two touches never share an instant ---- */
const ahead = page ? Date.parse(page.dataset.now) - Date.now() : 0;
let last = 0;
const instant = () => (last = Math.max(last + 1, Date.now() + ahead));
const clock = new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const hourOf = at => clock.format(at).replace(/[^\d]+/, ":").slice(0, 5);

/* ---- Showing ---- */
let away = false, refused = "", signedOut = false;
const say = () => {
	const count = waiting().length, words = one("[data-sync-words]", sync);
	const several = `${count} pointage${count > 1 ? "s" : ""}`;
	let text = "Tout est enregistré.";
	if (signedOut) text = `Reconnectez-vous pour continuer.${count ? ` ${several} gardé${count > 1 ? "s" : ""} sur cette tablette.` : ""}`;
	else if (refused) text = refused;
	else if (count) text = `${several} en attente d’envoi${away ? " : pas de réseau" : ""}.`;
	else if (away) text = "Pas de réseau. Tout ce qui est pointé ici est enregistré.";
	if (words.textContent !== text) words.textContent = text;
	sync.dataset.sync = signedOut || refused ? "err" : count || away ? "wait" : "ok";
	one("[data-sync-again]", sync).hidden = !(signedOut || refused);
};
const shown = row => row.dataset.state || "left";
const tally = (name, by) => { const count = one(`[data-count="${name}"]`); if (count) count.textContent = Number(count.textContent) + by; };
const setState = (row, value) => {
	tally(shown(row), -1);
	row.dataset.state = value !== "present" && "excused" in row.dataset ? "excused" : value;
	tally(shown(row), 1);
	for (const button of all("[data-press]", row)) {
		const pressed = button.dataset.press === value;
		button.setAttribute("aria-pressed", pressed);
		button.value = pressed ? "undo" : button.dataset.press;
	}
};
const show = touch => {
	const row = document.getElementById(`r${touch.child}-${touch.family}`);
	if (!row) return;
	row.dataset.touched = "";
	if (touch.kind === "state") setState(row, touch.value);
	else { const input = one(`input[name="${touch.kind}"]`, row); if (input) input.value = touch.value; }
};

/* ---- Touching ---- */
const touched = (row, values) => {
	const [child, family] = row.id.slice(1).split("-").map(Number), at = instant();
	const made = Object.entries(values).map(([kind, value]) => ({
		url: page.dataset.touches, uuid: newId(), child, family, kind, value, at: new Date(at).toISOString(),
	}));
	keep([...waiting(), ...made]);
	made.forEach(show);
	say();
	send();
};
const newId = () => {
	if (crypto.randomUUID) return crypto.randomUUID();
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
	const hex = [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
const press = (row, button) => {
	const arrived = one("[name=arrived]", row).value, left = one("[name=left]", row).value;
	if (button === "present") return touched(row, { state: "present", ...("today" in page.dataset && !arrived ? { arrived: hourOf(instant()) } : {}) });
	if (button === "leave") return touched(row, { left: hourOf(instant()) });
	if (button === "absent" || button === "undo") touched(row, { state: button === "absent" ? "absent" : "", ...(arrived ? { arrived: "" } : {}), ...(left ? { left: "" } : {}) });
};
document.addEventListener("submit", event => {
	const form = event.target.closest("form[data-touch]");
	if (!form) return;
	event.preventDefault();
	/* Enter in an hour presses nothing: the hour itself is what was touched. */
	if (document.activeElement?.type !== "time") press(form.closest("li"), event.submitter?.value);
});
document.addEventListener("change", ({ target }) => {
	const row = target.closest("form[data-touch]")?.closest("li");
	if (row && target.type === "time") touched(row, { [target.name]: target.value });
});
document.addEventListener("keydown", event => { if (event.key === "Enter" && event.target.type === "time") { event.preventDefault(); event.target.blur(); } });

/* ---- Sending: what one address refuses does not stop the others ---- */
let sending = false;
const stuck = new Set();
const options = { credentials: "same-origin", redirect: "manual", cache: "no-store" };
const limit = () => AbortSignal.timeout(12000);
const send = async () => {
	if (sending) return;
	sending = true;
	try {
		let touch;
		while ((touch = waiting().find(each => !stuck.has(each.url)))) {
			const batch = waiting().filter(each => each.url === touch.url).slice(0, MOST);
			const answer = await fetch(touch.url, { ...options, method: "POST", signal: limit(),
				headers: { "Content-Type": "application/json", "X-CSRFToken": one("[name=csrfmiddlewaretoken]", sync).value },
				body: JSON.stringify({ touches: batch.map(({ url, ...rest }) => rest) }) });
			away = false;
			if (!await settled(answer, touch.url)) break;
		}
	} catch { away = true; }
	sending = false;
	say();
	if (!away && !signedOut && !waiting().length) look();
};
/* Whether the rest may be sent now. */
const settled = async (answer, url) => {
	if (answer.ok) {
		const { saved, refused: strangers } = await answer.json();
		forget([...saved, ...strangers]);
		if (strangers.length) refused = "Un enfant pointé ici n’est plus dans ce pointage : rechargez la page.";
		return true;
	}
	if (answer.type === "opaqueredirect" || answer.status === 403) { signedOut = true; return false; }
	if (answer.status >= 500 || answer.status === 429) { away = true; return false; }
	if (answer.status === 409) { refused = (await answer.json()).sentence; return false; }
	stuck.add(url);
	refused = "Des pointages n’ont pas été acceptés ; ils sont gardés sur cette tablette. Rechargez la page.";
	return true;
};

/* ---- What the other tablets did ---- */
let looking = false;
const look = async () => {
	if (!page || looking || "coming" in page.dataset || document.hidden || mine().length) return;
	looking = true;
	try {
		const answer = await fetch(page.dataset.state, { ...options, signal: limit() });
		away = !answer.ok && answer.status >= 500;
		if (answer.type === "opaqueredirect") signedOut = true;
		else if (answer.ok && (await answer.json()).mark !== page.dataset.mark) await refresh();
	} catch { away = true; }
	looking = false;
	say();
};
const refresh = async () => {
	const answer = await fetch(location.href, { ...options, signal: limit() });
	if (!answer.ok) return;
	const fresh = one("[data-register]", new DOMParser().parseFromString(await answer.text(), "text/html"));
	/* Touched meanwhile: that page is already old. */
	if (!fresh || mine().length) return;
	const ids = root => all(".reg>li", root).map(row => row.id).join();
	if (ids(fresh) === ids(page)) all(".reg>li", fresh).forEach(replace);
	else all(":scope>:not(form)", page).forEach((part, at) => at ? part.remove() : part.replaceWith(one(".tally", fresh))), page.append(...all(":scope>:not(form):not(.tally)", fresh));
	for (const count of all("[data-count]", fresh)) one(`[data-count="${count.dataset.count}"]`, page).textContent = count.textContent;
	page.dataset.mark = fresh.dataset.mark;
};
const replace = row => {
	const old = document.getElementById(row.id), focus = document.activeElement;
	if (old.dataset.seen === row.dataset.seen && !("touched" in old.dataset)) return;
	const inside = old.contains(focus);
	/* Somebody is writing an hour here: this row waits for the next time. */
	if (inside && focus.type === "time") return;
	if (one("details[open]", old)) one("details", row).open = true;
	const again = inside && (focus.dataset.press ? `[data-press=${focus.dataset.press}]` : focus.name ? `[name=${focus.name}].leave` : focus.localName);
	old.replaceWith(row);
	if (again) one(again, row)?.focus();
};

/* ---- Starting ---- */
mine().forEach(show);
say();
send();
const tick = () => { if (waiting().some(touch => !stuck.has(touch.url))) { if (!signedOut) send(); } else look(); };
setInterval(tick, EVERY);
addEventListener("online", tick);
document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
addEventListener("storage", event => { if (event.key === KEY) say(); });
})();

((ask, what) => {
	const seen = e => {
		const box = e.getBoundingClientRect();
		return box.width > 0 && box.height > 0 && getComputedStyle(e).visibility !== "hidden";
	};
	const all = (under, selector) => [...under.querySelectorAll(selector)].filter(seen);
	const words = e => (e.innerText || "").replace(/\s+/g, " ").trim();
	if (what === "rows") {
		return all(document, ask.Rows).slice(0, 200).map((row, index) => {
			const facts = {}, has = {};
			for (const [fact, selector] of Object.entries(ask.Facts || {})) {
				const found = all(row, selector);
				if (found.length > 0) {
					facts[fact] = words(found[0]).slice(0, 300);
					has[fact] = true;
				}
			}
			const lines = (row.innerText || "").split("\n").map(l => l.trim()).filter(l => l !== "").slice(0, 20).map(l => l.slice(0, 300));
			return {index, value: (row.getAttribute(ask.Attribute) || "").slice(0, 1000), lines, facts, has};
		});
	}
	let under = document;
	if (ask.Row) {
		under = all(document, ask.Row.Rows)[ask.Row.Index];
		if (!under || under.getAttribute(ask.Row.Attribute) !== ask.Row.Value) {
			return 0;
		}
	}
	const fit = all(under, ask.Selector).filter(e => ask.Text === "" || words(e) === ask.Text);
	if (what === "press" && fit.length === 1) {
		fit[0].click();
	}
	return fit.length;
})

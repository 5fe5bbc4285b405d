// What is done on a page, all of it at one moment: this runs in a world of its own, which the page's own scripts can not
// reach into, and nothing of the page runs while it does.
(() => {
	const maxRows = MAX_ROWS, maxText = MAX_TEXT, maxLines = MAX_LINES;
	const squeeze = (text) => (text || '').replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, ' ').trim().slice(0, maxText);
	const visible = (element) => element.getClientRects().length > 0 && element.checkVisibility({ visibilityProperty: true });
	const textOf = (element) => squeeze(element.innerText || element.value || '');
	const fits = (element, mark) => {
		const text = textOf(element).toLowerCase();
		return (!mark.texts || !mark.texts.length || mark.texts.includes(text)) &&
			(!mark.says || !mark.says.length || mark.says.some((part) => text.includes(part)));
	};
	const all = (root, mark) => [...root.querySelectorAll(mark.selector)].filter((element) => visible(element) && fits(element, mark));
	const part = (row, place) => {
		const element = [...row.querySelectorAll(place.selector)].find(visible);
		return !element ? '' : place.attribute ? squeeze(element.getAttribute(place.attribute)) : textOf(element);
	};
	const rowsOf = (asked) => [...document.querySelectorAll(asked.rows)].filter(visible).slice(0, maxRows + 1).map((element) => {
		const keyed = asked.keyOf ? element.querySelector(asked.keyOf) : element;
		return {
			element,
			key: (keyed && keyed.getAttribute(asked.key) || '').slice(0, maxText),
			lines: element.innerText.split('\n').map(squeeze).filter(Boolean).slice(0, maxLines),
			parts: (asked.parts || []).map((place) => part(element, place)),
		};
	});
	return {
		look: (question) => ({
			host: location.hostname,
			path: location.pathname,
			seen: question.marks.map((mark) => all(document, mark).length > 0),
			rows: !question.rows ? [] : rowsOf(question.rows).map((row) => ({
				key: row.key,
				lines: row.lines,
				parts: row.parts,
				seen: question.rows.marks.map((mark) => all(row.element, mark).length > 0),
			})),
		}),
		press: (aim) => {
			let root = document;
			if (aim.rows) {
				const rows = rowsOf(aim.rows).filter((row) => row.key === aim.key);
				if (rows.length !== 1 || !(rows[0].lines.includes(aim.name) || rows[0].parts.includes(aim.name))) {
					return { count: 0 };
				}
				root = rows[0].element;
			}
			const aimed = all(root, aim.mark);
			if (aimed.length === 1 && !aimed[0].disabled) {
				aimed[0].click();
			}
			return { count: aimed.length === 1 && aimed[0].disabled ? 0 : aimed.length };
		},
	};
})()

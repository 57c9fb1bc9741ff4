// What the table shows of its figures for a state: which rows and columns, in which order, and two variants compared. No page.

/** The fields that a variant's column has to match. */
const OF_VARIANTS = ["model", "place", "entry"];
const LAST = Infinity;

const words = (text) => (text ?? "").split(/\s+/).filter(Boolean);
const isKnown = (cell) => cell?.value !== undefined;
/** Return what stands in the place of a figure: n/a of one that was asked for. */
const missing = (cell) => (cell ? cell.text ?? "n/a" : "–");

/** Return a row as it is used, its cells by variant: it comes with a list of them, a figure as a list in the order of `fields`. */
function unpacked(row, { orders, fields }) {
  const named = (cell) => {
    if (!Array.isArray(cell)) return cell;
    const parts = {};
    for (let at = 0; at < cell.length; at++) if (cell[at] !== null) parts[fields[at]] = cell[at];
    return parts;
  };
  return { ...row, cells: Object.fromEntries(row.cells.map((cell, at) => [orders[row.order][at], named(cell)])) };
}

/** Return whether more is shown than the section that is unfolded at first. */
const needsAll = (state) => Boolean(state.q || state.section || state.turned || state.by);

/** Return the variants that are shown, in the order of one row's figures, best first, where the state names it. */
function columnsOf({ variants, rows }, state) {
  const off = words(state.off);
  const shown = variants.filter((it) =>
    state.a && state.b
      ? it.id === state.a || it.id === state.b
      : !off.includes(it.id) && OF_VARIANTS.every((name) => !state[name] || it[name] === state[name]),
  );
  const row = rows.find((it) => it.id === state.by);
  if (!row) return shown;
  const rank = ({ id }) => (isKnown(row.cells[id]) ? (row.higher ? -1 : 1) * row.cells[id].value : LAST);
  return shown.toSorted((one, other) => compareNumbers(rank(one), rank(other)));
}

/** Return the sections that have rows to show, each with them, their number, and whether it is unfolded. */
function groupsOf({ sections, rows, open }, state) {
  const asked = words(state.q?.toLowerCase());
  const titles = Object.fromEntries(sections.map((it) => [it.id, it.title]));
  const isWanted = (row) => {
    const text = `${row.label} ${titles[row.section]} ${row.run}`.toLowerCase();
    return (!state.section || row.section === state.section) && asked.every((word) => text.includes(word));
  };
  const turned = words(state.turned);
  const isFiltered = Boolean(asked.length || state.section);
  const groups = sections.map((it) => {
    const wanted = rows.filter((row) => row.section === it.id && isWanted(row));
    const isOpen = (isFiltered || it.id === open) !== turned.includes(it.id);
    return { ...it, rows: sorted(wanted, state), count: isFiltered ? wanted.length : it.count, isOpen };
  });
  return groups.filter((it) => it.count);
}

/** Return [variant, direction] of the sorting, both empty for none. */
const sortingOf = (state) => [...words(state.sort), "", ""].slice(0, 2);

/** Return rows by how much worse than the baseline a variant is; those of which that isn't known come last. */
function sorted(rows, state) {
  const [name, direction] = sortingOf(state);
  if (!name) return rows;
  const worse = (row) => row.cells[name]?.worse ?? LAST;
  const sign = direction === "descending" ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [worse(one), worse(other)];
    return a === LAST || b === LAST ? compareNumbers(a, b) : sign * (a - b);
  });
}

const compareNumbers = (a, b) => (a === b ? 0 : a - b);

/**
 * Return {ratio, low, high, difference} of two variants' figures, the second against the first; null where one has none.
 *
 * The interval is that of the quotient of two independent figures: on logarithms, half-widths add as squares.
 */
function comparison(row, a, b) {
  const [first, second] = [row.cells[a], row.cells[b]];
  if (!isKnown(first) || !isKnown(second)) return null;
  const difference = second.value - first.value;
  if (!(first.value > 0 && second.value > 0)) return { difference };
  const ratio = second.value / first.value;
  const half = Math.hypot(halfWidth(first), halfWidth(second));
  return { difference, ratio, low: ratio * Math.exp(-half), high: ratio * Math.exp(half) };
}

/** Return half the width of an interval on logarithms, NaN where there is none. */
const halfWidth = ({ low, high }) => (low > 0 && Number.isFinite(high) ? Math.log(high / low) / 2 : NaN);

/** Return a comparison in words: `3.00× [2.61, 3.45], +21.9 ms`. */
function compared(row, a, b) {
  const found = comparison(row, a, b);
  if (!found) return "n/a";
  const sign = found.difference < 0 ? "−" : "+";
  const difference = `${sign}${quantity(Math.abs(found.difference), row.unit)}`;
  if (found.ratio === undefined) return difference;
  const [ratio, low, high] = [found.ratio, found.low, found.high].map(digits);
  const interval = Number.isNaN(found.low) ? "no interval" : `[${low}, ${high}]`;
  const verdict = found.low > 1 || found.high < 1 ? "" : Number.isNaN(found.low) ? "" : ", not significant";
  return `${ratio}× ${interval}, ${difference}${verdict}`;
}

const digits = (value) => (value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3));

const BYTES = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [0, "B"]];

/** Return a figure with its unit, as the report writes it. */
function quantity(value, unit) {
  if (unit === "bytes") {
    const [size, name] = BYTES.find(([least]) => value >= least);
    return `${digits(value / (size || 1))} ${name}`;
  }
  if (unit === "count" || unit === "lines") return Number.isInteger(value) ? String(value) : digits(value);
  if (unit === "share") return `${digits(100 * value)} %`;
  return unit === "ratio" ? `${digits(value)}×` : `${digits(value)} ${unit}`;
}

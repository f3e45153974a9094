"use strict";
// The page is whole without this. Here: what a reader points at is lit wherever it is shown, and told;
// blocks of the picture open and shut; the table sorts, filters and folds. Texts are only ever set as
// text.

const SVG = "http://www.w3.org/2000/svg";

function make(name, content = "", attributes = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat());
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function drawn(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function button(label, action) {
  const made = make("button", label, { type: "button" });
  made.addEventListener("click", action);
  return made;
}

// -- a network: its sections, and what its parts are ---------------------------------------------

class Network {
  constructor(prefix) {
    const all = [...document.querySelectorAll("section[data-network]")];
    this.sections = all.filter((section) => section.dataset.network === prefix);
    const data = document.getElementById(`${prefix}data`);
    this.data = data ? JSON.parse(data.textContent) : null;
    const tables = this.sections.flatMap((each) => [...each.querySelectorAll(".layers table")]);
    this.table = tables.length ? new LayerTable(tables[0]) : null;
    this.graphs = this.sections
      .flatMap((each) => [...each.querySelectorAll("svg.graph")])
      .map((svg) => new GraphPicture(svg));
    for (const section of this.sections) {
      for (const sort of ["pointerover", "focusin"])
        section.addEventListener(sort, (event) => this.pointed(event.target));
    }
  }

  pointed(at) {
    const found = at.closest("[data-part]");
    if (found) this.show(Number(found.dataset.part));
  }

  // Light a part wherever it is shown, and tell of it.
  show(part) {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    const row = this.table?.rows[part];
    const line = row?.link && document.getElementById(row.link.hash.slice(1));
    if (line) line.classList.add("lit");
    const numbers = [part, this.data?.drawn[part]];
    for (const section of this.sections) {
      for (const each of section.querySelectorAll(`[data-part="${part}"]`))
        each.classList.add("lit");
    }
    for (const graph of this.graphs) graph.light(numbers);
    if (row) reader.tell(row, this.table.titles, this.data, part);
  }
}

// -- what is told of a part ----------------------------------------------------------------------

const reader = {
  place: document.getElementById("reader"),

  open() {
    this.place.hidden = false;
    const noun = document.querySelector(".layers thead th")?.textContent ?? "layer";
    const told = `Point at a ${noun}, or go to one with the keyboard: it is told here.`;
    this.place.replaceChildren(make("p", told));
  },

  tell(row, titles, data, part) {
    const head = make("h2", row.path);
    const cells = [...row.element.cells].slice(1);
    const terms = titles.slice(1).map((title, n) => [title, cells[n].textContent]);
    const facts = (data?.of[part] ?? []).map((number) => data.facts[number].split("\t"));
    const measured = terms.filter(([title]) => title === "measured");
    const shown = facts.length ? [terms[0], ...facts, ...measured] : terms;
    const list = make("dl");
    for (const [term, text] of shown.filter((pair) => pair[1]))
      list.append(...(term ? [make("dt", term)] : []), make("dd", text));
    const field = data?.fields[part];
    this.place.classList.add("telling");
    this.place.replaceChildren(
      button("Close", () => this.place.classList.remove("telling")),
      head,
      ...(field ? [this.sheet(data.input, field)] : []),
      list,
    );
  },

  // The input, and what the middle output sees of it, to scale; what is outside is padding.
  sheet([high, wide], [top, bottom, left, right]) {
    const [x, y] = [Math.min(0, left), Math.min(0, top)];
    const [w, h] = [Math.max(wide, right) - x, Math.max(high, bottom) - y];
    const [across, down] = high > 1 ? [200 / Math.max(w, h), 200 / Math.max(w, h)] : [200 / w, 24 / h];
    const box = (look, a, b, c, d) =>
      drawn("rect", {
        class: look,
        x: 2 + (a - x) * across,
        y: 2 + (b - y) * down,
        width: (c - a) * across,
        height: (d - b) * down,
      });
    const told = `The middle output sees rows ${top} to ${bottom - 1} and columns ${left} to ${right - 1}`;
    const svg = drawn("svg", { width: w * across + 4, height: h * down + 4, role: "img" });
    svg.setAttribute("aria-label", `${told} of ${high}x${wide}`);
    svg.append(box("data", 0, 0, wide, high), box("seen", left, top, right, bottom));
    const place = make("div", "", { class: "drawn" });
    place.append(svg);
    return place;
  },
};

// -- the picture: what a shut block leaves is taken out of both axes -----------------------------

// Where a place is once the cuts are taken out, but for what is kept.
function squeezed(cuts, kept) {
  let parts = joined(cuts);
  for (const [from, to] of joined(kept)) {
    const rest = [];
    for (const [a, b] of parts) {
      if (to <= a || from >= b) rest.push([a, b]);
      else {
        if (a < from) rest.push([a, from]);
        if (to < b) rest.push([to, b]);
      }
    }
    parts = rest;
  }
  return (place) =>
    parts.reduce((moved, [a, b]) => moved - Math.min(Math.max(place - a, 0), b - a), place);
}

function joined(stretches) {
  const found = [];
  for (const [a, b] of [...stretches].sort((one, other) => one[0] - other[0])) {
    const last = found[found.length - 1];
    if (last && a <= last[1]) last[1] = Math.max(last[1], b);
    else found.push([a, b]);
  }
  return found;
}

function placeOf(rectangle) {
  const [x, y, w, h] = ["x", "y", "width", "height"].map((each) =>
    Number(rectangle.getAttribute(each)),
  );
  return { x, y, w, h };
}

// A block: its frame with all in it, or what it is when it is shut.
class Block {
  constructor(element, picture) {
    this.element = element;
    this.level = Number(element.dataset.level);
    for (const pair of element.dataset.place.split(" ")) {
      const [name, value] = pair.split("=");
      this[name] = Number(value);
    }
    this.isShut = false;
    this.frame = element.querySelector(":scope > .open > .frame-of");
    this.shut = element.querySelector(":scope > .shut");
    this.around = element.parentElement.closest(".fold")?.block ?? null;
    element.block = this;
    this.shut.prepend(this.frame.querySelector("title").cloneNode(true));
    for (const [face, open] of [[this.frame, true], [this.shut, false]]) {
      face.setAttribute("role", "button");
      face.setAttribute("aria-expanded", open);
      this.sign(face, open ? "\u2212" : "+");
      face.addEventListener("click", () => picture.toggle(this));
      face.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        picture.toggle(this);
      });
    }
  }

  sign(face, text) {
    const [x, y] = [this.x + this.w + 2, this.y + (face === this.shut ? this.high / 2 : 12)];
    face.append(
      drawn("circle", { class: "part sign", cx: x, cy: y, r: 5.5 }),
      drawn("text", { class: "strong sign", x, y: y + 4, "text-anchor": "middle" }, text),
    );
  }

  get isVisible() {
    for (let each = this.around; each; each = each.around) if (each.isShut) return false;
    return true;
  }

  // The stretches that go when it is shut, and those that stay.
  cuts() {
    return { x: [this.x, this.x + this.w], y: [this.y + this.high, this.y + this.h] };
  }

  keeps() {
    if (this.isShut) {
      const left = Math.max(this.x, Math.min(this.middle - this.wide / 2, this.x + this.w - this.wide));
      return { x: [[left, left + this.wide]], y: [] };
    }
    const [right, bottom] = [this.x + this.w, this.y + this.h];
    return {
      x: [[this.x, this.x + this.title + 14], [right - 12, right]],
      y: [[this.y, this.y + 20], [bottom - 10, bottom]],
    };
  }

  // Frame and shut box go with their edges; what stands in them with the edge that it is at.
  put(fx, fy) {
    const [x, y, right, bottom] = [fx(this.x), fy(this.y), fx(this.x + this.w), fy(this.y + this.h)];
    for (const face of [this.frame, this.shut]) {
      for (const each of face.children) {
        if (each.matches("rect.heat")) {
          each.whole ??= Number(each.getAttribute("width"));
          each.setAttribute("width", (each.whole * (right - x)) / this.w);
          move(each, x - this.x, y - this.y);
        } else if (each.matches("rect")) {
          const size = { x, y, width: right - x, height: bottom - y };
          for (const [name, value] of Object.entries(size)) each.setAttribute(name, value);
        } else if (each.matches("polygon")) {
          const tip = pointsOf(each)[0];
          move(each, fx(tip[0]) - tip[0], y - this.y);
        } else if (each.matches("[text-anchor=end], .sign")) move(each, right - this.x - this.w, y - this.y);
        else move(each, x - this.x, y - this.y);
      }
    }
    this.element.classList.toggle("is-shut", this.isShut);
  }
}

function move(element, x, y) {
  element.setAttribute("transform", `translate(${x} ${y})`);
}

function pointsOf(polygon) {
  return polygon.getAttribute("points").split(" ").map((pair) => pair.split(",").map(Number));
}

// The steps of a wire, `M250 30V44` or a curve, as a letter and numbers.
function stepsOf(path) {
  const steps = path.getAttribute("d").match(/[MVC][^MVC]*/g);
  return steps.map((step) => [step[0], step.slice(1).trim().split(" ").map(Number)]);
}

// Of the shapes of a picture that can be touched, the keyboard stops at one; arrows lead to the
// others.
class Stops {
  constructor(svg, shapes) {
    this.svg = svg;
    this.shapes = shapes;
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    svg.addEventListener("keydown", (event) => {
      const ends = { Home: 0, End: this.faces.length - 1 };
      const number = ends[event.key] ?? this.faces.indexOf(this.here) + (steps[event.key] ?? NaN);
      const face = this.faces[number];
      if (!face) return;
      event.preventDefault();
      this.at(face);
      face.focus();
    });
    svg.addEventListener("focusin", (event) => {
      const face = event.target.closest(shapes);
      if (face) this.at(face);
    });
  }

  find() {
    this.faces = [...this.svg.querySelectorAll(this.shapes)].filter(
      (each) => each.getClientRects().length && each.closest("a.box, .fold"),
    );
    if (!this.faces.includes(this.here)) this.here = this.faces[0];
    this.at(this.here);
  }

  at(face) {
    if (!face) return;
    for (const each of this.faces) each.setAttribute("tabindex", -1);
    face.setAttribute("tabindex", 0);
    this.here = face;
  }
}

class GraphPicture {
  constructor(svg) {
    this.svg = svg;
    this.size = [Number(svg.getAttribute("width")), Number(svg.getAttribute("height"))];
    const around = (element) => element.parentElement.closest(".fold")?.block ?? null;
    this.blocks = [...svg.querySelectorAll(".fold")].map((each) => new Block(each, this));
    this.boxes = [...svg.querySelectorAll(".box, .end")].map((element) => {
      const outline = element.querySelector("rect");
      return { element, ...placeOf(outline), outline, block: around(element) };
    });
    this.wires = [...svg.querySelectorAll("path.wire")].map((element) => ({
      element,
      steps: stepsOf(element),
      block: around(element),
    }));
    this.heads = [...svg.querySelectorAll("polygon.head")]
      .filter((each) => !each.closest(".shut"))
      .map((element) => ({ element, tip: pointsOf(element)[0], block: around(element) }));
    const open = Number(svg.closest("[data-open]").dataset.open);
    for (const block of this.blocks) block.isShut = block.level >= open;
    if (this.blocks.length) this.controls();
    this.stops = new Stops(svg, "a.box, .frame-of, .shut");
    this.put();
    const first = this.boxes[0];
    if (first) svg.parentElement.scrollLeft = first.x + first.w / 2 - svg.parentElement.clientWidth / 2;
  }

  controls() {
    const all = (shut) => () => {
      for (const block of this.blocks) block.isShut = shut;
      this.put();
    };
    const said = make("p", "Click a block, or press Enter on it, to open or shut it. ", {
      class: "controls",
    });
    said.append(button("Open all", all(false)), " ", button("Shut all", all(true)));
    this.svg.parentElement.before(said);
  }

  isSeen(block) {
    return !block || (!block.isShut && block.isVisible);
  }

  put() {
    const cuts = { x: [], y: [] };
    const kept = { x: [], y: [] };
    for (const block of this.blocks.filter((each) => each.isVisible)) {
      const { x, y } = block.keeps();
      kept.x.push(...x);
      kept.y.push(...y);
      if (!block.isShut) continue;
      kept.y.push([block.y, block.y + block.high]);
      cuts.x.push(block.cuts().x);
      cuts.y.push(block.cuts().y);
    }
    for (const { x, y, w, h, outline } of this.boxes.filter((each) => this.isSeen(each.block))) {
      if (outline.matches(".frame")) continue;
      kept.x.push([x - 2, x + w + 2]);
      kept.y.push([y, y + h]);
    }
    const wires = this.wires.filter((each) => this.isSeen(each.block));
    for (const { steps } of wires) this.keepWire(steps, kept);
    const [fx, fy] = [squeezed(cuts.x, kept.x), squeezed(cuts.y, kept.y)];
    for (const block of this.blocks) if (block.isVisible) block.put(fx, fy);
    for (const each of this.boxes) this.putBox(each, fx, fy);
    for (const { element, steps } of wires) element.setAttribute("d", this.bent(steps, fx, fy));
    for (const { element, tip } of this.heads)
      move(element, fx(tip[0]) - tip[0], fy(tip[1]) - tip[1]);
    const [width, height] = [fx(this.size[0]), fy(this.size[1])];
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.stops.find();
  }

  // Two wires beside each other stay so; a bend keeps its height.
  keepWire(steps, kept) {
    let at = [0, 0];
    for (const [letter, numbers] of steps) {
      const to = letter === "V" ? [at[0], numbers[0]] : numbers.slice(-2);
      kept.x.push([to[0] - 6, to[0] + 6]);
      if (letter === "C") kept.y.push([Math.min(at[1], to[1]), Math.max(at[1], to[1])]);
      at = to;
    }
  }

  putBox({ element, outline, x, y, w, h }, fx, fy) {
    if (!outline.matches(".frame")) return move(element, fx(x) - x, fy(y) - y);
    const size = { x: fx(x), y: fy(y), width: fx(x + w) - fx(x), height: fy(y + h) - fy(y) };
    for (const [name, value] of Object.entries(size)) outline.setAttribute(name, value);
    for (const each of element.querySelectorAll("text")) move(each, fx(x) - x, fy(y) - y);
  }

  bent(steps, fx, fy) {
    const written = ([letter, numbers]) =>
      letter + (letter === "V" ? [fy(numbers[0])] : numbers.map((n, i) => (i % 2 ? fy(n) : fx(n)))).join(" ");
    return steps.map(written).join("");
  }

  toggle(block) {
    block.isShut = !block.isShut;
    this.put();
    const face = block.isShut ? block.shut : block.frame;
    this.stops.at(face);
    face.focus({ preventScroll: true });
  }

  // Light the box of a part, or the outermost shut block that it is in.
  light(numbers) {
    for (const part of numbers) {
      const found = this.svg.querySelector(`[data-part="${part}"]`);
      if (!found) continue;
      let seen = found;
      for (let block = found.parentElement.closest(".fold")?.block; block; block = block.around)
        if (block.isShut) seen = block.element;
      seen.classList.add("lit");
      return;
    }
  }
}

// -- the table -----------------------------------------------------------------------------------

class LayerTable {
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.depth = Number(table.dataset.depth || Infinity);
    const heads = [...table.tHead.rows[0].cells];
    this.titles = heads.map((each) => each.textContent);
    this.rows = this.read();
    this.sorted = { column: -1, up: false };
    heads.forEach((head, column) => this.head(head, column));
    this.filter = make("input", "", { type: "search", id: `${table.id}-filter` });
    this.filter.addEventListener("input", () => this.show());
    this.said = make("span", "", { role: "status" });
    this.second = Number(table.dataset.second || 1);
    const by = `Filter by name or ${this.titles[this.second]} `;
    const label = make("label", by, { for: this.filter.id });
    const controls = make("p", [label, this.filter, " "], { class: "controls" });
    if (this.rows.some((row) => row.isGroup))
      controls.append(
        button("Open all", () => this.fold(false)),
        " ",
        button("Shut all", () => this.fold(true)),
        " ",
      );
    controls.append(this.said);
    table.closest(".scrolls").before(controls);
    this.show();
  }

  read() {
    const open = [];
    return [...this.body.rows].map((element, part) => {
      element.dataset.part = part;
      const level = Number(element.dataset.level || 0);
      const name = element.cells[0].textContent;
      const around = open[level - 1] ?? null;
      const isGroup = element.classList.contains("group");
      const path = around && level ? `${around.path}.${name}` : name;
      const link = element.querySelector("a[href]");
      const row = { element, level, name, path, around: level ? around : null, isGroup, link };
      row.isShut = isGroup && level + 1 >= this.depth;
      open[level] = row;
      if (isGroup) this.opener(row);
      return row;
    });
  }

  opener(row) {
    row.button = button(row.name, () => {
      row.isShut = !row.isShut;
      this.show();
    });
    row.element.cells[0].replaceChildren(row.button);
  }

  head(head, column) {
    head.replaceChildren(button(this.titles[column], () => this.sort(column)));
  }

  fold(shut) {
    for (const row of this.rows) if (row.isGroup) row.isShut = shut;
    this.show();
  }

  // By numbers the largest first, by texts from A; then the other way; then as the network goes.
  sort(column) {
    const first = !this.rows.some((row) => typeof key(row, column) === "number");
    const { column: before, up } = this.sorted;
    if (before !== column) this.sorted = { column, up: first };
    else if (up === first) this.sorted = { column, up: !first };
    else this.sorted = { column: -1, up: false };
    this.show();
  }

  show() {
    const { column, up } = this.sorted;
    const isSorted = column >= 0;
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (row) => {
      const text = `${row.path} ${row.element.cells[this.second].textContent}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const met = new Set(this.rows.filter((row) => !row.isGroup && has(row)));
    const seen = new Set(met);
    for (const row of met) for (let each = row.around; each; each = each.around) seen.add(each);
    for (const row of this.rows) {
      let isHidden = !seen.has(row);
      if (isSorted) isHidden ||= row.isGroup;
      else if (!words.length)
        for (let each = row.around; each; each = each.around) isHidden ||= each.isShut;
      row.element.hidden = isHidden;
      if (row.isGroup) row.button.setAttribute("aria-expanded", words.length ? true : !row.isShut);
      else row.element.cells[0].textContent = isSorted ? row.path : row.name;
    }
    this.table.classList.toggle("sorted", isSorted);
    this.body.append(...this.order(column, up).map((row) => row.element));
    [...this.table.tHead.rows[0].cells].forEach((head, number) => {
      if (number === column) head.setAttribute("aria-sort", up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    const layers = this.rows.filter((row) => !row.isGroup).length;
    this.said.textContent = words.length ? `${met.size} of ${layers} ${this.titles[0]}s` : "";
  }

  order(column, up) {
    if (column < 0) return this.rows;
    const sign = up ? 1 : -1;
    return [...this.rows].sort((one, other) => {
      const [a, b] = [key(one, column), key(other, column)];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(b));
    });
  }
}

// What a row is sorted by: its exact number; of `64x56x56` the product; null where there is none.
function key(row, column) {
  if (!column) return row.path;
  const cell = row.element.cells[column];
  if (cell.dataset.n !== undefined) return Number(cell.dataset.n);
  const text = cell.textContent.trim();
  if (!text) return null;
  const number = /^([\d,.]+)((?:x[\d,.]+)*)(\*|[ ]|$)/.exec(text);
  if (!number) return text;
  const sizes = `${number[1]}${number[2]}`.replaceAll(",", "").split("x");
  return sizes.reduce((product, size) => product * Number(size), 1);
}

// -- beginning -----------------------------------------------------------------------------------

if (reader.place) {
  reader.open();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") reader.place.classList.remove("telling");
  });
}
const prefixes = [...document.querySelectorAll("section[data-network]")].map(
  (section) => section.dataset.network,
);
for (const prefix of new Set(prefixes)) new Network(prefix);
for (const svg of document.querySelectorAll("svg.dots")) new Stops(svg, "a.box").find();

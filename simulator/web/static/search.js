// Looks through the documentation in the page itself: the words of all pages are fetched once, when somebody searches
// for the first time, and nothing is asked of a server from then on.

// What a word in a title, a heading, the first column of a table, or the title of the page counts beside the text.
const TITLE = 4, HEADING = 3, NAME = 1, PAGE = 0.5;
// See BM25: how soon repeating a word stops to count, and how much a long text is marked down.
const SATURATION = 1.2, LENGTH = 0.4;
const PREFIX = 0.6, MISSPELT = 0.4;
// Pages that were written to be followed come before those that list or measure everything.
const LATER = 0.7, LATER_SECTIONS = new Set(["Reference", "About it"]);
const MOST = 20, EXCERPT = 160;
const COMMON = new Set("a an and are as at be by do does for from how i if in is it my of on or that the to what when where which with".split(" "));

/** The words of a text in small letters; of `PASS_SIMULATOR_PORT` and `userID` also what they are made of. */
export function words(text) {
  const found = [];
  for (const [word] of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    found.push(word.toLowerCase());
    const pieces = word.split(/_|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
    if (pieces.length > 1) found.push(...pieces.map(each => each.toLowerCase()));
  }
  return found;
}

/** Whether one letter too many, missing, wrong or swapped makes one word of the other. */
function near(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const rest = one.slice(start), left = other.slice(start);
  return rest.slice(1) === left || rest === left.slice(1) || rest.slice(1) === left.slice(1)
    || (rest[0] === left[1] && rest[1] === left[0] && rest.slice(2) === left.slice(2));
}

export class Index {
  constructor({ pages, parts }) {
    this.pages = pages;
    this.parts = parts;
    this.terms = new Map();
    this.lengths = new Float64Array(parts.length);
    parts.forEach(([page, , heading, text, names], at) => {
      const isPage = at === 0 || parts[at - 1][0] !== page;
      // The fewer words a heading has, the more it is about each.
      this.#add(at, heading, (isPage ? TITLE : HEADING) / Math.sqrt(heading.split(/\s+/u).length));
      if (!isPage) this.#add(at, pages[page][1], PAGE);
      this.#add(at, names, NAME);
      this.#add(at, text, 0);
    });
    this.mean = this.lengths.reduce((sum, each) => sum + each, 0) / parts.length;
  }

  /** Count the words of the text of a part; those of what stands out get a bonus, the greatest one that they have. */
  #add(at, text, bonus) {
    for (const word of words(text)) {
      let places = this.terms.get(word);
      if (!places) this.terms.set(word, places = new Map());
      let place = places.get(at);
      if (!place) places.set(at, place = { times: 0, bonus: 0 });
      place.bonus = Math.max(place.bonus, bonus);
      if (!bonus) {
        place.times += 1;
        this.lengths[at] += 1;
      }
    }
  }

  #weight(at) {
    return LATER_SECTIONS.has(this.pages[this.parts[at][0]][2]) ? LATER : 1;
  }

  /** The terms of the index that a word of the query may mean, each with how much it counts. */
  #meant(word) {
    const found = new Map();
    for (const term of this.terms.keys())
      if (term === word) found.set(term, 1);
      else if (term.startsWith(word)) found.set(term, PREFIX * word.length / term.length);
    if (!found.size && word.length > 3)
      for (const term of this.terms.keys()) if (near(word, term)) found.set(term, MISSPELT);
    return found;
  }

  /** What holds the words of the query, best first: `{url, page, section, heading, text, terms}`. */
  find(query) {
    const all = [...new Set(query.match(/[\p{L}\p{N}_]+/gu)?.map(each => each.toLowerCase()))];
    const telling = all.filter(each => !COMMON.has(each));
    const asked = telling.length ? telling : all;
    const scores = new Map();
    const terms = new Set();
    for (const word of asked) {
      const best = new Map();
      for (const [term, counts] of this.#meant(word)) {
        terms.add(term);
        const places = this.terms.get(term);
        const rare = Math.log(1 + (this.parts.length - places.size + 0.5) / (places.size + 0.5));
        for (const [at, { times, bonus }] of places) {
          const long = 1 - LENGTH + LENGTH * this.lengths[at] / this.mean;
          const often = times * (SATURATION + 1) / (times + SATURATION * long);
          const score = this.#weight(at) * counts * rare * (often + bonus);
          if (score > (best.get(at) ?? 0)) best.set(at, score);
        }
      }
      for (const [at, score] of best) {
        const before = scores.get(at) ?? { words: 0, score: 0 };
        scores.set(at, { words: before.words + 1, score: before.score + score });
      }
    }
    // Parts with all of the words, and where there is none those with the most of them.
    const most = Math.max(0, ...[...scores.values()].map(each => each.words));
    return [...scores]
      .filter(([, each]) => each.words === most)
      .sort(([at, one], [other, two]) => two.score - one.score || at - other)
      .slice(0, MOST)
      .map(([at]) => this.#shown(at, terms));
  }

  #shown(at, terms) {
    const [page, anchor, heading, text] = this.parts[at];
    const [path, title, section] = this.pages[page];
    const isPage = at === 0 || this.parts[at - 1][0] !== page;
    return { url: isPage ? path : `${path}#${anchor}`, page: isPage ? section : title, heading, ...excerpt(text, terms) };
  }
}

/** The piece of a text around the first of the terms, in `pieces` of which every other one is a term. */
function excerpt(text, terms) {
  const places = [...text.matchAll(/[\p{L}\p{N}_]+/gu)].filter(([word]) => words(word).some(each => terms.has(each)));
  const first = places.length ? places[0].index : 0;
  let start = Math.max(0, first - EXCERPT / 4);
  if (start) start = text.indexOf(" ", start) + 1;
  const end = Math.min(text.length, start + EXCERPT);
  const pieces = [];
  let done = start;
  for (const { 0: word, index } of places) {
    if (index < done || index + word.length > end) continue;
    pieces.push(text.slice(done, index), word);
    done = index + word.length;
  }
  pieces.push(text.slice(done, end));
  return { pieces, cut: [start > 0, end < text.length] };
}

let loading;

function load(url) {
  loading ??= fetch(url).then(async answer => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return new Index(await answer.json());
  }).catch(error => { loading = undefined; throw error; });
  return loading;
}

/** Fill `list` with what is found for `query` below `origin`, and return what to say of it. */
export async function show(origin, query, list) {
  const index = await load(`${origin}/docs/search.json`);
  const found = query.trim() ? index.find(query) : [];
  list.replaceChildren(...found.map(each => {
    const item = document.createElement("li"), link = document.createElement("a");
    const heading = document.createElement("b"), where = document.createElement("span"), text = document.createElement("p");
    link.href = origin + each.url;
    heading.textContent = each.heading;
    where.textContent = each.page;
    text.append(each.cut[0] ? "… " : "");
    each.pieces.forEach((piece, at) => {
      if (at % 2) text.append(Object.assign(document.createElement("mark"), { textContent: piece }));
      else text.append(piece);
    });
    text.append(each.cut[1] ? " …" : "");
    link.append(heading, " ", where, text);
    item.append(link);
    return item;
  }));
  if (!query.trim()) return "";
  return found.length ? `${found.length === MOST ? "The best " : ""}${found.length} found` : "Nothing found. Try fewer or other words.";
}

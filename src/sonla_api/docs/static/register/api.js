// How the page talks to the API: plain GET requests, one place for the key and for what goes wrong.

/** The path under which a proxy serves the whole service; mostly empty. */
export const base = document.body.dataset.base;

// The key lives in this variable alone: it is gone with the page, and no link carries it.
let key = null;
const answers = new Map();

/** Something that can be told to a reader: what happened, and what to do about it. */
export class Trouble extends Error {
  /** @param {number} status of the answer; 0 when the API could not be reached. */
  constructor(status, title, detail, remedy) {
    super();
    Object.assign(this, { status, title, detail, remedy });
  }
}

/** Send this key from now on; what was asked for without it is asked for anew. */
export function useKey(given) {
  key = given;
  answers.clear();
}

/**
 * The address of a call below /api/v1.
 * A parameter may have several values, as in {kind: ["fdi", "oda_loan"]}.
 */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) query.append(name, one);
  }
  return `${base}/api/v1${path}${query.size ? `?${query}` : ""}`;
}

/**
 * What the API answers at an address; each address is asked once for all pictures.
 * Errors come as problem documents (RFC 9457), whose words are in the language asked for.
 */
export function get(href, language = document.documentElement.lang) {
  const known = `${language} ${href}`;
  if (!answers.has(known)) {
    const answer = ask(href, language);
    answers.set(known, answer);
    // What failed may work the next time.
    answer.catch(() => answers.delete(known));
  }
  return answers.get(known);
}

async function ask(href, language) {
  const headers = { Accept: "application/json", "Accept-Language": language };
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(href, { headers, credentials: "omit" });
  } catch {
    throw new Trouble(0);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Trouble(response.status, body.title, body.detail, body.type);
  return body;
}

/** The labels of a list of codes, by code, in a language that the list has. */
export async function labels(name, language) {
  const { items } = await get(address(`/code-lists/${name}`));
  return new Map(items.map((item) => [item.code, item[language]]));
}

/** An address that an answer names (href), as this page must write it below a proxy's path. */
export const link = (href) => (href.startsWith(`${base}/`) ? href : base + href);

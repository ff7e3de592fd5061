// What the page asks the server. Addresses are relative: a proxy may serve it below a path.

import { asWritten, parse } from "./json.js";
import { credential } from "./session.js";

const OF_ANOTHER =
  "A page of something else came in place of the server's answer, most likely a proxy's: load this page anew.";

const FORBIDDEN = "urn:callistics:problem:forbidden";

/** An answer that is no success; `problem` is its body as RFC 9457 has it. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }

  /** Whether the key itself is refused, not what was asked with it, such as a filter outside its scope. */
  get refusesKey() {
    return this.status === 401 || this.problem.type === FORBIDDEN;
  }
}

let heard = () => {};

/** `listen(error, used)` learns which credential was used for what was no success, whoever asked for it. */
export function onFailure(listen) {
  heard = listen;
}

export async function request(method, path, { body, accept, signal } = {}) {
  const used = credential();
  const headers = { Authorization: `Bearer ${used}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (accept) headers.Accept = accept;
  const options = { method, headers, signal, cache: "no-store", credentials: "omit" };
  if (body !== undefined) options.body = JSON.stringify(body);
  const answer = await reach(path, options);
  try {
    return await success(answer, accept);
  } catch (error) {
    // Whoever asked is told first.
    setTimeout(() => heard(error, used));
    throw error;
  }
}

/** What an answer holds, read as `json`, `text` or `blob`. */
export async function content(answer, form) {
  try {
    return await answer[form]();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { detail: "The answer of the server broke off." });
  }
}

/** An answer that is a success of the type that was asked for. */
async function success(answer, accept = "application/json") {
  if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer));
  if (mediaType(answer.headers.get("Content-Type")) !== mediaType(accept)) {
    throw new ApiError(0, { detail: OF_ANOTHER });
  }
  return answer;
}

function mediaType(header) {
  return (header ?? "").split(";")[0].trim().toLowerCase();
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, { detail: "The server cannot be reached." });
  }
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return { title: answer.statusText, detail: `The server answered ${answer.status}.` };
  }
}

async function json(method, path, options) {
  return content(await request(method, path, options), "json");
}

/** One record, whose payload may hold any number. */
async function record(path, signal) {
  const answer = await request("GET", path, { signal });
  return parse(await content(answer, "text"), asWritten);
}

/** The answers to several bodies of `POST /analytics`, each `{data}` or `{error}`, in order. */
export async function batch(queries, signal) {
  const { answers } = await json("POST", "analytics/batch", { body: { queries }, signal });
  return answers.map((answer) =>
    answer.data ? { data: answer.data, total: answer.total } : { error: new ApiError(answer.status, answer) },
  );
}

/** How many calls match, and the range and its complete part as the server reads them. */
export async function resolve(body, signal) {
  const answer = await request("POST", "analytics", { body, signal });
  const [begin, end] = (answer.headers.get("Callistics-Range") ?? "../..").split("/");
  const { data } = await content(answer, "json");
  const until = answer.headers.get("Callistics-Complete-Until");
  return { count: data[0]?.count ?? 0, begin, end, completeUntil: until };
}

export function searchCalls(body, signal) {
  return json("POST", "calls/search", { body, signal });
}

export function call(id, merchant, timezone, signal) {
  return record(`calls/${encodeURIComponent(id)}${query({ merchant_id: merchant, timezone })}`, signal);
}

export function lead(id, merchant, timezone, signal) {
  return record(`leads/${encodeURIComponent(id)}${query({ merchant_id: merchant, timezone })}`, signal);
}

/** Values of a field that the key may see, by how often they occur. */
export async function values(field, prefix, signal) {
  const found = await json("GET", `analytics/values${query({ field, prefix, limit: 20 })}`, { signal });
  return found.data;
}

export async function payloadKeys(signal) {
  return (await json("GET", "analytics/payload-keys", { signal })).data;
}

export async function panels() {
  const answer = await reach("dashboard/panels.json", { credentials: "omit" });
  return content(await success(answer), "json");
}

function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

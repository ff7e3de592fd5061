// One question, typed by the OpenAPI document: node main.js URL KEY MERCHANT
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Row = components["schemas"]["call_count_row"];

const [baseUrl, key, merchant] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
const { data, error } = await client.POST("/analytics", {
  body: { query_type: "call_count", filters: { merchant_id: merchant } },
});
if (error) throw new Error(error.detail);
// With another `Accept` the answer would be a file.
if (typeof data === "string") throw new Error("not JSON");
const rows = data.data as Row[];
console.log(rows[0]?.count);

/** What calls return: frozen values that name what tests ask for, with the JSON they come from in `raw`. */

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | Json;

/** A JSON object. */
export interface Json {
  readonly [name: string]: JsonValue | undefined;
}

/** A value read from an answer; `raw` is all of its JSON. */
export interface Result<Raw = Json> {
  /** All of the JSON. It is not enumerable, so that comparing and printing leave it out. */
  readonly raw: Raw;
}

/** `members`, frozen, with `raw` behind them. */
export function result<Raw, Members extends object>(
  raw: Raw,
  members: Members,
): Readonly<Members> & Result<Raw> {
  const made = Object.defineProperty({ ...members }, "raw", { value: raw, enumerable: false });
  return Object.freeze(made) as Readonly<Members> & Result<Raw>;
}

/** `name_like_this` in camelCase, as a type. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;

/** The members of a JSON object of the admin API under their names in camelCase. */
export type CamelKeys<Members> = {
  [Name in keyof Members as Name extends string ? Camel<Name> : Name]: Members[Name];
};

/** `nameLikeThis` as the admin API spells it: `name_like_this`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The members that are not undefined, as the admin API spells their names. */
export function toApi(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [snake(name), value instanceof Date ? value.toISOString() : value]),
  );
}

/** Whether a value of JSON is an object. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An optional text and the options after it, where the options may stand in its place. */
export function maybeOmitted<Options extends object>(
  first: string | Options | undefined,
  options: Options | undefined,
): [string | undefined, Partial<Options>] {
  return typeof first === "object" ? [undefined, first] : [first, options ?? {}];
}

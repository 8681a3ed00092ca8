/** How a message of our own is declared: its name, direction and purpose, and a line for each field. */

export type Direction = "client to server" | "server to client";

/** The type of a field, as a reader of the documentation sees it, and what it means. */
export type FieldDoc = readonly [type: string, meaning: string];

/** A line for every field of `T`, no more and no fewer, optional ones included. */
export type FieldDocs<T> = { readonly [Field in keyof Required<T>]: FieldDoc };

export interface MessageSpec {
  readonly method: string;
  readonly kind: "notification" | "request";
  readonly direction: Direction;
  readonly summary: string;
  readonly params: Readonly<Record<string, FieldDoc>>;
  readonly result: Readonly<Record<string, FieldDoc>>;
}

export interface NotificationSpec<Params> extends MessageSpec {
  readonly kind: "notification";
  readonly params: FieldDocs<Params> & Readonly<Record<string, FieldDoc>>;
}

export interface RequestSpec<Params, Result> extends MessageSpec {
  readonly kind: "request";
  readonly params: FieldDocs<Params> & Readonly<Record<string, FieldDoc>>;
  readonly result: FieldDocs<Result> & Readonly<Record<string, FieldDoc>>;
}

/** The params of a message that has none. */
export type NoParams = Readonly<Record<never, never>>;

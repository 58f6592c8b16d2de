import { invalid } from "./errors.ts";

/** Field turns an untrusted value into a T, or throws VALIDATION_ERROR naming the field. */
export type Field<T> = (value: unknown, name: string) => T;

type Shape = Record<string, Field<unknown>>;
type Read<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> };

/** readFields reads the named members of an object; a member that is not named is refused. */
export function readFields<S extends Shape>(object: Record<string, unknown>, shape: S): Read<S> {
  for (const name of Object.keys(object)) {
    if (!Object.hasOwn(shape, name)) throw invalid("The request has an unknown field.", name);
  }
  const entries = Object.entries(shape).map(([name, field]) => [
    name,
    field(Object.hasOwn(object, name) ? object[name] : undefined, name),
  ]);
  return Object.fromEntries(entries) as Read<S>;
}

/** readQuery reads query parameters like fields; repeated ones are refused. */
export function readQuery<S extends Shape>(url: string, shape: S): Read<S> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URL(url).searchParams) {
    if (Object.hasOwn(object, name)) throw invalid("The parameter is repeated.", name);
    object[name] = value;
  }
  return readFields(object, shape);
}

export function optional<T>(field: Field<T>): Field<T | undefined> {
  return (value, name) => (value === undefined ? undefined : field(value, name));
}

/** text takes well-formed strings of 1 to lengthMax UTF-16 units. */
export function text(lengthMax: number): Field<string> {
  return (value, name) => {
    if (typeof value !== "string" || value === "" || !value.isWellFormed()) {
      throw invalid("The field must be text.", name);
    }
    if (value.length > lengthMax) {
      throw invalid(`The field is longer than ${lengthMax} characters.`, name);
    }
    return value;
  };
}

export const flag: Field<boolean> = (value, name) => {
  if (typeof value !== "boolean") throw invalid("The field must be true or false.", name);
  return value;
};

export function oneOf<const T extends string>(...allowed: T[]): Field<T> {
  return (value, name) => {
    const found = allowed.find((candidate) => candidate === value);
    if (!found) throw invalid(`The field must be one of ${allowed.join(", ")}.`, name);
    return found;
  };
}

export function listOf<T>(field: Field<T>, countMax: number): Field<T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw invalid("The field must be a list.", name);
    if (value.length > countMax) {
      throw invalid(`The list is longer than ${countMax} entries.`, name);
    }
    return value.map((item, index) => field(item, `${name}[${index}]`));
  };
}

/** record takes a JSON object whose text is at most bytesMax long. */
export function record(bytesMax: number): Field<Record<string, unknown>> {
  return (value, name) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalid("The field must be an object.", name);
    }
    if (new TextEncoder().encode(JSON.stringify(value)).length > bytesMax) {
      throw invalid(`The field is larger than ${bytesMax} bytes.`, name);
    }
    return value as Record<string, unknown>;
  };
}

/** whole takes a whole number from min to max. */
export function whole(min: number, max: number): Field<number> {
  return (value, name) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw invalid(`The field must be a whole number from ${min} to ${max}.`, name);
    }
    return value;
  };
}

/** shaped takes an object with these members and no others. */
export function shaped<S extends Shape>(shape: S): Field<Read<S>> {
  return (value, name) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw invalid("The field must be an object.", name);
    }
    return readFields(value as Record<string, unknown>, shape);
  };
}

/** count takes the digits of a whole number from 1 to max, as a query carries them. */
export function count(max: number): Field<number> {
  return (value, name) => {
    const number = typeof value === "string" && /^[0-9]{1,9}$/.test(value) ? Number(value) : 0;
    if (number < 1 || number > max) {
      throw invalid(`The parameter must be a number from 1 to ${max}.`, name);
    }
    return number;
  };
}

/** userIdBytesMax is how long a user id may be in UTF-8; the core has the same limit. */
export const userIdBytesMax = 128;

/** userId takes 1 to userIdBytesMax bytes of well-formed text without control characters. */
export const userId: Field<string> = (value, name) => {
  const id = text(userIdBytesMax)(value, name);
  if (new TextEncoder().encode(id).length > userIdBytesMax) {
    throw invalid(`The field is longer than ${userIdBytesMax} bytes.`, name);
  }
  if (/\p{Cc}/u.test(id)) throw invalid("The field has control characters.", name);
  return id;
};

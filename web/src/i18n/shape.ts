// A catalogue of words is a plain object: texts, and functions where a value goes into a text. The Chinese one is the
// original; every other language must have exactly its shape, so a missing or misspelt entry does not compile.

export type Shape<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Shape<T[K]>;
};

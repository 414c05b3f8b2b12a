/** Words from the catalogue: flat keys, `{placeholder}`s, plurals chosen by `count`. */

export type Entry = string | { readonly [category: string]: string };
export type Catalogue = { readonly [key: string]: Entry };
export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: string, values?: Values) => string;

/** A translator over one catalogue. A key that is missing comes back as itself: visible, never a crash. */
export function translator(catalogue: Catalogue, language: string): Translate {
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (key, values = {}) => {
    const entry = catalogue[key];
    if (entry === undefined) return key;
    const text = typeof entry === "string" ? entry : pick(entry, plurals, values.count);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

function pick(
  entry: { readonly [category: string]: string },
  plurals: Intl.PluralRules,
  count: string | number | undefined,
): string {
  const category = typeof count === "number" ? plurals.select(count) : "other";
  return entry[category] ?? entry.other ?? "";
}

let current: Translate = (key) => key;
let known: { readonly catalogue: Catalogue; readonly language: string } = { catalogue: {}, language: "en" };

/** Sets the words of this page; done once, before anything is drawn. */
export function useCatalogue(catalogue: Catalogue, language: string): void {
  known = { catalogue, language };
  current = translator(catalogue, language);
}

/** The language of this page. */
export const language = (): string => known.language;

/** Adds the words of views that are fetched later, which bring them in each language. */
export function learn(words: Readonly<Record<string, Catalogue>>): void {
  const { catalogue, language } = known;
  useCatalogue({ ...catalogue, ...words[language] }, language);
}

/** The words of this page. */
export const t: Translate = (key, values) => current(key, values);

/** "Sam, Ana and Bo", as the page's language lists people. */
export function listed(people: readonly { readonly name: string }[]): string {
  const format = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" });
  return format.format(people.map((person) => person.name));
}

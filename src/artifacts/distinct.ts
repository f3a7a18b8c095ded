/**
 * Distinct short forms of names that differ, in the order of the names. A name that is its own short form
 * keeps it where it can; the others get the first free numbered form.
 * @param form the short form of a name: unnumbered for 0, else distinguished by the number
 * @param fold what the reader of the forms compares, such as the form in upper case
 */
export function distinctForms(
  names: readonly string[],
  form: (name: string, number: number) => string,
  fold: (form: string) => string,
): string[] {
  const used = new Set<string>();
  const forms = names.map((name) => {
    const plain = form(name, 0);
    return fold(plain) === fold(name) && claim(used, fold(plain)) ? plain : undefined;
  });
  const nextNumber = new Map<string, number>();
  return names.map((name, index) => forms[index] ?? numberedForm(name, form, fold, used, nextNumber));
}

function numberedForm(
  name: string,
  form: (name: string, number: number) => string,
  fold: (form: string) => string,
  used: Set<string>,
  nextNumber: Map<string, number>,
): string {
  const plain = form(name, 0);
  // Remembering where the last search for this form ended keeps ten thousand similar names linear.
  let number = nextNumber.get(plain) ?? 0;
  let candidate = form(name, number);
  while (!claim(used, fold(candidate))) candidate = form(name, ++number);
  nextNumber.set(plain, number + 1);
  return candidate;
}

function claim(used: Set<string>, key: string): boolean {
  if (used.has(key)) return false;
  used.add(key);
  return true;
}

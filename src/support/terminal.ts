/**
 * Text from a file made safe to print: control characters (escape codes among them), characters that
 * reorder or hide text, and halves of surrogate pairs become `\x1b` or `\u202e`.
 */
export function escapeForTerminal(text: string): string {
  return [...text].map(escapeCharacter).join('');
}

/** One code point, escaped where {@link escapeForTerminal} would. */
export function escapeCharacter(character: string): string {
  if (!UNSAFE.test(character)) return character;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\u{${code}}`;
}

/** Control, format (bidirectional marks, zero-width), surrogate, private and unassigned characters; line and paragraph separators. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Number of terminal cells a code point takes: 0 for combining marks, 2 for wide East Asian ones and emoji. */
export function cellWidth(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const WIDE =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

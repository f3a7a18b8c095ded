import { type Document, type ParsedNode, parseAllDocuments, type YAMLParseError } from 'yaml';
import type { Problem } from '../support/problem.js';
import { SourceText } from './source.js';
import { type TreeFault, YamlTree } from './yaml-tree.js';

/** Syntax errors that are reported; a text that is no YAML has one a character. */
const MOST_ERRORS = 100;

export interface YamlReading {
  readonly source: SourceText;
  readonly tree: YamlTree;
  /** Undefined when there is nothing to check further. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** Reads a text as one YAML 1.2 document with text keys. Never throws: what is wrong is in `problems`, each with its place. */
export function readYaml(text: string, file: string): YamlReading {
  const source = new SourceText(file, text.replace(/^\ufeff/, ''));
  const unreadable = [...findControlCharacters(source), ...findDeepNesting(source)];
  if (unreadable.length > 0)
    return { source, tree: new YamlTree(source, null), value: undefined, problems: unreadable };
  const documents = parseAllDocuments(source.text, {
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'silent',
  }) as Document.Parsed[];
  const [document] = documents;
  const tree = new YamlTree(source, (document?.contents ?? null) as ParsedNode | null);
  const syntax = [...findSyntaxErrors(documents, source), ...findOtherDocuments(documents, source)];
  const value = syntax.length > 0 ? undefined : tree.toValue();
  const faults = syntax.length > 0 ? [] : tree.faults.map((fault) => describeFault(fault, source));
  return { source, tree, value, problems: [...syntax, ...faults].slice(0, MOST_ERRORS) };
}

function error(source: SourceText, start: number, end: number, code: string, message: string, remedy: string): Problem {
  const value = source.excerpt(start, end);
  return {
    severity: 'error',
    code,
    message,
    remedy,
    value: value === '' ? undefined : value,
    source: source.span(start, end),
  };
}

/** YAML's printable set (YAML 1.2.2, section 5.1) is what a text may hold; anything else means the file is no text. */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function findControlCharacters(source: SourceText): Problem[] {
  const found = [...source.text.matchAll(UNPRINTABLE)];
  if (source.text.includes('\0') || found.length > 20) {
    const at = found[0]?.index ?? 0;
    return [
      error(
        source,
        at,
        at + 1,
        'binary',
        'this is no text: it holds binary data',
        'give the path of a cluster.yaml, or restore it from a backup',
      ),
    ];
  }
  return found.map(({ index, 0: character }) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    const message = `the control character U+${code} is not allowed in YAML`;
    return error(
      source,
      index,
      index + 1,
      'control-character',
      message,
      'delete it, or write it as an escape in double quotes',
    );
  });
}

/** Deeper nesting than any inventory has would take the parser minutes and its stack. */
function findDeepNesting(source: SourceText): Problem[] {
  const start = findFlowDepth(source.text, 1_000) ?? source.text.search(/(?:[-?:][ \t]+){200}/);
  if (start < 0) return [];
  return [
    error(
      source,
      start,
      start + 1,
      'too-deep',
      'the text is nested too deeply',
      'write the inventory as shown by: ironkeel init --example guide',
    ),
  ];
}

function findFlowDepth(text: string, limit: number): number | undefined {
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > limit) return index;
  }
  return undefined;
}

/** One error a line, the first: the others on it follow from that. So do all others from a tab. */
function findSyntaxErrors(documents: readonly Document.Parsed[], source: SourceText): Problem[] {
  const found = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const tabs = found.filter(({ code }) => code === 'TAB_AS_INDENT');
  const byLine = new Map<number, Problem>();
  for (const { code, pos, message } of tabs.length > 0 ? tabs : found.slice(0, MOST_ERRORS)) {
    const { text, remedy } = describeSyntax(code, message);
    const problem = error(source, pos[0], pos[1], syntaxCode(code), text, remedy);
    const line = problem.source?.line ?? 0;
    const known = byLine.get(line)?.source?.column ?? Number.POSITIVE_INFINITY;
    if ((problem.source?.column ?? 0) < known) byLine.set(line, problem);
  }
  return [...byLine.values(), ...findVersionDirective(documents[0], source)].slice(0, MOST_ERRORS);
}

function findVersionDirective(document: Document.Parsed | undefined, source: SourceText): Problem[] {
  const version = document?.directives?.yaml;
  if (version?.explicit !== true || version.version === '1.2') return [];
  const start = Math.max(0, source.text.indexOf('%YAML'));
  return [
    error(source, start, start + 9, 'yaml-version', 'the inventory is read as YAML 1.2', 'remove the %YAML line'),
  ];
}

function findOtherDocuments(documents: readonly Document.Parsed[], source: SourceText): Problem[] {
  return documents.slice(1, 2).map(({ range }) => {
    const separator = source.text.lastIndexOf('---', range[0]);
    const start = separator < 0 ? range[0] : separator;
    const remedy = 'keep one document in a file; build each cluster from its own folder';
    return error(source, start, start + 3, 'several-documents', 'a second YAML document begins here', remedy);
  });
}

function syntaxCode(code: YAMLParseError['code']): string {
  if (code === 'TAB_AS_INDENT') return 'yaml-tab';
  return code === 'TAG_RESOLVE_FAILED' ? 'yaml-tag' : 'yaml-syntax';
}

const REMEDIES: Partial<Record<YAMLParseError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'close the bracket or brace that is open, or align this line with the ones above',
  MISSING_CHAR: 'add what is missing; compare the line with its neighbours',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put a text that holds ": " in quotes, or start a new line',
  MULTILINE_IMPLICIT_KEY: 'a line lacks its ":", or its indentation differs from its neighbours’',
  TAG_RESOLVE_FAILED: 'remove the tag; plain values are enough',
  BAD_DIRECTIVE: 'remove the line that begins with %',
  NON_STRING_KEY: 'use a plain word as the name of a field',
  BAD_ALIAS: 'put a text that begins with * or & in quotes',
  UNEXPECTED_TOKEN: 'look for a missing quote, comma or line break just before this place',
};

function describeSyntax(code: YAMLParseError['code'], message: string): { text: string; remedy: string } {
  const [first = ''] = message.split('\n', 1);
  const text = `${first.charAt(0).toLowerCase()}${first.slice(1)}`;
  return { text: `this is not valid YAML: ${text}`, remedy: REMEDIES[code] ?? 'correct the syntax at the caret' };
}

function describeFault({ kind, start, end, name, first }: TreeFault, source: SourceText): Problem {
  const line = first === undefined ? '' : source.span(first, first + 1).line;
  const [message, remedy] = {
    'duplicate-key': [`the field "${name}" is there twice, first on line ${line}`, 'keep one of them'],
    'reserved-key': [`"${name}" cannot be the name of a field`, 'rename it'],
    'unknown-anchor': [
      `the alias *${name} has no anchor &${name} above it`,
      'define the anchor first, or put the text in quotes',
    ],
    'recursive-alias': [`the alias *${name} is inside what it stands for`, 'write the value out'],
    'anchor-bomb': ['the aliases in this file multiply to more values than any inventory has', 'write the values out'],
    'too-deep': ['the text is nested too deeply', 'write the inventory as shown by: ironkeel init --example guide'],
  }[kind] as [string, string];
  return error(source, start, end, kind, message, remedy);
}

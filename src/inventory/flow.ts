import { Document, isScalar, Scalar, visit } from 'yaml';

/** A value as YAML on one line, `{name: worker1, ip: 10.10.10.2}`; fields that are undefined are left out. */
export function toFlow(value: unknown): string {
  const document = new Document(withoutUndefined(value));
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === 'string' && /[\n\r]/.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
    Collection: (_key, node) => {
      node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutUndefined(part)]));
}

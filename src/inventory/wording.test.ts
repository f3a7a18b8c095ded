import { describe, expect, it } from 'vitest';
import { parseInventory } from './index.js';
import { field, GUIDE } from './testing/cases.js';
import { testContext } from './testing/context.js';

/** Message and remedy of each problem. */
function wordsOf(text: string): string[] {
  const { problems } = parseInventory(text, 'cluster.yaml', testContext());
  return problems.map(({ message, remedy }) => `${message} => ${remedy}`);
}

const swap = (from: string, to: string) => GUIDE.replace(from, to);
const SUM = '0123456789abcdef'.repeat(4);

describe('the words for a value that is no choice', () => {
  it.each([
    [
      'an item of a list by what one is',
      field(`images: {preload: [{source: "https://m.lan/a", sha256: ${SUM}, roles: [edg]}]}`),
      '"edg" is no role => did you mean "edge"? It is one of: controller, worker, edge',
    ],
    [
      'a switch as it was written',
      field('ingress: {controller: false}'),
      '"false" is no controller => use one of: traefik, none',
    ],
    [
      'an ACME server in place of the protocol',
      swap('{name: example.com}]', '{name: example.com, tls: letsencrypt}]'),
      '"letsencrypt" is no tls => did you mean "acme"? It is one of: own, acme',
    ],
    ['a mapping as one', field('ingress: {controller: {}}'), 'a mapping is no controller => use one of: traefik, none'],
  ])('name %s', (_title, text, words) => {
    expect(wordsOf(text)).toEqual([words]);
  });
});

describe('the words for a field that is missing', () => {
  it.each([
    ['a domain’s name', swap('{name: example.com}]', '{}]'), 'name', 'add it, such as name: example.com'],
    ['a machine’s name', `${GUIDE}  - {ip: 10.10.10.9}\n`, 'name', 'add it, such as name: worker1'],
    ['the cluster’s name', swap('name: guide\n', ''), 'name', 'add it, such as name: guide'],
    [
      'the sum of an archive',
      field('images: {preload: [{source: "https://m.lan/a"}]}'),
      'sha256',
      'add it: what sha256sum prints for the archive, in quotes',
    ],
    ['an address for ACME', field('acme: {}'), 'email', 'add it, such as email: you@your-domain.org'],
  ])('show %s', (_title, text, name, remedy) => {
    const words = wordsOf(text);
    expect(words.find((each) => each.startsWith(`the field "${name}" is missing`))).toContain(remedy);
  });
});

describe('the words for a domain that is none', () => {
  it.each([
    ['a page’s address', 'https://example.com/shop', 'did you mean "example.com"?'],
    ['a port', 'example.com:443', 'did you mean "example.com"?'],
    ['a name in its own script', 'münchen.de', 'did you mean "xn--mnchen-3ya.de"?'],
    ['capitals and a dot', 'Example.COM.', 'did you mean "example.com"?'],
    ['an underscore', 'foo_bar.com', 'did you mean "foo-bar.com"?'],
    ['a wildcard', '*.example.com', 'did you mean "example.com"? Its subdomains belong to it'],
    ['a wildcard of everything', '*.com', 'give a name, such as example.com; its subdomains belong to it'],
    ['digits', '10.10.10.256', 'give a name, such as example.com'],
  ])('propose what was meant by %s', (_title, name, remedy) => {
    const words = wordsOf(swap('{name: example.com}]', `{name: "${name}"}]`));
    expect(words).toEqual([expect.stringMatching(/ => /)]);
    expect(words[0]?.split(' => ')[1]).toBe(remedy);
  });
});

describe('the words for an ACME server that is none', () => {
  it.each([
    ['acme.lan/directory', 'this is no https:// URL => did you mean "https://acme.lan/directory"?'],
    ['letsencrypt', 'this is no https:// URL => write https://… of its directory, or remove it for Let’s Encrypt'],
    ['http://acme.lan/dir', 'ACME is spoken over https:// alone => did you mean "https://acme.lan/dir"?'],
  ])('lead from %s to what is taken', (server, words) => {
    const text = swap('{name: example.com}]', '{name: example.com, tls: acme}]');
    expect(wordsOf(`${text}acme: {email: me@home.org, server: "${server}"}\n`)).toEqual([words]);
  });
});

it('tells the encryption of the network from that of disks', () => {
  const words = (fields: string) => wordsOf(field(fields)).join();
  expect(words('network: {encryption: wireguard}')).toMatch(/^"encryption" \(encrypted traffic between machines\)/);
  expect(words('encryption: luks')).toMatch(/^"encryption" \(disk encryption\)/);
});
